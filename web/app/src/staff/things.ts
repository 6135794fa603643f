import type { CollectionName, MachineName } from '../catalogue.gen.ts';
import { nameOf, statusOf } from '../catalogue.ts';
import type { Lang } from '../url.ts';
import { MOVE_OPTIONS } from './datakeys.gen.ts';
import type { Option } from './types.ts';

/** The collections whose items have a file: a machine moves them. */
export type ThingName = CollectionName | 'households' | 'problems';

export const MACHINE_OF_THING: Readonly<Record<ThingName, MachineName>> = {
  areas: 'area',
  buildings: 'building',
  households: 'household',
  parcels: 'parcel',
  problems: 'problem',
  projects: 'project',
};

export function isThing(name: string): name is ThingName {
  return name in MACHINE_OF_THING;
}

const REGISTERS: Readonly<Record<string, string>> = {
  organisation: 'organisations',
  person: 'persons',
  board: 'boards',
};

/** The collection of the things that a machine moves, or that the log calls so; "" = none. */
export function collectionOf(entity: string): string {
  const thing = Object.entries(MACHINE_OF_THING).find(([, machine]) => machine === entity);
  return thing?.[0] ?? REGISTERS[entity] ?? '';
}

/** The states on the main line of a machine, in order; the others are branches and ends. */
export const MAIN_LINE: Partial<Record<ThingName, readonly string[]>> = {
  areas: [
    'planned',
    'surveying',
    'consulting',
    'decided',
    'signing',
    'vacating',
    'demolishing',
    'cleared',
    'handed_over',
    'closed',
  ],
  parcels: [
    'reserved',
    'planned',
    'announced',
    'listed',
    'sold',
    'contracted',
    'handed_over',
    'started',
    'completed',
  ],
  problems: ['opened', 'assigned', 'in_progress', 'submitted', 'verified', 'closed'],
  projects: ['lead', 'contact', 'intent', 'strategic', 'signed', 'landed', 'started', 'operating'],
};

// Between two states of the line: they stand at the one before.
const STANDS_AT: Readonly<Record<string, string>> = { bidding: 'listed', paid: 'contracted' };

/** Where a thing stands on its main line, from 0; -1 = beside it. */
export function placeOnLine(thing: ThingName, status: string): number {
  const line = MAIN_LINE[thing] ?? [];
  const direct = line.indexOf(status);
  return direct >= 0 ? direct : line.indexOf(STANDS_AT[status] ?? '');
}

/** Ends and halts: a move there is offered after those that lead on. */
export const ASIDE: readonly string[] = ['suspended', 'cancelled', 'withdrawn', 'voided', 'dead', 'failed'];

/** The name of a state in the reader's language. */
export function stateName(thing: ThingName, code: string, lang: Lang): string {
  const status = statusOf(MACHINE_OF_THING[thing], code);
  return status ? nameOf(status, lang) : code;
}

/** The values that there are of a text of a machine's moves; undefined = it is free. */
export function knownOptions(name: string, machine: MachineName): readonly Option[] | undefined {
  return MOVE_OPTIONS.find((o) => o.machine === machine && o.name === name)?.options;
}

// Guards that are met by filling in inputs of other names.
const ASKS: Readonly<Record<string, readonly string[]>> = {
  start_price: ['start_wan'],
  notice_out: ['notice_on'],
  notice_20d: ['notice_on', 'list_from'],
  listing_10d: ['list_from', 'list_to'],
  display_30d: ['display_from', 'display_to'],
  sign_period: ['sign_from', 'sign_to'],
  legal_found: ['legal'],
  use_rows: ['land_use', 'years'],
  density: ['density_max'],
  green: ['green_min'],
  height: ['height_max'],
};

// Guards that some of the inputs meet, but none of them must.
const EITHER: Readonly<Record<string, readonly string[]>> = {
  amount_or_flat: ['amount_wan', 'flat'],
  paid_in_full: ['paid_wan'],
  compensated: ['paid_on', 'deposited'],
  compensated_first: ['deposited'],
  flat_delivered: ['flat_on'],
  clean_land: [
    'clean_title',
    'clean_compensation',
    'clean_no_dispute',
    'clean_conditions',
    'clean_utilities',
  ],
  far: ['far_min', 'far_max'],
  public_use: ['land_use'],
};

/** What stands between a thing and a move, by how it can be met. */
export interface Missing<T> {
  /** Inputs of the form that have to be filled in. */
  readonly asked: readonly string[];
  /** Rules that the form can meet in more than one way. */
  readonly told: readonly T[];
  /** What has to come from elsewhere. */
  readonly elsewhere: readonly T[];
}

/** Sorts the failed guards of a move with nothing filled in. */
export function missing<T extends { readonly guard: string }>(
  reasons: readonly T[],
  inputs: readonly { readonly name: string; readonly value?: string; readonly type?: string }[],
): Missing<T> {
  const asked = new Set<string>();
  const told: T[] = [];
  const elsewhere: T[] = [];
  for (const r of reasons) {
    const named = [r.guard, `${r.guard}_wan`, `${r.guard}_no`, ...(ASKS[r.guard] ?? [])];
    const mine = inputs.filter((i) => named.includes(i.name));
    const empty = mine.filter((i) => !i.value);
    if (mine.length > 0 && (empty.length > 0 || mine.some((i) => i.type === 'boolean'))) {
      for (const i of empty) asked.add(i.name);
    } else if (mine.length > 0 || inputs.some((i) => EITHER[r.guard]?.includes(i.name))) told.push(r);
    else elsewhere.push(r);
  }
  return { asked: [...asked], told, elsewhere };
}
