import type { ComponentChildren } from 'preact';
import { district, districtName, session } from '../store/server.ts';
import { lang, setLang, setTheme, theme, words } from '../store/view.ts';
import { ownHalf } from '../twonames.ts';
import { faces } from './faces.ts';
import { Icon } from './icons.tsx';
import { rememberPlace, signOut } from './leave.ts';
import { SiteMenu } from './sitemenu.tsx';
import { wide } from './wide.ts';

/** The bar on every page; what is within goes between the parts of the site and the account. */
export function TopBar({ children }: { children?: ComponentChildren }) {
  const w = words.value;
  return (
    <header class={children ? 'topbar with-map' : 'topbar'}>
      <a class="brand" href="/" title={w.nav.home}>
        <span class="seal" aria-hidden="true" lang="zh-CN">
          腾
        </span>
        <span class="brand-name">{districtName.value}</span>
      </a>
      {district.value?.demo && (
        <span class="demo" title={w.demoTip}>
          {wide.value ? w.demo : w.demoShort}
        </span>
      )}
      {wide.value && <Faces />}
      {children}
      {wide.value ? <Account /> : <SiteMenu />}
    </header>
  );
}

function Faces() {
  const w = words.value.nav;
  return (
    <nav class="faces" aria-label={w.label}>
      {faces.value.map((f) => (
        <a key={f.name} href={f.href} {...(f.here ? { 'aria-current': f.here } : {})}>
          {w[f.name]}
        </a>
      ))}
    </nav>
  );
}

function Account() {
  const w = words.value;
  const user = session.value?.user;
  const roles: Record<string, string> = w.roles;
  const dark = theme.value === 'dark';
  return (
    <div class="account">
      <button type="button" class="quiet" onClick={() => setLang(lang.value === 'en' ? 'zh-CN' : 'en')}>
        <span lang={lang.value === 'en' ? 'zh-CN' : 'en'}>{w.lang.button}</span>
        <span class="unseen">{w.lang.label}</span>
      </button>
      <button
        type="button"
        class="quiet square"
        onClick={() => setTheme(dark ? 'light' : 'dark')}
        aria-label={dark ? w.theme.toLight : w.theme.toDark}
      >
        <Icon name={dark ? 'sun' : 'moon'} />
      </button>
      {user ? (
        <>
          <span class="who" title={roles[user.role] ?? user.role}>
            {ownHalf(user.name, lang.value) || user.login}
          </span>
          <button type="button" class="quiet" onClick={signOut} aria-label={w.sign.out}>
            <Icon name="exit" />
            <span class="roomy">{w.sign.out}</span>
          </button>
        </>
      ) : (
        <a class="quiet" href="/signin" onClick={(e) => rememberPlace(e.currentTarget)}>
          <Icon name="user" />
          {w.sign.in}
        </a>
      )}
    </div>
  );
}
