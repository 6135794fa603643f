import type { Nearness, Work, WorkItem } from './desktypes.ts';

/** The groups of my work, the most urgent first. */
export const NEARNESS: readonly Nearness[] = ['overdue', 'today', 'week', 'later', 'undated'];

const WEEK = 7;

/** What a deadline so many days away counts as; null = there is none. */
export function nearnessOf(days: number | null): Nearness {
  if (days === null) return 'undated';
  if (days < 0) return 'overdue';
  if (days === 0) return 'today';
  return days <= WEEK ? 'week' : 'later';
}

export interface DueGroup {
  readonly nearness: Nearness;
  readonly items: readonly WorkItem[];
  /** How many there are, also of those that are not listed. */
  readonly all: number;
}

const LIGHTS = ['red', 'amber', 'green', ''];

/**
 * The items by nearness; groups without items are left out. Within a group a project that stands
 * still comes after what has a deadline; the longest overdue comes first, then the redder light, then
 * the code.
 */
export function groupByDue(items: readonly WorkItem[], near: Work['near']): readonly DueGroup[] {
  const ordered = [...items].sort(
    (a, b) =>
      Number(a.kind === 'project') - Number(b.kind === 'project') ||
      (a.days_left ?? 0) - (b.days_left ?? 0) ||
      LIGHTS.indexOf(a.light) - LIGHTS.indexOf(b.light) ||
      compareText(a.code, b.code),
  );
  return NEARNESS.flatMap((nearness) => {
    const own = ordered.filter((i) => nearnessOf(i.days_left) === nearness);
    return own.length > 0 ? [{ nearness, items: own, all: Math.max(own.length, near[nearness] ?? 0) }] : [];
  });
}

/** The words for days that are left. */
export interface DueWords {
  overdue(n: string): string;
  today: string;
  left(n: string): string;
  none: string;
}

/** Days left in words: 逾期 3 天, 今天到期, 还有 5 天. */
export function dueText(days: number | null, w: DueWords, int: (n: number) => string): string {
  if (days === null) return w.none;
  if (days < 0) return w.overdue(int(-days));
  return days === 0 ? w.today : w.left(int(days));
}

/** The query that opens a file at the form that an item of work waits for; "" = at its head. */
export function formOf(kind: string): string {
  const to = MOVES[kind];
  if (to) return `?move=${to}`;
  const record = RECORDS[kind];
  return record ? `?record=${record}` : '';
}

const MOVES: Readonly<Record<string, string>> = {
  assign: 'assigned',
  verify: 'verified',
  payment: 'paid',
  announce: 'announced',
  listing: 'sold',
  contract: 'contracted',
  price: 'paid',
  idle: 'started',
};

const RECORDS: Readonly<Record<string, string>> = {
  problem: 'progress',
  visit: 'visit',
  unvisited: 'visit',
  transition: 'transition',
  flat: 'flat',
  ticket: 'ticket',
  inspection: 'inspection',
  court: 'court',
  project: 'contact',
};

/** The list that has all of a kind of work; what is not among them is listed by households. */
export function listOf(kind: string): string {
  return LISTS[kind] ?? '/households';
}

const LISTS: Readonly<Record<string, string>> = {
  problem: '/problems?stand=open',
  assign: '/problems?stand=open',
  verify: '/problems?stand=open',
  close_problem: '/problems?stand=open',
  inspection: '/areas',
  area: '/areas',
  display: '/areas',
  accept: '/areas',
  announce: '/parcels?status=planned',
  listing: '/parcels',
  contract: '/parcels?status=sold',
  price: '/parcels',
  idle: '/parcels',
  project: '/projects',
};

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
