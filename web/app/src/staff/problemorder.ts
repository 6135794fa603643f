import type { Item } from '../types.ts';

/** Whether a problem stands so: open, overdue, near its deadline (amber), closed. */
export function stands(row: Item, how: string): boolean {
  const { status, late_days: late, light } = row.properties;
  const closed = status === 'closed';
  switch (how) {
    case 'open':
      return !closed;
    case 'closed':
      return closed;
    case 'overdue':
      return !closed && typeof late === 'number' && late > 0;
    case 'near':
      return !closed && light === 'amber';
  }
  return false;
}

/** The longest overdue first, then by deadline; what has none after that, what is closed last. */
export function overdueFirst(rows: readonly Item[]): readonly Item[] {
  const rank = (r: Item) => (stands(r, 'closed') ? 2 : r.properties.due ? 0 : 1);
  return [...rows].sort((a, b) => {
    if (rank(a) !== rank(b)) return rank(a) - rank(b);
    // Of closed ones the latest is of most interest.
    const [x, y] =
      rank(a) === 2
        ? [String(b.properties.closed_on ?? ''), String(a.properties.closed_on ?? '')]
        : [String(a.properties.due ?? ''), String(b.properties.due ?? '')];
    if (x !== y) return x < y ? -1 : 1;
    return a.id < b.id ? -1 : 1;
  });
}
