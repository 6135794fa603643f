import { useSignal } from '@preact/signals';
import type { TargetedSubmitEvent } from 'preact';
import { useEffect } from 'preact/hooks';
import { Enrol } from './enrol.tsx';
import { AccountField, faultText } from './field.tsx';
import { accountWords } from './words.ts';
import { api, asProblem, fmt } from '../store/server.ts';
import { lang, words } from '../store/view.ts';
import { TokensBox } from './tokens.tsx';

const FEW_CODES = 3;

interface MyAccount {
  login: string;
  name: string;
  role: string;
  has_password: boolean;
  password_on: string | null;
  second_factor: { on: boolean; since: string | null; required: boolean; recovery: number };
}

/** One's own account: password, second factor, tokens. */
export function AccountBoxes() {
  const w = accountWords.value;
  const account = useSignal<MyAccount | null>(null);
  const error = useSignal('');
  const load = async () => {
    try {
      account.value = await api.read<MyAccount>('/api/account');
      error.value = '';
    } catch (err) {
      error.value = faultText(asProblem(err), lang.value);
    }
  };
  useEffect(() => {
    void load();
  }, []);
  const a = account.value;
  const roles: Record<string, string> = words.value.roles;
  return (
    <>
      {a && <p class="lead account-who">{w.who(a.login, roles[a.role] ?? a.role)}</p>}
      {error.value !== '' && (
        <p class="error" role="alert">
          {error.value}
        </p>
      )}
      {!a && error.value === '' && <p role="status">{w.loading}</p>}
      {a && (
        <>
          <PasswordBox account={a} reload={load} />
          {a.has_password && <SecondBox account={a} reload={load} />}
          <TokensBox key={a.password_on} />
        </>
      )}
    </>
  );
}

interface BoxProps {
  account: MyAccount;
  reload(): Promise<void>;
}

function PasswordBox({ account: a, reload }: BoxProps) {
  const w = accountWords.value.password;
  const current = useSignal('');
  const fresh = useSignal('');
  const again = useSignal('');
  const busy = useSignal(false);
  const error = useSignal('');
  const said = useSignal('');
  const submit = async (e: TargetedSubmitEvent<HTMLFormElement>) => {
    e.preventDefault();
    said.value = '';
    error.value = fresh.value === again.value ? '' : w.differ;
    if (error.value !== '') return;
    busy.value = true;
    try {
      await api.send('PUT', '/api/account/password', { current: current.value, password: fresh.value });
      for (const field of [current, fresh, again]) field.value = '';
      said.value = w.done;
      await reload();
    } catch (err) {
      error.value = faultText(asProblem(err), lang.value);
    }
    busy.value = false;
  };
  return (
    <section class="box account-box" aria-labelledby="password-title">
      <h2 id="password-title">{w.title}</h2>
      {!a.has_password && <p>{w.none}</p>}
      {a.password_on && <p class="hint">{w.since(fmt.value.date(a.password_on))}</p>}
      <p class="account-said" role="status">
        {said.value}
      </p>
      {a.has_password && (
        <details>
          <summary>{w.save}</summary>
          <form class="account-form" onSubmit={submit}>
            <AccountField
              label={w.current}
              name="current"
              value={current}
              secret
              autocomplete="current-password"
            />
            <AccountField
              label={w.fresh}
              name="fresh"
              value={fresh}
              secret
              autocomplete="new-password"
              hint={w.rule}
            />
            <AccountField label={w.again} name="again" value={again} secret autocomplete="new-password" />
            <Fault text={error.value} />
            <p>
              <button type="submit" class="primary" disabled={busy.value}>
                {w.save}
              </button>
            </p>
          </form>
        </details>
      )}
    </section>
  );
}

function Fault({ text }: { text: string }) {
  if (text === '') return null;
  return (
    <p class="error" role="alert">
      {text}
    </p>
  );
}

function SecondBox({ account: a, reload }: BoxProps) {
  const w = accountWords.value.second;
  const begins = useSignal(false);
  const said = useSignal('');
  const f = a.second_factor;
  const done = () => {
    begins.value = false;
    void reload();
  };
  return (
    <section class="box account-box" aria-labelledby="second-title">
      <h2 id="second-title">{w.title}</h2>
      {f.required && <p class="hint">{w.required}</p>}
      <p class="account-said" role="status">
        {said.value}
      </p>
      {f.on && !begins.value && (
        <>
          <p>
            {w.on(f.since ? fmt.value.date(f.since) : '')} {w.left(f.recovery)}
          </p>
          {f.recovery <= FEW_CODES && <p class="hint">{w.few}</p>}
          <EndSecond
            ended={() => {
              said.value = w.ended;
              void reload();
            }}
          />
        </>
      )}
      {!f.on && !begins.value && (
        <>
          <p>{w.off}</p>
          <p>
            <button
              type="button"
              class="primary"
              onClick={() => {
                said.value = '';
                begins.value = true;
              }}
            >
              {w.begin}
            </button>
          </p>
        </>
      )}
      {begins.value && <Enrol done={done} cancel={done} />}
    </section>
  );
}

function EndSecond({ ended }: { ended(): void }) {
  const w = accountWords.value;
  const password = useSignal('');
  const code = useSignal('');
  const error = useSignal('');
  const submit = async (e: TargetedSubmitEvent<HTMLFormElement>) => {
    e.preventDefault();
    error.value = '';
    // Recovery codes have letters; the codes of an app are digits alone.
    const shown = /^[\d\s]+$/.test(code.value) ? { code: code.value } : { recovery: code.value };
    try {
      await api.send('DELETE', '/api/account/totp', { password: password.value, ...shown });
      ended();
    } catch (err) {
      error.value = faultText(asProblem(err), lang.value);
    }
  };
  return (
    <details>
      <summary>{w.second.end}</summary>
      <form class="account-form" onSubmit={submit}>
        <p class="hint">{w.second.endHint}</p>
        <AccountField
          label={w.password.current}
          name="end-password"
          value={password}
          secret
          autocomplete="current-password"
        />
        <AccountField label={w.second.endCode} name="end-code" value={code} autocomplete="one-time-code" />
        <Fault text={error.value} />
        <p>
          <button type="submit" class="primary grave">
            {w.second.endNow}
          </button>
        </p>
      </form>
    </details>
  );
}
