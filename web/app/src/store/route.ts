import { signal } from '@preact/signals';
import { archiveIn } from '../archive.ts';
import { formatHash, namesView, parseHash, START } from '../url.ts';
import { view } from './view.ts';

/** The page that is shown: the path of the address, and its query. */
export const route = signal({ path: location.pathname, search: location.search });

/** What the page calls itself before the name of the district; "" = nothing. */
export const pageTitle = signal('');

// Lists and files of the staff, and what goes with them. They are one chunk of their own.
const STAFF = /^\/(?:work|areas|households|parcels|problems|projects|admin|audit|account)$/;
const FILE = /^\/(?:areas|buildings|households|parcels|problems|projects)\/./;

/** Says whether a path belongs to the staff's pages. */
export function isStaffPath(path: string): boolean {
  const plain = path.replace(/\/+$/, '');
  return STAFF.test(plain) || FILE.test(plain);
}

/** The address of a thing's file. */
export function fileHref(collection: string, code: string): string {
  return `/${collection}/${encodeURIComponent(code)}`;
}

/** Goes to a staff page without loading the app anew; a link's language and theme go along. */
export function goTo(href: string, how: 'push' | 'replace' = 'push'): void {
  const to = new URL(href, location.origin);
  const kept = formatHash({ ...START, lang: view.value.lang, theme: view.value.theme });
  const url = `${to.pathname}${to.search}${kept === '' ? '' : `#${kept}`}`;
  if (how === 'push') history.pushState(null, '', url);
  else history.replaceState(null, '', url);
  route.value = { path: to.pathname, search: to.search };
  if (how === 'push') scrollTo(0, 0);
}

/**
 * Follows the address. A link to the root that carries a view, as they were handed out before there was a
 * first page, is a link to the map.
 */
export function startRoute(): void {
  const follow = () => {
    const { pathname, search, hash } = location;
    const toMap = pathname === '/' && (namesView(parseHash(hash)) || archiveIn(search) !== null);
    if (toMap) history.replaceState(null, '', `/map${search}${hash}`);
    const path = toMap ? '/map' : pathname;
    if (path !== route.value.path || search !== route.value.search) route.value = { path, search };
  };
  addEventListener('popstate', follow);
  addEventListener('hashchange', follow);
  follow();
}
