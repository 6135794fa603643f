import { MachineBadge } from '../ui/swatch.tsx';
import type { ComponentChildren } from 'preact';
import type { MachineName } from '../catalogue.gen.ts';
import { statusOf } from '../catalogue.ts';
import { fmt } from '../store/server.ts';
import type { Item } from '../types.ts';
import { day, number, text } from './listpage.tsx';
import type { Column } from './table.tsx';

/** The column that names a row: a name over its code. */
export function nameColumn(label: string): Column<Item> {
  return {
    name: 'code',
    label,
    cell: (r) => <Titled title={text(r, 'name') || r.id} under={text(r, 'name') === '' ? '' : r.id} />,
    key: (r) => r.id,
  };
}

/** Two lines: what counts, and small what goes with it. */
export function Titled({ title, under }: { title: ComponentChildren; under: ComponentChildren }) {
  return (
    <span class="titled">
      <span>{title}</span>
      {under !== '' && under !== null && <small>{under}</small>}
    </span>
  );
}

export function stateColumn(label: string, machine: MachineName): Column<Item> {
  return {
    name: 'status',
    label,
    cell: (r) => <MachineBadge machine={machine} code={text(r, 'status')} />,
    key: (r) => statusOf(machine, text(r, 'status'))?.order ?? null,
  };
}

export function textColumn(name: string, label: string, told?: (code: string) => string): Column<Item> {
  return {
    name,
    label,
    cell: (r) => (told ? told(text(r, name)) : text(r, name)),
    key: (r) => text(r, name),
  };
}

export function dayColumn(name: string, label: string): Column<Item> {
  return {
    name,
    label,
    cell: (r) => day(r, name) && <span class="day">{day(r, name)}</span>,
    key: (r) => text(r, name),
  };
}

export function numberColumn(name: string, label: string, told?: (n: number) => string): Column<Item> {
  return {
    name,
    label,
    num: true,
    cell: (r) => {
      const n = number(r, name);
      return n === null ? '' : (told ?? fmt.value.plain)(n);
    },
    key: (r) => number(r, name),
  };
}
