import { useSignal } from '@preact/signals';
import { fmt, session } from '../store/server.ts';
import type { Item } from '../types.ts';
import { BatchPage } from './batchpage.tsx';
import { dayColumn, numberColumn, stateColumn, textColumn, Titled } from './columns.tsx';
import { Denied } from './denied.tsx';
import { desk } from './deskwords.ts';
import { day, ListPage, number, text } from './listpage.tsx';
import { NewItem } from './newitem.tsx';
import { OpenByCode } from './openbycode.tsx';
import { named, optionName } from './options.ts';
import { areaFilter, statusFilter } from './parcels.tsx';
import { may } from './store.ts';
import type { Choice, Column } from './table.tsx';
import { MOST_ROWS } from './batch.ts';

/** The households that the reader may see, and moves of many at once. */
export function HouseholdsPage() {
  if (!may('read_households')) {
    return <Denied title={desk.value.households.title} roles={READERS} />;
  }
  return <Households />;
}

const READERS = ['field', 'planner', 'leader', 'supervisor', 'admin'];

function Households() {
  const w = desk.value.households;
  const chosen = useSignal<ReadonlyMap<string, Item>>(new Map());
  const moving = useSignal(false);
  const making = useSignal(false);
  const writes = may('write_households');
  const setChosen = (next: ReadonlyMap<string, Item>) => {
    chosen.value = next;
  };
  if (moving.value) {
    return (
      <BatchPage
        items={[...chosen.value.values()]}
        keep={(codes) => {
          chosen.value = new Map([...chosen.value].filter(([code]) => codes.has(code)));
        }}
        back={() => {
          moving.value = false;
        }}
        done={() => {
          chosen.value = new Map();
        }}
      />
    );
  }
  return (
    <ListPage
      title={w.title}
      collection="households"
      columns={columns()}
      defs={() => [
        areaFilter(w.area),
        statusFilter('household', w.status),
        { name: 'mode', label: w.mode, options: named(modes()) },
      ]}
      unit={w.count}
      empty={session.value?.user?.role === 'field' ? w.emptyOwn : w.empty}
      {...(writes ? { choice: (rows) => choiceOf(rows, chosen.value, setChosen) } : {})}
      actions={
        <>
          <OpenByCode collection="households" />
          {writes && (
            <button
              type="button"
              class="second"
              aria-expanded={making.value}
              onClick={() => {
                making.value = !making.value;
              }}
            >
              {w.make}
            </button>
          )}
        </>
      }
      above={
        <>
          {making.value && (
            <NewItem
              collection="households"
              title={w.make}
              label={w.makeNow}
              close={() => {
                making.value = false;
              }}
            />
          )}
          {writes && (
            <ChosenBar
              chosen={chosen.value}
              clear={() => {
                chosen.value = new Map();
              }}
              move={() => {
                moving.value = true;
              }}
            />
          )}
        </>
      }
    />
  );
}

function columns(): Column<Item>[] {
  const w = desk.value.households;
  const f = fmt.value;
  return [
    { name: 'code', label: w.household, cell: (r) => <Titled title={r.id} under={text(r, 'building')} /> },
    stateColumn(w.status, 'household'),
    {
      name: 'area_name',
      label: w.area,
      cell: (r) => <Titled title={text(r, 'area_name')} under={text(r, 'area')} />,
    },
    numberColumn('persons', w.persons, f.int),
    textColumn('mode', w.mode, (code) => optionName(modes(), code)),
    numberColumn('amount_wan', w.amount, f.money),
    dayColumn('signed_on', w.signed),
    {
      name: 'visited_on',
      label: w.visited,
      cell: (r) => {
        const n = number(r, 'visits') ?? 0;
        return n === 0 ? w.unvisited : <Titled title={day(r, 'visited_on')} under={w.visits(f.int(n))} />;
      },
    },
    dayColumn('next_visit', w.next),
  ];
}

function modes() {
  const w = desk.value.households.modes;
  return [
    { code: 'money', zh: w.money, en: w.money },
    { code: 'swap', zh: w.swap, en: w.swap },
  ];
}

function choiceOf(
  rows: readonly Item[],
  chosen: ReadonlyMap<string, Item>,
  set: (next: ReadonlyMap<string, Item>) => void,
): Choice<Item> {
  const whole = rows.length > 0 && rows.every((r) => chosen.has(r.id));
  return {
    has: (row) => chosen.has(row.id),
    label: (row) => desk.value.households.choose(row.id),
    whole,
    toggle: (row) => {
      const next = new Map(chosen);
      if (!next.delete(row.id) && next.size < MOST_ROWS) next.set(row.id, row);
      set(next);
    },
    all: () => {
      const next = new Map(chosen);
      for (const r of rows) {
        if (whole) next.delete(r.id);
        else if (next.size < MOST_ROWS) next.set(r.id, r);
      }
      set(next);
    },
  };
}

// Always there, so that choosing the first row moves nothing.
function ChosenBar(p: { chosen: ReadonlyMap<string, Item>; clear(): void; move(): void }) {
  const w = desk.value.households;
  const n = p.chosen.size;
  return (
    <div class={n > 0 ? 'chosen-bar some' : 'chosen-bar'} role="status">
      <span>{n === 0 ? w.chooseHint : w.chosen(fmt.value.int(n))}</span>
      <button type="button" class="plain" disabled={n === 0} onClick={p.clear}>
        {w.clearChosen}
      </button>
      <button type="button" class="primary" disabled={n === 0} onClick={p.move}>
        {w.move}
      </button>
    </div>
  );
}
