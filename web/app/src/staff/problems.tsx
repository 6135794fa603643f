import { useSignal } from '@preact/signals';
import { fmt } from '../store/server.ts';
import type { Item } from '../types.ts';
import { stateColumn, textColumn, Titled } from './columns.tsx';
import { actionText } from './actiontext.ts';
import { desk } from './deskwords.ts';
import { dueText } from './due.ts';
import type { FilterDef } from './filters.tsx';
import { filtersOf } from './filters.tsx';
import { LightText } from './lighttext.tsx';
import { day, ListPage, number, text } from './listpage.tsx';
import type { Filters } from './listquery.ts';
import { NewItem } from './newitem.tsx';
import { named, optionName, optionsOf } from './options.ts';
import { areaFilter, statusFilter } from './parcels.tsx';
import { overdueFirst, stands } from './problemorder.ts';
import { may } from './store.ts';
import type { Column } from './table.tsx';

const OWN = ['stand', 'status', 'kind', 'area', 'department', 'leader'];
const STANDS = ['open', 'overdue', 'near', 'closed'] as const;

/** The problem list: the longest overdue first, with who answers, the measure and what was done last. */
export function ProblemsPage() {
  const w = desk.value.problems;
  const making = useSignal(false);
  const area = filtersOf(['area']).area;
  return (
    <ListPage
      title={w.title}
      collection="problems"
      columns={columns()}
      defs={(rows) => defs(rows, filtersOf(OWN))}
      own={OWN}
      fits={fits}
      arrange={overdueFirst}
      unit={w.count}
      empty={w.empty}
      markOf={(r) => (stands(r, 'closed') ? 'done-row' : stands(r, 'overdue') ? 'late-row' : '')}
      whole
      actions={
        may('write_problems') && (
          <button
            type="button"
            class="second"
            aria-expanded={making.value}
            onClick={() => {
              making.value = !making.value;
            }}
          >
            {w.open}
          </button>
        )
      }
      above={
        making.value && (
          <NewItem
            collection="problems"
            title={w.open}
            label={w.openNow}
            {...(area ? { start: { area } } : {})}
            close={() => {
              making.value = false;
            }}
          />
        )
      }
    />
  );
}

function columns(): Column<Item>[] {
  const w = desk.value.problems;
  return [
    {
      name: 'title',
      label: w.problem,
      cell: (r) => <Titled title={text(r, 'title') || r.id} under={under(r)} />,
      key: (r) => r.id,
    },
    stateColumn(w.status, 'problem'),
    { name: 'due', label: w.due, cell: dueCell, key: (r) => text(r, 'due') },
    {
      ...textColumn('department', w.body),
      cell: (r) =>
        text(r, 'department') === '' ? (
          ''
        ) : (
          <Titled title={text(r, 'department')} under={text(r, 'leader')} />
        ),
    },
    { ...textColumn('measure', w.measure), wide: true },
    { name: 'acted_on', label: w.last, cell: lastCell, key: (r) => text(r, 'acted_on') },
    {
      name: 'extensions',
      label: w.extensions,
      cell: (r) => extensionsText(number(r, 'extensions') ?? 0, number(r, 'escalations') ?? 0),
      key: (r) => number(r, 'extensions'),
    },
  ];
}

function under(r: Item): string {
  return [r.id, optionName(optionsOf('problems', 'kind'), text(r, 'kind')), text(r, 'area_name')]
    .filter(Boolean)
    .join(' · ');
}

function dueCell(r: Item) {
  const w = desk.value.work.due;
  if (stands(r, 'closed')) return desk.value.problems.closedOn(day(r, 'closed_on'));
  const on = day(r, 'due');
  const late = number(r, 'late_days') ?? 0;
  return (
    <Titled
      title={
        <LightText light={text(r, 'light')}>
          {late > 0 ? dueText(-late, w, fmt.value.int) : on || w.none}
        </LightText>
      }
      under={late > 0 ? on : ''}
    />
  );
}

function lastCell(r: Item) {
  const on = day(r, 'acted_on');
  if (on === '') return '';
  return <Titled title={actionText(text(r, 'action'))} under={on} />;
}

function extensionsText(extended: number, escalated: number): string {
  const w = desk.value.problems;
  return [extended > 0 && w.extended(String(extended)), escalated > 0 && w.escalated(String(escalated))]
    .filter(Boolean)
    .join(' · ');
}

function defs(rows: readonly Item[], filters: Filters): readonly FilterDef[] {
  const { stand: _, ...others } = filters;
  const w = desk.value.problems;
  const said = (name: string) => [...new Set(rows.map((r) => text(r, name)))].filter(Boolean).sort();
  const free = (name: string) => said(name).map((v) => ({ code: v, label: v }));
  return [
    {
      name: 'stand',
      label: w.stand,
      chips: true,
      options: STANDS.map((code) => ({
        code,
        label: w.stands[code],
        count: rows.filter((r) => stands(r, code) && fits(r, others)).length,
      })),
    },
    statusFilter('problem', w.status),
    { name: 'kind', label: w.kind, options: named(optionsOf('problems', 'kind')) },
    areaFilter(w.area),
    { name: 'department', label: w.department, options: free('department') },
    { name: 'leader', label: w.leader, options: free('leader') },
  ];
}

function fits(row: Item, filters: Filters): boolean {
  const { stand, ...plain } = filters;
  if (stand && !stands(row, stand)) return false;
  return Object.entries(plain).every(([name, value]) => text(row, name) === value);
}
