import type { Reason } from './types.ts';

/** Answers about one's own work, the log, the settings and the accounts; docs/architecture.md has the contract. */
export interface WorkArea {
  readonly code: string;
  readonly name: string;
  readonly status: string;
  readonly duty: string;
  readonly light: string;
  readonly days_left: number | null;
  readonly problems_open: number;
  readonly signed_rate: number | null;
  /** Why its light is red. */
  readonly cause?: 'overdue' | 'behind' | 'problem';
}

export interface WorkItem {
  readonly kind: string;
  readonly collection: string;
  readonly code: string;
  readonly title: string;
  readonly area: string;
  readonly due?: string | null;
  readonly light: string;
  /** Negative = overdue; null without a day that it is due. */
  readonly days_left: number | null;
  /** To be paid. */
  readonly amount_wan?: number;
  /** How often the deadline of a problem was extended. */
  readonly extended?: number;
  /** Why an area is red. */
  readonly cause?: 'overdue' | 'behind' | 'problem';
}

export interface Work {
  readonly as_of: string;
  readonly areas: readonly WorkArea[] | null;
  readonly items: readonly WorkItem[] | null;
  /** How much there is of each kind, also of what is not among the items. */
  readonly totals: Readonly<Record<string, number>>;
  /** The same by how near the end is. */
  readonly near: Readonly<Partial<Record<Nearness, number>>>;
}

/** How near the end of something is. */
export type Nearness = 'overdue' | 'today' | 'week' | 'later' | 'undated';

/** One entry of the log. */
export interface LogEvent {
  readonly id: number;
  readonly revision: number;
  readonly verb: string;
  readonly entity: string;
  readonly code: string;
  readonly from?: string;
  readonly to?: string;
  readonly on: string | null;
  readonly at: string;
  readonly actor: string;
  readonly actor_name?: string;
  readonly role?: string;
  readonly source?: string;
  readonly reason?: string;
  readonly data?: Readonly<Record<string, unknown>> | null;
}

export interface ChainHead {
  readonly revision: number;
  readonly event_id: number;
  readonly hash: string;
  readonly at: string;
  readonly accesses: number;
  readonly last_access: number;
}

/** One reading of the file of a household. */
export interface Access {
  readonly at: string;
  readonly login: string;
  readonly name?: string;
  readonly role: string;
  readonly code: string;
  readonly what: string;
}

/** A row of a list of moves that was refused. */
export interface BatchRefusal {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  readonly reasons: readonly Reason[];
  readonly faults: readonly RowFault[];
}

export interface RowFault {
  readonly field: string;
  readonly zh: string;
  readonly en: string;
}

/** The district's own numbers; what is left out has its default. */
export type Thresholds = Readonly<Partial<Record<ThresholdName, number>>>;

export type ThresholdName =
  | 'problem_amber_days'
  | 'behind_amber'
  | 'behind_red'
  | 'pipeline_amber'
  | 'pipeline_red'
  | 'pipeline_out'
  | 'unvisited_days';

/** An account as those see it who keep accounts. */
export interface Account {
  readonly login: string;
  readonly name: string;
  readonly role: string;
  readonly disabled: boolean;
  readonly has_password: boolean;
  readonly password_on: string | null;
  readonly second_factor: boolean;
  readonly second_factor_required: boolean;
  readonly tokens: number;
  readonly identities: readonly { readonly issuer: string; readonly subject: string }[] | null;
  readonly version: number;
}
