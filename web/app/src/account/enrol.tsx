import { useSignal } from '@preact/signals';
import type { TargetedSubmitEvent } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { api, asProblem } from '../store/server.ts';
import { lang } from '../store/view.ts';
import { AccountField, faultText } from './field.tsx';
import { accountWords } from './words.ts';

interface Begun {
  secret: string;
  url: string;
  qr: string;
}

/** Begins a second factor: the QR code, the first code, and the recovery codes, which are shown once. */
export function Enrol({ done, cancel }: { done(): void; cancel?(): void }) {
  const begun = useSignal<Begun | null>(null);
  const codes = useSignal<readonly string[] | null>(null);
  const code = useSignal('');
  const busy = useSignal(false);
  const error = useSignal('');
  const asked = useRef(false);
  const w = accountWords.value.second;
  useEffect(() => {
    if (asked.current) return;
    asked.current = true;
    api
      .send<Begun>('POST', '/api/account/totp')
      .then((b) => {
        begun.value = b;
      })
      .catch((err: unknown) => {
        error.value = faultText(asProblem(err), lang.value);
      });
  }, []);
  const confirm = async (e: TargetedSubmitEvent<HTMLFormElement>) => {
    e.preventDefault();
    busy.value = true;
    error.value = '';
    try {
      const body = { code: code.value };
      codes.value = (await api.send<{ recovery: string[] }>('PUT', '/api/account/totp', body)).recovery;
    } catch (err) {
      error.value = faultText(asProblem(err), lang.value);
    }
    busy.value = false;
  };
  if (codes.value) return <Recovery codes={codes.value} done={done} />;
  return (
    <form class="enrol" onSubmit={confirm}>
      {begun.value && (
        <>
          <p>{w.scan}</p>
          <img class="qr" src={begun.value.qr} alt={w.qr} width={200} height={200} />
          <p>
            {w.secret}
            <output class="secret" aria-label={w.secret}>
              {begun.value.secret.replace(/(.{4})(?=.)/g, '$1 ')}
            </output>
          </p>
          <p>
            <a href={begun.value.url}>{w.open}</a>
          </p>
          <AccountField
            label={w.code}
            name="code"
            value={code}
            hint={w.codeHint}
            autocomplete="one-time-code"
            numeric
          />
        </>
      )}
      {error.value !== '' && (
        <p class="error" role="alert">
          {error.value}
        </p>
      )}
      <p class="account-actions">
        {begun.value && (
          <button type="submit" class="primary" disabled={busy.value}>
            {w.confirm}
          </button>
        )}
        {cancel && (
          <button type="button" class="quiet" onClick={cancel}>
            {w.cancel}
          </button>
        )}
      </p>
    </form>
  );
}

function Recovery({ codes, done }: { codes: readonly string[]; done(): void }) {
  const w = accountWords.value.second;
  const kept = useSignal(false);
  const copied = useSignal(false);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    title.current?.focus();
  }, []);
  const copy = async () => {
    await navigator.clipboard.writeText(codes.join('\n'));
    copied.value = true;
  };
  return (
    <div class="enrol">
      <h2 ref={title} tabIndex={-1}>
        {w.codesTitle}
      </h2>
      <p>{w.codesText}</p>
      <ol class="recovery">
        {codes.map((c) => (
          <li key={c}>{c}</li>
        ))}
      </ol>
      {/* The clipboard is there on a safe origin only. */}
      {isSecureContext && (
        <p>
          <button type="button" class="quiet" onClick={() => void copy()}>
            {copied.value ? w.copied : w.copy}
          </button>
        </p>
      )}
      <label class="tick">
        <input
          type="checkbox"
          checked={kept.value}
          onChange={(e) => {
            kept.value = e.currentTarget.checked;
          }}
        />
        <span>{w.kept}</span>
      </label>
      <p>
        <button type="button" class="primary" disabled={!kept.value} onClick={done}>
          {w.go}
        </button>
      </p>
    </div>
  );
}
