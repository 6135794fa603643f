/** Civil days as YYYY-MM-DD; they have no zone. */
export type DayText = string;

const DAY_MS = 86_400_000;

/** Today in the district's zone. */
export function today(zone: string, now = new Date()): DayText {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(now);
}

/** Days from one to another; NaN when one is no day. */
export function daysBetween(from: DayText, to: DayText): number {
  return Math.round((atUtc(to) - atUtc(from)) / DAY_MS);
}

export function addDays(day: DayText, n: number): DayText {
  return textOf(new Date(atUtc(day) + n * DAY_MS));
}

/** Goes months on; a day that the month does not have becomes its last. */
export function addMonths(day: DayText, n: number): DayText {
  const [y = 0, m = 1, d = 1] = day.split('-').map(Number);
  const last = new Date(Date.UTC(y, m - 1 + n + 1, 0));
  return textOf(
    new Date(Date.UTC(last.getUTCFullYear(), last.getUTCMonth(), Math.min(d, last.getUTCDate()))),
  );
}

export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(atUtc(text));
}

/** The days that follow from serving a compensation decision (arts. 26 and 28 of the 2011 regulation). */
export interface CourtClock {
  readonly reviewUntil: DayText;
  readonly suitUntil: DayText;
  readonly applyFrom: DayText;
  readonly applyUntil: DayText;
}

/** Starts the clock on the day of service; final is the day of a last judgment, "" = none. */
export function courtClock(served: DayText, final: DayText = ''): CourtClock {
  const suit = addMonths(served, 6);
  const clock = {
    reviewUntil: addDays(served, 60),
    suitUntil: suit,
    applyFrom: addDays(suit, 1),
    applyUntil: addMonths(suit, 3),
  };
  if (!isDay(final) || final < served) return clock;
  const sooner = (day: DayText) => (final < day ? final : day);
  return {
    reviewUntil: sooner(clock.reviewUntil),
    suitUntil: sooner(clock.suitUntil),
    applyFrom: addDays(final, 1),
    applyUntil: addMonths(final, 3),
  };
}

function atUtc(day: DayText): number {
  return Date.parse(`${day}T00:00:00Z`);
}

function textOf(t: Date): DayText {
  return Number.isNaN(t.getTime()) ? '' : t.toISOString().slice(0, 10);
}
