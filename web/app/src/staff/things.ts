import type { CollectionName, MachineName } from '../catalogue.gen.ts';
import { nameOf, statusOf } from '../catalogue.ts';
import type { Words } from '../i18n/zh.ts';
import type { Lang } from '../url.ts';
import type { InputField, Option } from './types.ts';

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

const REFS: Readonly<Record<string, string>> = { parcel: 'parcels' };
const LONG: readonly string[] = ['measure', 'pay_later', 'evidence'];

/** An input of a move with what a form needs besides its type: the values there are, its collection, its size. */
export function dressed(input: InputField, machine: MachineName, words: readonly [Words, Words]): InputField {
  const options = input.options?.length ? input.options : knownOptions(input.name, machine, words);
  const ref = input.ref || REFS[input.name];
  return {
    ...input,
    ...(options ? { options } : {}),
    ...(ref ? { ref } : {}),
    ...(LONG.includes(input.name) ? { long: true } : {}),
  };
}

function knownOptions(
  name: string,
  machine: MachineName,
  [zh, en]: readonly [Words, Words],
): readonly Option[] | undefined {
  const from = (a: Record<string, string>, b: Record<string, string>) =>
    Object.keys(a).map((code) => ({ code, zh: a[code] ?? code, en: b[code] ?? code }));
  if (name === 'mode' && machine === 'parcel') return from(zh.values.mode, en.values.mode);
  if (name === 'mode' && machine === 'household') {
    return [
      { code: 'money', zh: '货币补偿', en: 'money' },
      { code: 'swap', zh: '产权调换', en: 'swap' },
    ];
  }
  if (name === 'legal') return from(zh.values.legal, en.values.legal);
  return undefined;
}

// A guard that is named after what it asks for is met by filling that in.
function asksFor(guard: string, name: string): boolean {
  return (
    guard === name ||
    name === `${guard}_wan` ||
    name === `${guard}_no` ||
    (`start_price` === guard && name === 'start_wan')
  );
}

/** Splits what is missing for a move: what the form asks for, and what has to come from elsewhere. */
export function missing<T extends { readonly guard: string }>(
  reasons: readonly T[],
  inputs: readonly { readonly name: string }[],
): { asked: readonly string[]; elsewhere: readonly T[] } {
  const asked: string[] = [];
  const elsewhere: T[] = [];
  for (const r of reasons) {
    const input = inputs.find((i) => asksFor(r.guard, i.name));
    if (input) asked.push(input.name);
    else elsewhere.push(r);
  }
  return { asked, elsewhere };
}
