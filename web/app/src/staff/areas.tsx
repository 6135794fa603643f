import { shownRate } from '../rate.ts';
import { fmt } from '../store/server.ts';
import type { Item } from '../types.ts';
import { type AreaLight, causeSentence, useAreaLights } from './arealights.ts';
import { dayColumn, nameColumn, numberColumn, stateColumn, textColumn, Titled } from './columns.tsx';
import { desk } from './deskwords.ts';
import { dueText } from './due.ts';
import type { FilterOption } from './filters.tsx';
import { LightText } from './lighttext.tsx';
import { day, ListPage, number, text } from './listpage.tsx';
import type { Filters } from './listquery.ts';
import { streetText } from './names.ts';
import { optionsOf, named } from './options.ts';
import { statusFilter } from './parcels.tsx';
import { staffWords } from './store.ts';
import type { Column } from './table.tsx';

/** The areas for staff: who answers, how far they are, and which are late. */
export function AreasPage() {
  const w = desk.value.areas;
  const f = fmt.value;
  const lights = useAreaLights().value;
  const rate = (name: string, label: string): Column<Item> =>
    numberColumn(name, label, (n) => f.percent(shownRate(n)));
  const columns: Column<Item>[] = [
    nameColumn(w.area),
    stateColumn(w.status, 'area'),
    {
      name: 'light',
      label: w.light,
      cell: (r) => <Light of={lights.get(r.id)} />,
      key: (r) => lights.get(r.id)?.urgency ?? 0,
    },
    { ...textColumn('leader', w.leader), cell: (r) => <Answers row={r} />, wide: true },
    { ...dayColumn('deadline', w.deadline), cell: deadlineCell },
    numberColumn('households', w.households, f.int),
    rate('signed_rate', w.signed),
    rate('vacated_rate', w.vacated),
    rate('demolished_rate', w.demolished),
    {
      ...numberColumn('cleared_rate', w.cleared),
      cell: (r) => (
        <Titled
          title={f.percent(shownRate(number(r, 'cleared_rate') ?? 0))}
          under={`${f.plain(number(r, 'cleared_mu') ?? 0)} / ${f.plain(number(r, 'plan_mu') ?? 0)}`}
        />
      ),
    },
    {
      ...numberColumn('problems_open', w.problems, f.int),
      cell: (r) => <Titled title={f.int(number(r, 'problems_open') ?? 0)} under={overdueText(r)} />,
    },
  ];
  const batches = optionsOf('areas', 'batch');
  const names: Readonly<Record<string, string>> = staffWords.value.file.lights;
  return (
    <ListPage
      title={w.title}
      collection="areas"
      columns={columns}
      defs={(rows) => [
        statusFilter('area', w.status),
        {
          name: 'light',
          label: w.light,
          chips: true,
          options: [...RANK].reverse().map((code) => ({
            code: code || 'none',
            label: code ? (names[code] ?? code) : w.noLight,
          })),
        },
        { name: 'leader', label: w.leaderOnly, options: valuesOf(rows, 'leader') },
        { name: 'board', label: w.board, options: valuesOf(rows, 'board') },
        { name: 'street', label: w.street, options: valuesOf(rows, 'street', streetText) },
        { name: 'batch', label: w.batch, options: named(batches) },
        {
          name: 'only',
          label: w.only,
          options: [
            { code: 'late', label: w.late },
            { code: 'gap', label: w.gap },
          ],
        },
      ]}
      own={['only']}
      fits={fits}
      unit={w.count}
      empty={w.empty}
      markOf={(r) => ((number(r, 'late_days') ?? 0) > 0 ? 'late-row' : '')}
      whole
    />
  );
}

// What the rows that are there have in a field, so that a list that was cut down offers no way into nothing.
function valuesOf(rows: readonly Item[], field: string, label = (code: string) => code): FilterOption[] {
  const codes = new Set(rows.map((r) => text(r, field)).filter((code) => code !== ''));
  return [...codes].sort().map((code) => ({ code, label: label(code) }));
}

function fits(row: Item, filters: Filters): boolean {
  if (filters.only === 'late') return (number(row, 'late_days') ?? 0) > 0;
  if (filters.only === 'gap') return text(row, 'leader') === '' || text(row, 'department') === '';
  return true;
}

// From the least urgent.
const RANK: readonly string[] = ['', 'green', 'amber', 'red'];

// A red or amber light has its reason under it, in a word; the sentence is in the file.
function Light({ of }: { of: AreaLight | undefined }) {
  if (!of || of.light === '') return null;
  const causes: Readonly<Record<string, unknown>> = desk.value.work.causes;
  const why = of.light === 'green' ? '' : causes[of.cause.word];
  return (
    <span title={causeSentence(of)}>
      <Titled title={<LightText light={of.light} />} under={typeof why === 'string' ? why : ''} />
    </span>
  );
}

function Answers({ row }: { row: Item }) {
  const w = desk.value.areas;
  const leader = text(row, 'leader');
  const body = text(row, 'department');
  return <Titled title={leader || <Gap text={w.noLeader} />} under={body || <Gap text={w.noBody} />} />;
}

/** What is missing, with a mark that is seen without its colour. */
export function Gap({ text: said }: { text: string }) {
  return (
    <span class="gap">
      <LightText light="amber">{said}</LightText>
    </span>
  );
}

function deadlineCell(row: Item) {
  const late = number(row, 'late_days') ?? 0;
  const on = day(row, 'deadline');
  if (on === '') return '';
  if (late <= 0) return <span class="day">{on}</span>;
  const w = desk.value.work.due;
  return (
    <Titled
      title={<span class="day">{on}</span>}
      under={<LightText light="red">{dueText(-late, w, fmt.value.int)}</LightText>}
    />
  );
}

function overdueText(row: Item): string {
  const n = number(row, 'problems_overdue') ?? 0;
  return n > 0 ? desk.value.areas.overdue(fmt.value.int(n)) : '';
}
