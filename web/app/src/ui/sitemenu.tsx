import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { session } from '../store/server.ts';
import { lang, setLang, setTheme, theme, words } from '../store/view.ts';
import { ownHalf } from '../twonames.ts';
import { faces } from './faces.ts';
import { Icon } from './icons.tsx';
import { rememberPlace, signOut } from './leave.ts';

/** On a narrow screen: the parts of the site and the account behind one button. */
export function SiteMenu() {
  const w = words.value;
  const open = useSignal(false);
  const panel = useRef<HTMLDivElement>(null);
  const user = session.value?.user;
  const roles: Record<string, string> = w.roles;
  const dark = theme.value === 'dark';
  return (
    <div class="account">
      <button
        type="button"
        class="quiet square"
        popovertarget="site-menu"
        aria-expanded={open.value}
        aria-label={w.nav.menu}
      >
        <Icon name={open.value ? 'close' : 'menu'} />
      </button>
      <div
        ref={panel}
        id="site-menu"
        class="site-menu"
        popover="auto"
        onToggle={(e) => {
          open.value = e.newState === 'open';
        }}
      >
        <nav aria-label={w.nav.label}>
          {faces.value.map((f) => (
            <a key={f.name} href={f.href} {...(f.here ? { 'aria-current': f.here } : {})}>
              {w.nav[f.name]}
            </a>
          ))}
        </nav>
        <div class="menu-rest">
          <button type="button" onClick={() => setLang(lang.value === 'en' ? 'zh-CN' : 'en')}>
            <Icon name="globe" />
            <span lang={lang.value === 'en' ? 'zh-CN' : 'en'}>{w.lang.button}</span>
            <span class="unseen">{w.lang.label}</span>
          </button>
          <button type="button" onClick={() => setTheme(dark ? 'light' : 'dark')}>
            <Icon name={dark ? 'sun' : 'moon'} />
            {dark ? w.theme.toLight : w.theme.toDark}
          </button>
          {user ? (
            <button type="button" onClick={signOut}>
              <Icon name="exit" />
              {w.sign.out}
              <span class="hint">
                {ownHalf(user.name, lang.value) || user.login} · {roles[user.role] ?? user.role}
              </span>
            </button>
          ) : (
            <a href="/signin" onClick={(e) => rememberPlace(e.currentTarget)}>
              <Icon name="user" />
              {w.sign.in}
            </a>
          )}
        </div>
      </div>
    </div>
  );
}
