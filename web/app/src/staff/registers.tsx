import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Problem } from '../api.ts';
import { api, asProblem, fmt } from '../store/server.ts';
import type { Item } from '../types.ts';
import { Form } from '../ui/form.tsx';
import { dayColumn, numberColumn, textColumn, Titled } from './columns.tsx';
import { desk } from './deskwords.ts';
import { filtersOf, setFilters } from './filters.tsx';
import type { Values } from './formvalues.ts';
import { text, WHOLE } from './listpage.tsx';
import { nameIn, type NamedCollection, readNames } from './names.ts';
import { NewItem } from './newitem.tsx';
import { optionName, optionsOf } from './options.ts';
import { usePages } from './paging.ts';
import { readOrder, sorted, writeOrder } from './sorting.ts';
import { forms } from './store.ts';
import { TextFilter } from './textfilter.tsx';
import { type Column, Failure, Table } from './table.tsx';
import { flatten, forestOf } from './tree.ts';
import type { InputField } from './types.ts';

type Register = Extract<NamedCollection, 'organisations' | 'persons' | 'boards'>;

/** The bodies, each below the one that stands above it. */
export function Organisations() {
  const w = desk.value.registers;
  const nodes = (rows: readonly Item[]) =>
    flatten(
      forestOf(
        rows,
        (r) => r.id,
        (r) => text(r, 'parent'),
      ),
    );
  const columns = (rows: readonly Item[]): Column<Item>[] => {
    const depths = new Map(nodes(rows).map((n) => [n.item.id, n.depth]));
    const told: Column<Item>[] = [
      {
        name: 'name',
        label: w.name,
        cell: (r) => (
          <span class={`tree depth-${Math.min(depths.get(r.id) ?? 0, 6)}`}>
            <Titled title={text(r, 'name')} under={r.id} />
          </span>
        ),
      },
      textColumn('kind', w.kind, (code) => optionName(optionsOf('organisations', 'kind'), code)),
      textColumn('parent', w.parent, (code) => nameIn('organisations', code)),
      textColumn('admin_code', w.adminCode),
      textColumn('phone', w.phone),
      dayColumn('ended_on', w.ended),
    ];
    // The order is that of the tree.
    return told.map(({ key: _, ...column }) => column);
  };
  return (
    <RegisterPane
      register="organisations"
      columns={columns}
      arrange={(rows) => nodes(rows).map((n) => n.item)}
    />
  );
}

/** The staff, by post. */
export function Persons() {
  const w = desk.value.registers;
  const columns = (): Column<Item>[] => [
    {
      name: 'name',
      label: w.person,
      cell: (r) => <Titled title={text(r, 'name')} under={r.id} />,
      key: (r) => text(r, 'name'),
    },
    textColumn('post', w.post),
    textColumn('organisation', w.organisation, (code) => nameIn('organisations', code)),
    textColumn('login', w.login),
    textColumn('phone', w.phone),
    dayColumn('ended_on', w.left),
  ];
  return <RegisterPane register="persons" columns={columns} />;
}

/** The investment boards, which areas and projects name. */
export function Boards() {
  const w = desk.value.registers;
  const columns = (): Column<Item>[] => [
    {
      name: 'name',
      label: w.board,
      cell: (r) => <Titled title={text(r, 'name')} under={text(r, 'name_en') || r.id} />,
      key: (r) => text(r, 'name'),
    },
    textColumn('theme', w.theme),
    numberColumn('areas', w.areas, fmt.value.int),
    numberColumn('projects', w.projects, fmt.value.int),
    numberColumn('sort', w.sort, fmt.value.int),
    dayColumn('ended_on', w.ended),
  ];
  return (
    <RegisterPane
      register="boards"
      columns={columns}
      arrange={(rows) => sorted(rows, (r) => Number(r.properties.sort ?? 0), false)}
    />
  );
}

