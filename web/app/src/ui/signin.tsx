import { useSignal } from '@preact/signals';
import type { TargetedSubmitEvent } from 'preact';
import { nextPlace } from '../nextplace.ts';
import { api, asProblem, problemText, session } from '../store/server.ts';
import { words } from '../store/view.ts';
import { TopBar } from './topbar.tsx';

/** Signing in; a demo instance offers its accounts. */
export function SignInPage() {
  const w = words.value.sign;
  const login = useSignal('');
  const password = useSignal('');
  const busy = useSignal(false);
  const error = useSignal('');
  const roles: Record<string, string> = words.value.roles;
  const offered = session.value?.demo_logins ?? [];

  const submit = async (e: TargetedSubmitEvent<HTMLFormElement>) => {
    e.preventDefault();
    busy.value = true;
    error.value = '';
    try {
      await api.signIn(login.value, password.value);
      location.assign(nextPlace(location.search));
    } catch (err) {
      const p = asProblem(err);
      error.value = p.status === 401 ? w.bad : problemText(p);
      busy.value = false;
    }
  };

  return (
    <div class="page">
      <TopBar withMap={false} />
      <main class="card-page">
        <div class="card sign-card">
          <h1>{w.title}</h1>
          <p class="lead">{w.intro}</p>
          {session.value?.user && <p>{w.already(session.value.user.name || session.value.user.login)}</p>}
          <form onSubmit={submit}>
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
            {error.value !== '' && (
              <p class="error" role="alert">
                {error.value}
              </p>
            )}
            <button type="submit" class="primary" disabled={busy.value}>
              {busy.value ? w.busy : w.submit}
            </button>
          </form>
          {offered.length > 0 && (
            <section class="demo-logins" aria-labelledby="demo-title">
              <h2 id="demo-title">{w.demoTitle}</h2>
              <p class="hint">{w.demoIntro}</p>
              <ul>
                {offered.map((d) => (
                  <li key={d.login}>
                    <button
                      type="button"
                      onClick={() => {
                        login.value = d.login;
                        password.value = d.password;
                      }}
                    >
                      <span>{d.name || d.login}</span>
                      <span class="hint">
                        {d.login} · {roles[d.role] ?? d.role}
                      </span>
                    </button>
                  </li>
                ))}
              </ul>
            </section>
          )}
          <p>
            <a href="/">{w.back}</a>
          </p>
        </div>
      </main>
    </div>
  );
}
