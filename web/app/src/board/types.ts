import type { Summary } from '../types.ts';

/** When figures hold, and the end of which day they are of. */
export interface Stamp {
  readonly revision: number;
  readonly as_of: string;
  readonly day: string;
  readonly past: boolean;
}

export type Light = 'red' | 'amber' | 'green' | '';

export interface StaffSummary extends Summary {
  readonly problems?: { readonly open: number; readonly overdue: number; readonly closed: number };
}

export interface Headline extends Stamp {
  readonly now: StaffSummary;
  readonly before: StaffSummary;
  readonly handed_mu: number;
  readonly lights: Readonly<Record<string, number>>;
}

export interface Households {
  readonly surveyed: number;
  readonly signed: number;
  readonly moved: number;
  readonly demolished: number;
}

export interface Rates {
  readonly signed: number | null;
  readonly moved: number | null;
  readonly demolished: number | null;
}

export interface Change extends Households {
  readonly cleared_mu: number;
}

export interface Pace {
  readonly per_day: number;
  readonly needed: number | null;
  readonly remaining: number;
  readonly forecast: string | null;
  readonly short: boolean;
}

export interface Area {
  readonly code: string;
  readonly name: string;
  readonly status: string;
  readonly street: string;
  readonly board: string;
  readonly leader: string;
  readonly department: string;
  readonly decided_on: string | null;
  readonly deadline: string | null;
  readonly days_left: number | null;
  readonly light: Light;
  readonly cause: { readonly word: string; readonly zh: string; readonly en: string };
  readonly plan_mu: number;
  readonly cleared_mu: number;
  readonly cleared_rate: number | null;
  readonly households: Households;
  readonly rates: Rates;
  readonly change: Change;
  readonly pace: Pace;
  readonly problems_open: number;
  readonly problems_overdue: number;
}

export interface Areas extends Stamp {
  readonly areas: readonly Area[];
}

export interface Point {
  readonly on: string;
  readonly since_decision: number | null;
  readonly plan: number;
  readonly households: Households | null;
  readonly plan_mu: number | null;
  readonly cleared_mu: number | null;
  readonly handed_mu: number | null;
  readonly sold_mu: number | null;
}

export interface Series extends Stamp {
  readonly plan: string;
  readonly step_days: number;
  readonly decided_on: string | null;
  readonly deadline: string | null;
  readonly pace: Pace;
  readonly points: readonly Point[];
}

export interface Group {
  readonly key: string;
  readonly name: string;
  readonly areas: number;
  readonly done: number;
  readonly lights: Readonly<Record<string, number>>;
  readonly cleared_rate: number | null;
  readonly households: Households;
  readonly rates: Rates;
  readonly change: Change;
  readonly per_day: number;
  readonly problems_open: number;
  readonly problems_overdue: number;
}

export interface Groups extends Stamp {
  readonly by: string;
  readonly groups: readonly Group[];
}

export interface BoardProblem {
  readonly code: string;
  readonly area: string;
  readonly area_name: string;
  readonly title: string;
  readonly measure: string;
  readonly department: string;
  readonly leader: string;
  readonly status: string;
  readonly due: string | null;
  readonly days_overdue: number | null;
  readonly light: Light;
  readonly last: { readonly verb: string; readonly to: string; readonly on: string | null } | null;
}

export interface Problems extends Stamp {
  readonly problems: readonly BoardProblem[];
}

export interface Auction {
  readonly year: number;
  readonly quarter: number;
  readonly use_class: string;
  readonly sold: number;
  readonly failed: number;
  readonly mu: number;
  readonly wan: number;
  readonly premium: number | null;
}

export interface Auctions extends Stamp {
  readonly rows: readonly Auction[];
}

export interface Stage {
  readonly stage: string;
  readonly projects: number;
  readonly over_1yi: number;
  readonly amount_wan: number;
  readonly reached: number;
  readonly conversion: number | null;
  readonly median_days: number | null;
  readonly red: number;
}

export interface Pipeline extends Stamp {
  readonly stages: readonly Stage[];
}
