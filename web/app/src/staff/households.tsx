import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { isAbort, type Problem } from '../api.ts';
import { asProblem, fmt, session } from '../store/server.ts';
import type { Item } from '../types.ts';
import { inBatch, keepCodes, keptCodes, readKept, toBatch } from './batchkept.ts';
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
  const moving = inBatch();
  const making = useSignal(false);
  const writes = may('write_households');
  const setChosen = (next: ReadonlyMap<string, Item>) => {
    chosen.value = next;
  };
  const choose = (items: readonly Item[]) => {
    keepCodes(items.map((i) => i.id));
    setChosen(new Map(items.map((i) => [i.id, i])));
  };
  const missing = useKept(moving, chosen.value.size, choose);
  if (moving) {
    return (
      <BatchPage
        items={[...chosen.value.values()]}
        missing={missing}
        keep={(codes) => choose([...chosen.value.values()].filter((i) => codes.has(i.id)))}
        back={() => toBatch(false)}
        done={() => choose([])}
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
                toBatch(true);
                keepCodes([...chosen.value.keys()]);
              }}
            />
          )}
        </>
      }
    />
  );
}

/** What could not be read of a batch that the page has come back to, and the way to try again. */
export interface Missing {
  readonly error: Problem;
  again(): void;
}

// A batch whose households are not in the page any more, as after a reload, is read again; without any it is
// the list. Nothing is missing while it is read.
function useKept(moving: boolean, have: number, got: (items: readonly Item[]) => void): Missing | null {
  const error = useSignal<Problem | null>(null);
  const turn = useSignal(0);
  useEffect(() => {
    if (!moving || have > 0) return undefined;
    const stop = new AbortController();
    const read = async () => {
      error.value = null;
      try {
        const items = await readKept(keptCodes(), stop.signal);
        if (items.length > 0) got(items);
        else toBatch(false, 'replace');
      } catch (err) {
        if (!isAbort(err)) error.value = asProblem(err);
      }
    };
    void read();
    return () => stop.abort();
    // Only coming to the batch reads: one that is done has no households any more, and stays to be seen.
  }, [moving, turn.value]);
  const again = () => {
    turn.value++;
  };
  return error.value && { error: error.value, again };
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
