import { useSignal } from '@preact/signals';
import type { TargetedSubmitEvent } from 'preact';
import { nextPlace } from '../nextplace.ts';
import { api, asProblem, problemText, session } from '../store/server.ts';
import { words } from '../store/view.ts';
import type { Session } from '../types.ts';
import { Enrol } from './enrol.tsx';
import { accountWords } from './words.ts';

/** What follows the password: the code, or the beginning of a second factor. */
export function SecondStep() {
  return (
    <>
      {session.value?.need === 'totp' ? <CodeStep /> : <EnrolStep />}
      <OtherAccount />
    </>
  );
}

function goOn(s: Session): void {
  if (s.need) session.value = s;
  else location.assign(nextPlace(location.search));
}

/** The second step: the code of the app, or a recovery code. */
function CodeStep() {
  const w = accountWords.value.sign;
  const code = useSignal('');
  const recovery = useSignal(false);
  const busy = useSignal(false);
  const error = useSignal('');
  const submit = async (e: TargetedSubmitEvent<HTMLFormElement>) => {
    e.preventDefault();
    busy.value = true;
    error.value = '';
    try {
      const body = recovery.value ? { recovery: code.value } : { code: code.value };
      goOn(await api.send<Session>('POST', '/api/session/totp', body));
    } catch (err) {
      const p = asProblem(err);
      error.value = p.status === 401 ? w.codeBad : problemText(p);
      // A sign-in that was left for too long begins anew.
      if (p.status === 401) session.value = await api.session().catch(() => session.value);
      busy.value = false;
      code.value = '';
    }
  };
  return (
    <>
      <h1>{w.codeTitle}</h1>
      {!recovery.value && <p class="lead">{w.codeIntro}</p>}
      <form onSubmit={submit}>
        <label>
          <span>{recovery.value ? w.recovery : w.code}</span>
          <input
            key={String(recovery.value)}
            ref={(el) => el?.focus()}
            name="code"
            autocomplete="one-time-code"
            inputMode={recovery.value ? 'text' : 'numeric'}
            autocapitalize="none"
            spellcheck={false}
            required
            value={code.value}
            onInput={(e) => {
              code.value = e.currentTarget.value;
            }}
          />
        </label>
        {error.value !== '' && (
          <p class="error" role="alert">
            {error.value}
          </p>
        )}
        <button type="submit" class="primary" disabled={busy.value}>
          {busy.value ? words.value.sign.busy : words.value.sign.submit}
        </button>
      </form>
      <p>
        <button
          type="button"
          class="plain"
          onClick={() => {
            recovery.value = !recovery.value;
            code.value = '';
            error.value = '';
          }}
        >
          {recovery.value ? w.useCode : w.useRecovery}
        </button>
      </p>
    </>
  );
}

/** For a role that must have a second factor: it is begun here. */
function EnrolStep() {
  const w = accountWords.value.sign;
  return (
    <>
      <h1>{w.enrolTitle}</h1>
      <p class="lead">{w.enrolIntro}</p>
      <Enrol done={() => location.assign(nextPlace(location.search))} />
    </>
  );
}

function OtherAccount() {
  const leave = async () => {
    await api.signOut().catch(() => {});
    location.reload();
  };
  return (
    <p>
      <button type="button" class="plain" onClick={() => void leave()}>
        {accountWords.value.sign.other}
      </button>
    </p>
  );
}
