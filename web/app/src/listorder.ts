import type { Item } from './types.ts';
import type { Only, Sort, Tab } from './url.ts';

/** The states of a parcel that can still be bought. */
export const ON_OFFER: readonly string[] = ['announced', 'listed', 'bidding'];

/** How many rows are read at most to be filtered and sorted here: the server filters by equality alone. */
export const WHOLE = 500;

/** The orders that a list offers beside that of the codes. */
export const SORTS_OF: Readonly<Record<Tab, readonly Sort[]>> = {
  areas: ['late', 'size'],
  parcels: ['close', 'price', 'size'],
  projects: [],
};

/** Days past the deadline; 0 for what is not late, or whose deadline one may not see. */
export function lateDays(item: Item): number {
  const days = item.properties.late_days;
  return typeof days === 'number' && days > 0 ? days : 0;
}

/** Whether the tab's list is cut down by that. */
export function cuts(tab: Tab, only: Only | null): only is Only {
  return (tab === 'parcels' && only === 'offer') || (tab === 'areas' && only === 'late');
}

/** Whether the tab's list can be ordered by that. */
export function orders(tab: Tab, sort: Sort | null): sort is Sort {
  return sort !== null && SORTS_OF[tab].includes(sort);
}

/** The rows that are asked for, in the order that is asked for; rows without the value come last. */
export function arrange(
  tab: Tab,
  rows: readonly Item[],
  only: Only | null,
  sort: Sort | null,
): readonly Item[] {
  const kept = cuts(tab, only) ? rows.filter((r) => fits(r, only)) : rows;
  if (!orders(tab, sort)) return kept;
  // Keys are compared ascending; what should be large first is negated.
  return kept
    .map((row) => ({ row, key: keyOf(row, sort) }))
    .sort((a, b) => compare(a.key, b.key))
    .map(({ row }) => row);
}

/** Whether a row stays in a list that is cut down by that. */
export function fits(item: Item, only: Only): boolean {
  return only === 'late' ? lateDays(item) > 0 : ON_OFFER.includes(String(item.properties.status));
}

function keyOf(item: Item, sort: Sort): string | number | null {
  const p = item.properties;
  switch (sort) {
    case 'close':
      return typeof p.list_to === 'string' && p.list_to !== '' ? p.list_to : null;
    case 'price':
      return typeof p.start_wan === 'number' ? p.start_wan : null;
    case 'size': {
      const mu = p.plan_mu ?? p.mu;
      return typeof mu === 'number' ? -mu : null;
    }
    case 'late':
      return lateDays(item) > 0 ? -lateDays(item) : null;
  }
}

function compare(a: string | number | null, b: string | number | null): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -1 : 1;
}
