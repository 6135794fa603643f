import { useSignal } from '@preact/signals';
import type { ComponentType, TargetedSubmitEvent } from 'preact';
import { useEffect } from 'preact/hooks';
import { nextPlace } from '../nextplace.ts';
import { api, asProblem, problemText, session } from '../store/server.ts';
import { lang, words } from '../store/view.ts';
import { ownHalf } from '../twonames.ts';
import { TopBar } from './topbar.tsx';

/** Signing in, in as many steps as the account needs; a demo instance offers its accounts. */
export function SignInPage() {
  const need = session.value?.need;
  return (
    <div class="page">
      <TopBar />
      <main class="card-page">
        <div class="card sign-card">{need ? <LaterStep /> : <PasswordStep />}</div>
      </main>
    </div>
  );
}

/** What follows the password, where anything does: it comes when it is asked for. */
function LaterStep() {
  const part = useSignal<ComponentType | null>(null);
  const failed = useSignal(false);
  useEffect(() => {
    import('../account/account.tsx')
      .then((m) => {
        part.value = m.SecondStep;
      })
      .catch(() => {
        failed.value = true;
      });
  }, []);
  const Step = part.value;
  if (Step) return <Step />;
  return <Fault text={failed.value ? words.value.errors.network : ''} />;
}

function Fault({ text }: { text: string }) {
  if (text === '') return null;
  return (
    <p class="error" role="alert">
      {text}
    </p>
  );
}

function PasswordStep() {
  const w = words.value.sign;
  const login = useSignal('');
  const password = useSignal('');
  const busy = useSignal(false);
  const error = useSignal(w.sso[new URLSearchParams(location.search).get('sso') ?? ''] ?? '');
  const enter = async () => {
    busy.value = true;
    error.value = '';
    try {
      const s = await api.signIn(login.value, password.value);
      if (s.need) session.value = s;
      else location.assign(nextPlace(location.search));
    } catch (err) {
      const p = asProblem(err);
      error.value = p.status === 401 ? w.bad : problemText(p);
      busy.value = false;
    }
  };
  const oidc = session.value?.oidc;
  const next = encodeURIComponent(nextPlace(location.search));
  return (
    <>
      <h1>{w.title}</h1>
      <p class="lead">{w.intro}</p>
      {session.value?.user && (
        <p>{w.already(ownHalf(session.value.user.name, lang.value) || session.value.user.login)}</p>
      )}
      {oidc && (
        <>
          <a class="primary" href={`/auth/oidc?next=${next}`}>
            {w.by(oidc.name)}
          </a>
          <p class="lead">{w.or}</p>
        </>
      )}
      <form
        onSubmit={(e: TargetedSubmitEvent<HTMLFormElement>) => {
          e.preventDefault();
          void enter();
        }}
      >
        <label>
          <span>{w.login}</span>
          <input
            name="login"
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            required
            value={login.value}
            onInput={(e) => {
              login.value = e.currentTarget.value;
            }}
          />
        </label>
        <label>
          <span>{w.password}</span>
          <input
            name="password"
            type="password"
            autocomplete="current-password"
            required
            value={password.value}
            onInput={(e) => {
              password.value = e.currentTarget.value;
            }}
          />
        </label>
        <Fault text={error.value} />
        <button type="submit" class="primary" disabled={busy.value}>
          {busy.value ? w.busy : w.submit}
        </button>
      </form>
      <DemoLogins
        enter={(l, p) => {
          if (busy.value) return;
          login.value = l;
          password.value = p;
          void enter();
        }}
      />
      <p>
        <a href="/map">{w.back}</a>
      </p>
    </>
  );
}

function DemoLogins({ enter }: { enter(login: string, password: string): void }) {
  const w = words.value.sign;
  const roles: Record<string, string> = words.value.roles;
  const offered = session.value?.demo_logins ?? [];
  if (offered.length === 0) return null;
  return (
    <section class="demo-logins" aria-labelledby="demo-title">
      <h2 id="demo-title">{w.demoTitle}</h2>
      <p class="hint">{w.demoIntro}</p>
      <ul>
        {offered.map((d) => (
          <li key={d.login}>
            <button type="button" onClick={() => enter(d.login, d.password)}>
              <span>{ownHalf(d.name, lang.value) || d.login}</span>
              <span class="hint">
                {d.login} · {roles[d.role] ?? d.role}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
