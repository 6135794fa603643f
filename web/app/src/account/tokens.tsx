import { type Signal, useSignal } from '@preact/signals';
import type { TargetedSubmitEvent } from 'preact';
import { useEffect } from 'preact/hooks';
import { AccountField, faultText } from './field.tsx';
import { accountWords } from './words.ts';
import { api, asProblem, fmt } from '../store/server.ts';
import { lang } from '../store/view.ts';

const SCOPES = ['read', 'write', 'import'] as const;
const DAYS = '90';

interface Token {
  id: number;
  name: string;
  scope: string[];
  created_at: string;
  expires_at: string;
  used_at: string | null;
  secret?: string;
}

/** One's own tokens: made, seen once, ended. */
export function TokensBox() {
  const w = accountWords.value.tokens;
  const tokens = useSignal<readonly Token[] | null>(null);
  const error = useSignal('');
  const said = useSignal('');
  const secret = useSignal('');
  const guarded = async (fn: () => Promise<void>) => {
    error.value = '';
    said.value = '';
    try {
      await fn();
      tokens.value = (await api.read<{ tokens: Token[] }>('/api/tokens')).tokens;
    } catch (err) {
      error.value = faultText(asProblem(err), lang.value);
    }
  };
  useEffect(() => {
    void guarded(async () => {});
  }, []);
  const end = (id: number) =>
    guarded(async () => {
      await api.send('DELETE', `/api/tokens/${id}`);
      secret.value = '';
      said.value = w.ended;
    });
  const add = (body: unknown) =>
    guarded(async () => {
      secret.value = (await api.send<Token>('POST', '/api/tokens', body)).secret ?? '';
    });
  return (
    <section class="box account-box" aria-labelledby="tokens-title">
      <h2 id="tokens-title">{w.title}</h2>
      <p class="hint">{w.intro}</p>
      <p class="account-said" role="status">
        {said.value}
      </p>
      {secret.value !== '' && (
        <div role="status">
          <p>{w.once}</p>
          <output class="secret token-secret">{secret.value}</output>
        </div>
      )}
      {error.value !== '' && (
        <p class="error" role="alert">
          {error.value}
        </p>
      )}
      {tokens.value?.length === 0 && <p>{w.none}</p>}
      {tokens.value && tokens.value.length > 0 && <TokenTable tokens={tokens.value} end={end} />}
      <AddToken add={add} error={error} />
    </section>
  );
}

function TokenTable({ tokens, end }: { tokens: readonly Token[]; end(id: number): Promise<void> }) {
  const w = accountWords.value.tokens;
  const now = Date.now();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is of forms
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls is reached by the keyboard
    <div class="table-box" role="group" tabIndex={0} aria-label={w.title}>
      <table>
        <thead>
          <tr>
            <th scope="col">{w.name}</th>
            <th scope="col">{w.scope}</th>
            <th scope="col">{w.until}</th>
            <th scope="col">{w.used}</th>
            <th scope="col">
              <span class="unseen">{w.end}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tokens.map((t) => (
            <tr key={t.id}>
              <th scope="row">{t.name}</th>
              <td>{t.scope.map((s) => w.scopes[s] ?? s).join(' ')}</td>
              <td>{Date.parse(t.expires_at) < now ? w.expired : fmt.value.date(t.expires_at)}</td>
              <td>{t.used_at ? fmt.value.date(t.used_at) : w.never}</td>
              <td>
                <button
                  type="button"
                  class="quiet"
                  aria-label={w.endOf(t.name)}
                  onClick={() => void end(t.id)}
                >
                  {w.end}
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function AddToken({ add, error }: { add(body: unknown): Promise<void>; error: Signal<string> }) {
  const w = accountWords.value.tokens;
  const name = useSignal('');
  const days = useSignal(DAYS);
  const scope = useSignal<readonly string[]>(['read']);
  const open = useSignal(false);
  const submit = async (e: TargetedSubmitEvent<HTMLFormElement>) => {
    e.preventDefault();
    if (scope.value.length === 0) {
      error.value = w.needScope;
      return;
    }
    await add({ name: name.value, days: Number(days.value), scope: scope.value });
    if (error.value !== '') return;
    name.value = '';
    open.value = false;
  };
  return (
    <details
      open={open.value}
      onToggle={(e) => {
        open.value = e.currentTarget.open;
      }}
    >
      <summary>{w.add}</summary>
      <form class="account-form" onSubmit={submit}>
        <AccountField label={w.name} name="token-name" value={name} />
        <AccountField label={w.days} name="token-days" value={days} numeric />
        <fieldset class="account-actions">
          <legend>{w.scope}</legend>
          {SCOPES.map((s) => (
            <label key={s}>
              <input
                type="checkbox"
                name={`scope-${s}`}
                checked={scope.value.includes(s)}
                onChange={(e) => {
                  scope.value = e.currentTarget.checked
                    ? [...scope.value, s]
                    : scope.value.filter((x) => x !== s);
                }}
              />
              <span>{w.scopes[s]}</span>
            </label>
          ))}
        </fieldset>
        <p>
          <button type="submit" class="primary">
            {w.make}
          </button>
        </p>
      </form>
    </details>
  );
}
