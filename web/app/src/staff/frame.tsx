import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { goTo, isStaffPath, pageTitle, route } from '../store/route.ts';
import { mayImport } from '../store/server.ts';
import { TopBar } from '../ui/topbar.tsx';
import { ShortcutSheet } from './shortcuts.tsx';
import { may, staffWords } from './store.ts';

type NavName =
  | 'work'
  | 'map'
  | 'areas'
  | 'households'
  | 'problems'
  | 'parcels'
  | 'projects'
  | 'imports'
  | 'audit'
  | 'admin'
  | 'account';

interface NavRow {
  readonly name: NavName;
  readonly href: string;
  /** Pressed after g. */
  readonly key: string;
}

/** The pages that the reader's role has, in the order of the navigation. */
export function navRows(): readonly NavRow[] {
  const rows: (NavRow | false)[] = [
    { name: 'work', href: '/work', key: 'w' },
    { name: 'map', href: '/map', key: 'm' },
    { name: 'areas', href: '/areas', key: 'a' },
    may('read_households') && { name: 'households', href: '/households', key: 'h' },
    { name: 'problems', href: '/problems', key: 'p' },
    { name: 'parcels', href: '/parcels', key: 'l' },
    { name: 'projects', href: '/projects', key: 'j' },
    mayImport.value && { name: 'imports', href: '/import', key: 'i' },
    may('read_audit') && { name: 'audit', href: '/audit', key: 'u' },
    (may('keep_people') || may('keep_settings') || may('keep_accounts')) && {
      name: 'admin',
      href: '/admin',
      key: 'd',
    },
    { name: 'account', href: '/account', key: 'c' },
  ];
  return rows.filter((r) => r !== false);
}

/** Every staff page: top bar, navigation, and the page's own content with its heading. */
export function Frame({ title, children }: { title: string; children: ComponentChildren }) {
  const main = useRef<HTMLElement>(null);
  const w = staffWords.value;
  const { path } = route.value;
  useEffect(() => {
    pageTitle.value = title;
    return () => {
      pageTitle.value = '';
    };
  }, [title]);
  useEffect(() => {
    main.current?.scrollTo(0, 0);
  }, [path]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only listens to the links within
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter on a link is a click
    <div class="page staff" onClick={followLink}>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        {w.nav.skip}
      </button>
      <TopBar />
      <div class="staff-body">
        <Navigation path={path} />
        <main ref={main} class="staff-main" tabIndex={-1}>
          {children}
        </main>
      </div>
      <ShortcutSheet />
    </div>
  );
}

function Navigation({ path }: { path: string }) {
  const w = staffWords.value.nav;
  const strip = useRef<HTMLElement>(null);
  useEffect(() => {
    strip.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [path]);
  // A building is reached from its area.
  const at = path.startsWith('/buildings/') ? '/areas' : path;
  return (
    <nav ref={strip} class="staff-nav" aria-label={w.label}>
      {navRows().map((r) => {
        const here = at === r.href || at.startsWith(`${r.href}/`);
        return (
          <a key={r.name} href={r.href} {...(here ? { 'aria-current': at === r.href ? 'page' : true } : {})}>
            <span>{w[r.name]}</span>
            <span class="chord" aria-hidden="true">
              {r.key}
            </span>
          </a>
        );
      })}
    </nav>
  );
}

// Links between staff pages change the page without loading the app anew.
function followLink(e: MouseEvent): void {
  if (e.defaultPrevented || e.button !== 0 || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return;
  const a = e.target instanceof Element ? e.target.closest('a') : null;
  if (a?.target !== '' || a.hasAttribute('download') || a.origin !== location.origin) return;
  if (!isStaffPath(a.pathname) || a.hash !== '') return;
  e.preventDefault();
  goTo(a.href);
}
