import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Problem } from '../api.ts';
import { api, asProblem, fmt } from '../store/server.ts';
import type { Item } from '../types.ts';
import { Form } from '../ui/form.tsx';
import { Gap } from './areas.tsx';
import { nameColumn, stateColumn } from './columns.tsx';
import { desk } from './deskwords.ts';
import { FilterBar, type FilterDef, filtersOf, setFilters } from './filters.tsx';
import { given, type Values } from './formvalues.ts';
import { text, WHOLE } from './listpage.tsx';
import { nameIn, streetText } from './names.ts';
import { optionName } from './options.ts';
import { usePages } from './paging.ts';
import { areasByLeader, gapsOf } from './responsible.ts';
import { forms } from './store.ts';
import { type Column, Failure, Table } from './table.tsx';
import type { FileRecord, InputField } from './types.ts';

const OWN = ['gap', 'leader'];

/** Who answers for which area, and where nobody does. */
export function Duties() {
  const w = desk.value.duties;
  const filters = filtersOf(OWN);
  const open = filtersOf(['area']).area ?? '';
  const reader = usePages(`/api/collections/areas/items?limit=${WHOLE}`);
  const { rows, loading, error, fresh } = reader.pages.value;
  const shown = rows.filter(
    (r) =>
      (!filters.gap || gapsOf(r).includes(filters.gap)) &&
      (!filters.leader || text(r, 'leader') === filters.leader),
  );
  const area = rows.find((r) => r.id === open);
  return (
    <>
      <FilterBar
        defs={defs(rows)}
        filters={filters}
        matched={fresh ? shown.length : null}
        unit={desk.value.areas.count}
      />
      {area && <AreaDuties key={area.id} area={area} changed={reader.again} />}
      <Table
        label={desk.value.admin.tabs.duties}
        columns={columns()}
        rows={shown}
        codeOf={(r) => r.id}
        hrefOf={(r) => `/admin?${new URLSearchParams({ tab: 'duties', ...filters, area: r.id })}`}
        markOf={(r) => (r.id === open ? 'chosen' : '')}
        loading={loading}
        fresh={fresh}
        error={error}
        retry={reader.again}
        empty={rows.length > 0 ? w.noGap : desk.value.areas.empty}
      />
    </>
  );
}

function defs(rows: readonly Item[]): readonly FilterDef[] {
  const w = desk.value.duties;
  const gap = (code: 'lead' | 'contract') => rows.filter((r) => gapsOf(r).includes(code)).length;
  return [
    {
      name: 'gap',
      label: w.gaps,
      chips: true,
      options: [
        { code: 'lead', label: w.noLeader, count: gap('lead') },
        { code: 'contract', label: w.noBody, count: gap('contract') },
      ],
    },
    {
      name: 'leader',
      label: w.leader,
      options: areasByLeader(rows).map(([leader, n]) => ({
        code: leader,
        label: w.leads(leader, fmt.value.int(n)),
      })),
    },
  ];
}

function columns(): Column<Item>[] {
  const w = desk.value.duties;
  return [
    nameColumn(w.area),
    stateColumn(w.status, 'area'),
    {
      name: 'leader',
      label: w.leader,
      cell: (r) => text(r, 'leader') || <Gap text={w.noLeader} />,
    },
    {
      name: 'department',
      label: w.body,
      cell: (r) => text(r, 'department') || <Gap text={w.noBody} />,
    },
    { name: 'street', label: w.street, cell: (r) => streetText(text(r, 'street')) },
  ];
}