function RegisterPane(p: {
  register: Register;
  columns(rows: readonly Item[]): readonly Column<Item>[];
  arrange?(rows: readonly Item[]): readonly Item[];
}) {
  const w = desk.value.registers;
  const {
    edit = '',
    add = '',
    sort = '',
    q = '',
    made = '',
  } = filtersOf(['edit', 'add', 'sort', 'q', 'made']);
  const reader = usePages(`/api/collections/${p.register}/items?limit=${WHOLE}`);
  const { rows, matched, loading, error, fresh } = reader.pages.value;
  const columns = p.columns(rows);
  const order = readOrder(sort);
  const keyOf = columns.find((c) => c.name === order?.by)?.key;
  const found = rows.filter((r) => foundBy(r, q));
  const arranged = p.arrange ? p.arrange(found) : found;
  const shown = order && keyOf ? sorted(arranged, keyOf, order.down) : arranged;
  const newest = rows.find((r) => r.id === made);
  const changed = (code = '') => {
    setFilters({ edit: '', add: '', made: code, ...(code === '' ? {} : { q: '' }) });
    reader.again();
    void readNames(p.register);
  };
  return (
    <>
      <div class="filter-row">
        <TextFilter name="q" label={w.search} />
        <p class="matched" role="status">
          {fresh ? w.count[p.register](fmt.value.int(q === '' ? matched : found.length)) : '…'}
        </p>
        <button
          type="button"
          class="second"
          aria-expanded={add !== ''}
          onClick={() => setFilters({ add: add === '' ? 'yes' : '', edit: '', made: '' })}
        >
          {w.add[p.register]}
        </button>
      </div>
      {newest && (
        <p role="status" class="saved">
          {w.made(text(newest, 'name'), made)}
        </p>
      )}
      {add !== '' && (
        <NewItem
          collection={p.register}
          title={w.add[p.register]}
          label={w.save}
          close={() => setFilters({ add: '' })}
          done={changed}
        />
      )}
      {edit !== '' && <EditItem key={edit} register={p.register} code={edit} changed={() => changed()} />}
      <Table
        label={desk.value.admin.tabs[p.register]}
        columns={columns}
        rows={shown}
        codeOf={(r) => r.id}
        hrefOf={(r) => `/admin?tab=${p.register}&edit=${encodeURIComponent(r.id)}`}
        markOf={(r) =>
          [text(r, 'ended_on') !== '' && 'done-row', (r.id === edit || r.id === made) && 'chosen']
            .filter(Boolean)
            .join(' ')
        }
        loading={loading}
        fresh={fresh}
        error={error}
        retry={reader.again}
        empty={q === '' ? w.none[p.register] : desk.value.table.noneMatch}
        order={order}
        onOrder={(o) => setFilters({ sort: writeOrder(o) })}
      />
    </>
  );
}

// By name, code or account, in letters of either case.
function foundBy(r: Item, q: string): boolean {
  const sought = q.trim().toLowerCase();
  const told = [r.id, ...['name', 'name_en', 'login', 'post'].map((name) => text(r, name))];
  return sought === '' || told.some((v) => v.toLowerCase().includes(sought));
}

interface Shown {
  readonly item: Item;
  readonly version: number;
}

// The values of one item, to be corrected with a reason.
function EditItem({ register, code, changed }: { register: Register; code: string; changed(): void }) {
  const w = desk.value.registers;
  const shown = useSignal<Shown | null>(null);
  const error = useSignal<Problem | null>(null);
  const box = useRef<HTMLElement>(null);
  const path = `/api/collections/${register}/items/${encodeURIComponent(code)}`;
  const read = async () => {
    error.value = null;
    try {
      const { body, version } = await api.versioned<Item>(path);
      shown.value = { item: body, version };
    } catch (err) {
      error.value = asProblem(err);
    }
  };
  useEffect(() => {
    void read().then(() => box.current?.querySelector<HTMLElement>('input, select')?.focus());
  }, []);
  if (error.value) return <Failure error={error.value} retry={() => void read()} />;
  const now = shown.value;
  if (!now) return <p role="status">{desk.value.table.loading}</p>;
  const save = async (_: Values, key: string, only: Values) => {
    const { [REASON]: reason = '', ...values } = only;
    await api.write('PATCH', path, { values, reason }, { key, version: now.version });
    changed();
  };
  return (
    <section ref={box} class="box new-item" aria-label={w.edit(text(now.item, 'name') || code)}>
      <div class="box-head">
        <h2>{w.edit(text(now.item, 'name') || code)}</h2>
        <span class="hint">{code}</span>
      </div>
      <Form
        inputs={editInputs(register, now.item)}
        label={w.save}
        version={now.version}
        submit={save}
        reload={read}
        cancel={() => setFilters({ edit: '' })}
      />
    </section>
  );
}

const REASON = '_reason';

function editInputs(register: Register, item: Item): readonly InputField[] {
  const w = desk.value.registers;
  const inputs = forms.value?.collections.find((c) => c.id === register)?.edit ?? [];
  return [
    ...inputs.map((i) => ({ ...i, value: text(item, i.name) })),
    { name: REASON, type: 'string', zh: w.reason, en: w.reason, required: true },
  ];
}
