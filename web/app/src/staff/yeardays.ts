import { addDays } from './days.ts';

/** A day that differs from the five-day week. */
export interface SetDay {
  readonly day: string;
  readonly works: boolean;
  readonly name: string;
}

/** What a day is: worked by the week or by notice, free by the week or by notice. */
export type DayKind = 'work' | 'weekend' | 'holiday' | 'makeup';

export interface YearDay {
  /** YYYY-MM-DD. */
  readonly day: string;
  readonly date: number;
  readonly kind: DayKind;
  readonly name: string;
}

/** A month as weeks from Monday to Sunday; null stands before its first and after its last day. */
export type Month = readonly (readonly (YearDay | null)[])[];

const MOST_DAYS = 366;
const DAY_MS = 86_400_000;
const WEEK = 7;

/** What the week alone makes of a day. */
export function usualKind(day: string): 'work' | 'weekend' {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday === 0 || weekday === 6 ? 'weekend' : 'work';
}

/** The kind of a day: the notice goes before the week. */
export function kindOf(day: string, set: SetDay | undefined): DayKind {
  const usual = usualKind(day);
  if (!set) return usual;
  if (!set.works) return 'holiday';
  return usual === 'weekend' ? 'makeup' : 'work';
}

/** The twelve months of a year. */
export function yearOf(year: number, set: readonly SetDay[]): readonly Month[] {
  const known = new Map(set.map((d) => [d.day, d]));
  return Array.from({ length: 12 }, (_, month) => monthOf(year, month, known));
}

function monthOf(year: number, month: number, known: ReadonlyMap<string, SetDay>): Month {
  const first = Date.UTC(year, month, 1);
  const count = Math.round((Date.UTC(year, month + 1, 1) - first) / DAY_MS);
  const lead = (new Date(first).getUTCDay() + 6) % WEEK;
  const cells: (YearDay | null)[] = Array.from({ length: lead }, () => null);
  for (let i = 0; i < count; i++) {
    const day = new Date(first + i * DAY_MS).toISOString().slice(0, 10);
    const said = known.get(day);
    cells.push({ day, date: i + 1, kind: kindOf(day, said), name: said?.name ?? '' });
  }
  while (cells.length % WEEK !== 0) cells.push(null);
  return Array.from({ length: cells.length / WEEK }, (_, w) => cells.slice(w * WEEK, (w + 1) * WEEK));
}

/** How many days of a year are worked, and how many are free by notice or worked by notice. */
export function countDays(months: readonly Month[]): Readonly<Record<DayKind, number>> {
  const out = { work: 0, weekend: 0, holiday: 0, makeup: 0 };
  for (const d of months.flat(2)) if (d) out[d.kind]++;
  return out;
}

/** The days from one to another, both included; at most a year of them, none where the order is wrong. */
export function daysOf(from: string, to: string): readonly string[] {
  const out: string[] = [];
  for (let day = from; day <= to && out.length < MOST_DAYS; day = addDays(day, 1)) out.push(day);
  return out;
}
