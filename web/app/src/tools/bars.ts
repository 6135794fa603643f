import { type Day, dayOf, isoOf, type Span } from '../map/days.ts';

/** The moves of a collection by month, as the server counts them. */
export interface Histogram {
  readonly revision: number;
  readonly total: number;
  readonly months: readonly MonthMoves[];
}

export interface MonthMoves {
  /** YYYY-MM */
  readonly month: string;
  readonly n: number;
  /** By the state that was come into; "" for one that is not published. */
  readonly to: readonly { readonly value: string; readonly n: number }[];
}

/** From the first month with a move to the last; null without one. */
export function spanOf(months: readonly MonthMoves[]): Span | null {
  const [first, last] = [months[0], months.at(-1)];
  return first && last ? { first: dayOf(`${first.month}-01`), last: dayOf(`${last.month}-01`) } : null;
}

/** A bar over a stop of the time line: its place, the month's moves, and how high it is from 0 to 1. */
export interface Bar {
  readonly i: number;
  readonly moves: MonthMoves;
  readonly height: number;
}

/**
 * The bars of the stops that have a move in their month. Heights go by the square root, so that months
 * with few moves are seen beside those with many.
 */
export function barsOf(all: readonly Day[], months: readonly MonthMoves[]): readonly Bar[] {
  const byMonth = new Map(months.map((m) => [m.month, m]));
  const seen = new Set<string>();
  const found: { i: number; moves: MonthMoves }[] = [];
  // Of a month's end and today in the same month, the later one stands for it.
  for (let i = all.length - 1; i >= 0; i--) {
    const month = isoOf(all[i] as Day).slice(0, 7);
    const moves = byMonth.get(month);
    if (moves && !seen.has(month)) found.unshift({ i, moves });
    seen.add(month);
  }
  const most = Math.max(1, ...found.map((f) => f.moves.n));
  return found.map((f) => ({ ...f, height: Math.sqrt(f.moves.n / most) }));
}
