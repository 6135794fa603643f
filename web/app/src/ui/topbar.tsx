import type { ComponentChildren } from 'preact';
import { api, asProblem, district, districtName, mayImport, problemText, session } from '../store/server.ts';
import { lang, setLang, setTheme, theme, words } from '../store/view.ts';
import { Icon } from './icons.tsx';
import { notice } from './notice.tsx';

/** The bar on every page; what is within goes between the district's name and the account. */
export function TopBar({ children }: { children?: ComponentChildren }) {
  const w = words.value;
  return (
    <header class={children ? 'topbar with-map' : 'topbar'}>
      <a class="brand" href="/">
        <span class="seal" aria-hidden="true" lang="zh-CN">
          腾
        </span>
        <span class="brand-name">{districtName.value}</span>
      </a>
      {district.value?.demo && (
        <span class="demo" title={w.demoTip}>
          {w.demo}
        </span>
      )}
      {children}
      <div class="account">
        <button type="button" class="quiet" onClick={() => setLang(lang.value === 'en' ? 'zh-CN' : 'en')}>
          <span class="wide-only" lang={lang.value === 'en' ? 'zh-CN' : 'en'}>
            {w.lang.button}
          </span>
          <span class="narrow-only" lang={lang.value === 'en' ? 'zh-CN' : 'en'}>
            {w.lang.short}
          </span>
          <span class="unseen">{w.lang.label}</span>
        </button>
        <button
          type="button"
          class="quiet square"
          onClick={() => setTheme(theme.value === 'dark' ? 'light' : 'dark')}
          aria-label={theme.value === 'dark' ? w.theme.toLight : w.theme.toDark}
        >
          <Icon name={theme.value === 'dark' ? 'sun' : 'moon'} />
        </button>
        <Account />
      </div>
    </header>
  );
}

function Account() {
  const w = words.value.sign;
  const user = session.value?.user;
  if (!user) {
    return (
      <a class="quiet" href="/signin" aria-label={w.in} onClick={(e) => rememberPlace(e.currentTarget)}>
        <Icon name="user" />
        <span class="wide-only">{w.in}</span>
      </a>
    );
  }
  const roles: Record<string, string> = words.value.roles;
  return (
    <>
      <a class="quiet" href="/work" aria-label={words.value.sign.work}>
        <Icon name="desk" />
        <span class="wide-only">{words.value.sign.work}</span>
      </a>
      {mayImport.value && (
        <a class="quiet wide-only" href="/import" aria-label={words.value.sign.imports}>
          <Icon name="upload" />
          <span class="wide-only">{words.value.sign.imports}</span>
        </a>
      )}
      <span class="who wide-only" title={roles[user.role] ?? user.role}>
        {user.name || user.login}
      </span>
      <button type="button" class="quiet" onClick={signOut} aria-label={w.out}>
        <Icon name="exit" />
        <span class="wide-only">{w.out}</span>
      </button>
    </>
  );
}

// The place is read at the click: the address changes with every move of the map.
function rememberPlace(a: HTMLAnchorElement): void {
  if (location.pathname === '/signin') return;
  a.href = `/signin?next=${encodeURIComponent(`${location.pathname}${location.search}${location.hash}`)}`;
}

async function signOut(): Promise<void> {
  try {
    await api.signOut();
    location.reload();
  } catch (err) {
    notice.value = problemText(asProblem(err));
  }
}
