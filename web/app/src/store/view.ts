import { computed, effect, signal } from '@preact/signals';
import { en } from '../i18n/en.ts';
import { type Words, zh } from '../i18n/zh.ts';
import {
  firstLang,
  formatHash,
  type Lang,
  parseHash,
  type Selection,
  sameSelection,
  tabOf,
  type Theme,
  type ViewState,
} from '../url.ts';
import { framed } from './framed.ts';

const LANG_KEY = 'tengdi.lang';
const THEME_KEY = 'tengdi.theme';
const LATER_MS = 400;

/** What the URL says; every view is a link. */
export const view = signal<ViewState>(parseHash(location.hash));

const darkMedia = matchMedia('(prefers-color-scheme: dark)');
const systemDark = signal(darkMedia.matches);
darkMedia.addEventListener('change', (e) => {
  systemDark.value = e.matches;
});

/** The link's language, else the reader's, else the browser's where it is English; Chinese otherwise. */
export const lang = computed<Lang>(
  () => view.value.lang ?? firstLang(remembered(LANG_KEY), navigator.language),
);

/** The list that is shown beside the map. */
export const tab = computed(() => tabOf(view.value));

export const theme = computed<Theme>(() => {
  if (view.value.theme) return view.value.theme;
  const kept = remembered(THEME_KEY);
  if (kept === 'light' || kept === 'dark') return kept;
  return systemDark.value ? 'dark' : 'light';
});

export const words = computed<Words>(() => (lang.value === 'en' ? en : zh));

let later: ReturnType<typeof setTimeout> | undefined;

/**
 * Changes the view; push makes a step that the back button returns from, but in a frame, where the button
 * is that of the page around it. later = the address follows
 * when nothing more has come for a while: a browser refuses too many addresses in a row.
 */
export function go(patch: Partial<ViewState>, how: 'push' | 'replace' | 'later' = 'replace'): void {
  view.value = { ...view.value, ...patch };
  clearTimeout(later);
  if (how === 'later') {
    const { pathname } = location;
    later = setTimeout(() => location.pathname === pathname && go({}), LATER_MS);
    return;
  }
  const url = `${location.pathname}${location.search}#${formatHash(view.value)}`;
  if (how === 'push' && !framed) history.pushState(null, '', url);
  else history.replaceState(history.state, '', url);
}

export function select(sel: Selection | null): void {
  if (!sameSelection(sel, view.value.sel)) go({ sel }, 'push');
}

export function setLang(next: Lang): void {
  remember(LANG_KEY, next);
  go({ lang: next });
}

export function setTheme(next: Theme): void {
  remember(THEME_KEY, next);
  go({ theme: next });
}

/** Follows the address bar and the back button, and dresses the page in language and theme. */
export function startView(): void {
  const follow = () => {
    view.value = parseHash(location.hash);
  };
  addEventListener('popstate', follow);
  addEventListener('hashchange', follow);
  effect(() => {
    document.documentElement.lang = lang.value;
  });
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
  });
}

// Storage may be switched off; the choice then lasts as long as the page.
function remembered(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch (err) {
    if (err instanceof DOMException) return null;
    throw err;
  }
}

function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch (err) {
    if (!(err instanceof DOMException)) throw err;
  }
}
