import type { MachineName } from '../catalogue.gen.ts';
import { nameOf, statusOf } from '../catalogue.ts';
import { lang } from '../store/view.ts';
import { Swatch } from '../ui/swatch.tsx';

/** The machine that moves the things of a collection; "" = none does. */
export function machineOf(collection: string): MachineName | '' {
  return MACHINES[collection] ?? '';
}

/** The collection of the things that a machine moves, or that the log calls so; "" = none. */
export function collectionOf(entity: string): string {
  return Object.keys(MACHINES).find((c) => MACHINES[c] === entity) ?? REGISTERS[entity] ?? '';
}

const MACHINES: Readonly<Record<string, MachineName>> = {
  areas: 'area',
  buildings: 'building',
  households: 'household',
  parcels: 'parcel',
  problems: 'problem',
  projects: 'project',
};

const REGISTERS: Readonly<Record<string, string>> = {
  organisation: 'organisations',
  person: 'persons',
  board: 'boards',
};

/** The name of a state in the reader's language. */
export function stateName(machine: MachineName | '', code: string): string {
  const status = machine === '' ? undefined : statusOf(machine, code);
  return status ? nameOf(status, lang.value) : code;
}

/** A state as the map paints it, with its name. */
export function State({ machine, code }: { machine: MachineName; code: string }) {
  const status = statusOf(machine, code);
  if (!status) return <span class="badge">{code}</span>;
  return (
    <span class="badge">
      <Swatch look={status} />
      <span>{nameOf(status, lang.value)}</span>
    </span>
  );
}
