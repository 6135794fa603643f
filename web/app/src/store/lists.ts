import { type Signal, signal } from '@preact/signals';
import type { Problem } from '../api.ts';
import type { Item, ItemPage } from '../types.ts';
import { TABS, type Tab } from '../url.ts';
import { WHOLE } from '../listorder.ts';
import { queryOf } from '../facets.ts';
import { api, asProblem, staff } from './server.ts';
import { view } from './view.ts';

export interface List {
  readonly rows: readonly Item[];
  readonly next: string | null;
  readonly matched: number;
  readonly loading: boolean;
  readonly error: Problem | null;
  /** Something changed since it was read. */
  readonly old: boolean;
}

const PAGE = 50;
const MOST = 1000;
const EMPTY: List = { rows: [], next: null, matched: 0, loading: false, error: null, old: true };

const wholes = new Set<Tab>();

/** The list beside the map, one per tab, in the server's order. */
export const lists: Readonly<Record<Tab, Signal<List>>> = {
  areas: signal(EMPTY),
  parcels: signal(EMPTY),
  projects: signal(EMPTY),
};

/** Reads a list unless it stands; after a change it reads again as many rows as are shown. */
export async function ensureList(tab: Tab): Promise<void> {
  const list = lists[tab];
  if (list.value.loading || !list.value.old) return;
  const least = wholes.has(tab) ? WHOLE : PAGE;
  const limit = Math.min(MOST, Math.max(least, list.value.rows.length));
  await fill(tab, [], () =>
    api.items(tab, { ...queryOf(view.peek().filter, tab, staff.peek()), limit: String(limit) }),
  );
}

/** Reads so much of a list that it can be filtered and sorted here, now and after each change. */
export async function ensureWhole(tab: Tab): Promise<void> {
  wholes.add(tab);
  const list = lists[tab];
  const { rows, next, old } = list.value;
  if (!old && next && rows.length < WHOLE) list.value = { ...list.value, old: true };
  await ensureList(tab);
}

export async function moreOfList(tab: Tab): Promise<void> {
  const { next, loading, rows } = lists[tab].value;
  if (next && !loading) await fill(tab, rows, () => api.page(next));
}

async function fill(tab: Tab, before: readonly Item[], read: () => Promise<ItemPage>): Promise<void> {
  const list = lists[tab];
  list.value = { ...list.value, loading: true, error: null, old: false };
  try {
    const page = await read();
    list.value = {
      ...list.value,
      rows: [...before, ...page.features],
      next: page.links?.find((l) => l.rel === 'next')?.href ?? null,
      matched: page.numberMatched,
      loading: false,
    };
  } catch (err) {
    list.value = { ...list.value, loading: false, error: asProblem(err) };
    return;
  }
  if (list.value.old) await ensureList(tab);
}

export function retryList(tab: Tab): void {
  lists[tab].value = { ...lists[tab].value, old: true };
  void ensureList(tab);
}

/** Marks every list as old; the open one is read again at once by who shows it. */
export function outdateLists(): void {
  for (const tab of TABS) lists[tab].value = { ...lists[tab].value, old: true };
}

/** Finds a loaded row by its tile feature id. */
export function rowOf(layer: string, fid: number): Item | undefined {
  const tab = TABS.find((t) => t === layer);
  return tab && lists[tab].value.rows.find((r) => r.properties.fid === fid);
}