// The assignments to one area: who, from when to when; another can be made, one can be ended.
function AreaDuties({ area, changed }: { area: Item; changed(): void }) {
  const w = desk.value.duties;
  const records = useSignal<readonly FileRecord[] | null>(null);
  const error = useSignal<Problem | null>(null);
  const ending = useSignal(0);
  const path = `/api/areas/${encodeURIComponent(area.id)}/records`;
  const read = async () => {
    error.value = null;
    try {
      const answer = await api.read<{ records: FileRecord[] | null }>(`${path}?kind=assignment`);
      records.value = (answer.records ?? []).filter((r) => !r.struck_at);
    } catch (err) {
      error.value = asProblem(err);
    }
  };
  useEffect(() => void read(), []);
  const again = async () => {
    ending.value = 0;
    await read();
    changed();
  };
  const add = async (values: Values, key: string) => {
    await api.write('POST', path, { kind: 'assignment', values: given(values) }, { key });
    await again();
  };
  const kind = forms.value?.records.find((k) => k.of === 'area' && k.code === 'assignment');
  const all = inOrder(records.value ?? []);
  const named = all.filter((r) => r.values?.duty !== FIELD);
  const posted = all.filter((r) => r.values?.duty === FIELD);
  const row = (r: FileRecord) => (
    <DutyRow
      key={r.no}
      record={r}
      path={path}
      write={kind?.write === true}
      open={ending.value === r.no}
      toggle={() => {
        ending.value = ending.value === r.no ? 0 : r.no;
      }}
      done={again}
    />
  );
  return (
    <section class="box new-item duty-box" aria-label={w.of(text(area, 'name'))}>
      <div class="box-head">
        <h2>{w.of(text(area, 'name'))}</h2>
        <span class="hint">{area.id}</span>
        <button type="button" class="quiet" onClick={() => setFilters({ area: '' })}>
          {w.close}
        </button>
      </div>
      {error.value && <Failure error={error.value} retry={() => void read()} />}
      {records.value?.length === 0 && <p class="empty">{w.nobody}</p>}
      <ul class="duty-list">{named.map(row)}</ul>
      {posted.length > 0 && (
        <details>
          <summary>{w.posted(fmt.value.int(posted.length))}</summary>
          <ul class="duty-list">{posted.map(row)}</ul>
        </details>
      )}
      {kind?.write && (
        <details class="duty-add" open={records.value?.length === 0}>
          <summary>{w.add}</summary>
          <Form key={records.value?.length ?? 0} inputs={kind.inputs} label={w.addNow} submit={add} />
        </details>
      )}
    </section>
  );
}

// Many are posted to an area for field work: they stand in a list of their own.
const FIELD = 'field';
const DUTIES = ['lead', 'contract', 'command', FIELD];

// Those that hold come first, by duty, the latest first.
function inOrder(records: readonly FileRecord[]): readonly FileRecord[] {
  const rank = (r: FileRecord) => (r.done_on ? DUTIES.length : 0) + DUTIES.indexOf(r.values?.duty ?? '');
  return [...records].sort((a, b) => rank(a) - rank(b) || (a.on < b.on ? 1 : -1));
}

function DutyRow(p: {
  record: FileRecord;
  path: string;
  write: boolean;
  open: boolean;
  toggle(): void;
  done(): Promise<void>;
}) {
  const w = desk.value.duties;
  const { record: r } = p;
  const who = [nameIn('persons', r.person ?? ''), nameIn('organisations', r.organisation ?? '')];
  return (
    <li class={r.done_on ? 'done-row' : undefined} data-no={r.no}>
      <span class="duty-who">
        <strong>{optionName(forms.value?.duties, r.values?.duty ?? '')}</strong>{' '}
        {who.filter(Boolean).join(' · ')}
      </span>
      <span class="hint">
        {fmt.value.date(r.on)} – {r.done_on ? fmt.value.date(r.done_on) : w.now}
      </span>
      {!r.done_on && p.write && (
        <button type="button" class="plain" aria-expanded={p.open} onClick={p.toggle}>
          {w.end}
        </button>
      )}
      {p.open && (
        <EndForm path={`${p.path}/assignment/${r.no}`} version={r.version} done={p.done} close={p.toggle} />
      )}
    </li>
  );
}

function EndForm(p: { path: string; version: number; done(): Promise<void>; close(): void }) {
  const w = desk.value.duties;
  const inputs: readonly InputField[] = [
    { name: 'done_on', type: 'date', zh: w.endOn, en: w.endOn, required: true },
    { name: 'reason', type: 'string', zh: w.reason, en: w.reason, required: true },
  ];
  const send = async (values: Values, key: string) => {
    const { reason = '', ...rest } = values;
    await api.write('PATCH', p.path, { values: rest, reason }, { key, version: p.version });
    await p.done();
  };
  return <Form inputs={inputs} label={w.endNow} submit={send} cancel={p.close} />;
}
