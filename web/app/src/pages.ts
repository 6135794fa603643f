import type { ComponentType } from 'preact';
import { isStaffPath } from './store/route.ts';

/** A page that comes when its address is opened: what it is called, and how it is got. */
export interface LatePage {
  readonly name: string;
  get(): Promise<ComponentType>;
}

// What draws the land is much larger than the page around it, so that both set out together.
function map(): Promise<ComponentType> {
  if ('WebGL2RenderingContext' in globalThis) import('./ui/standing.ts').catch(() => {});
  return import('./ui/mappage.tsx').then((m) => m.MapPage);
}

const MAP: LatePage = { name: 'map', get: map };
const STAFF: LatePage = { name: 'staff', get: () => import('./staff/staff.tsx').then((m) => m.StaffPages) };

const BOARD: LatePage = { name: 'board', get: () => import('./board/board.tsx').then((m) => m.BoardPages) };

// A map in a frame sets out with what draws the land, as the map's own page does.
function embed(): Promise<ComponentType> {
  if ('WebGL2RenderingContext' in globalThis) import('./ui/standing.ts').catch(() => {});
  return import('./ui/embed.tsx').then((m) => m.EmbedPage);
}

const PAGES: Readonly<Record<string, LatePage>> = {
  '/': { name: 'home', get: () => import('./ui/home.tsx').then((m) => m.HomePage) },
  '/map': MAP,
  '/embed': { name: 'embed', get: embed },
  '/signin': { name: 'signin', get: () => import('./ui/signin.tsx').then((m) => m.SignInPage) },
  '/import': { name: 'import', get: () => import('./ui/importpage.tsx').then((m) => m.ImportPage) },
};

/** The page that an address names; undefined where there is none. */
export function pageOf(path: string): LatePage | undefined {
  if (/^\/board(?:\/|$)/.test(path)) return BOARD;
  return PAGES[path.replace(/\/+$/, '') || '/'] ?? (isStaffPath(path) ? STAFF : undefined);
}
