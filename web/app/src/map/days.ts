/** A day as the tiles count it: days since 1970-01-01. TODAY, for the present, is no such day. */
export type Day = number;

/** The day of the map when no past one is chosen. */
export const TODAY: Day = 0;

const MS = 86_400_000;

/** The number of an ISO day; TODAY for null and for what is no day of the calendar. */
export function dayOf(iso: string | null): Day {
  const n = iso === null ? Number.NaN : Date.parse(`${iso}T00:00:00Z`) / MS;
  return Number.isInteger(n) && isoOf(n) === iso ? n : TODAY;
}

/** The ISO day of a number. */
export function isoOf(day: Day): string {
  return new Date(day * MS).toISOString().slice(0, 10);
}

/** The days of the first and of the last move that is known of. */
export interface Span {
  readonly first: Day;
  readonly last: Day;
}

/** Both spans and what lies between them. */
export function widen(a: Span | null, b: Span | null): Span | null {
  if (!a || !b) return a ?? b;
  return { first: Math.min(a.first, b.first), last: Math.max(a.last, b.last) };
}

/**
 * The days that the slider stops at: the last day of each month in which something may have moved,
 * and then today. Without a span it is today alone.
 */
export function stops(span: Span | null, today: Day): readonly Day[] {
  if (!span) return [today];
  const from = new Date(span.first * MS);
  const out: Day[] = [];
  for (let month = from.getUTCMonth() + 1; ; month++) {
    const end = Date.UTC(from.getUTCFullYear(), month, 0) / MS;
    if (end >= today) break;
    out.push(end);
    if (end >= span.last) break;
  }
  return [...out, today];
}

/** The index of the stop that stands for the month of a day: the first that is not before it, else the last. */
export function monthAt(all: readonly Day[], day: Day): number {
  const i = all.findIndex((d) => d >= day);
  return i < 0 ? all.length - 1 : i;
}

/**
 * The stop that is `by` stops after a day, or before it where `by` is negative, as far as there are stops;
 * null where none lies that way. From a day between two stops the next one on that side is the first step.
 */
export function stopFrom(all: readonly Day[], day: Day, by: number): Day | null {
  const next = all.findIndex((d) => d >= day);
  const from = by > 0 ? all.findLastIndex((d) => d <= day) : next < 0 ? all.length : next;
  const to = all[Math.max(0, Math.min(from + by, all.length - 1))];
  return to !== undefined && (to - day) * by > 0 ? to : null;
}

/** The index of the last stop that is not after a day; 0 for a day before all of them. */
export function stopAt(all: readonly Day[], day: Day): number {
  return Math.max(
    0,
    all.findLastIndex((d) => d <= day),
  );
}
