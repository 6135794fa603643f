import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { isAbort } from '../api.ts';
import { boxOf } from '../bounds.ts';
import { FIELDS, type Field } from '../catalogue.gen.ts';
import { factText, labelOf } from '../facts.ts';
import { flyTo, pointed } from '../store/camera.ts';
import { ensureWhole } from '../store/lists.ts';
import { revision } from '../store/live.ts';
import { askedOf } from '../store/matches.ts';
import { api, asProblem, fmt, problemText, staff } from '../store/server.ts';
import { select, view } from '../store/view.ts';
import type { Counts, Item } from '../types.ts';
import { tongue } from '../ui/filternames.ts';
import { StatusBadge } from '../ui/swatch.tsx';
import { useLoaded } from './loaded.ts';
import { CollectionTabs, collection, polygon, withinOf } from './pick.tsx';
import { Sums } from './sums.tsx';
import { toolsWords } from './words.ts';

const PAGE = 50;

interface Order {
  readonly field: string;
  readonly down: boolean;
}

interface Rows {
  readonly key: string;
  readonly items: readonly Item[];
  readonly matched: number;
  readonly next: string | null;
}

/** The things of a collection as a table: every field a column, sorted and paged by the server. */
export function TableTool() {
  const w = toolsWords.value;
  const of = collection();
  const order = useSignal<Order>({ field: 'code', down: false });
  const rows = useSignal<Rows | null>(null);
  const loading = useSignal(false);
  const trouble = useSignal('');
  const asked = useComputed(() => ({ ...askedOf(collection()), ...withinOf(polygon.value) }));
  const key = useComputed(() => JSON.stringify([collection(), asked.value, order.value, revision.value]));
  useEffect(() => {
    void ensureWhole('areas');
  }, []);
  useSignalEffect(() => {
    const mine = key.value;
    const stop = new AbortController();
    void read(mine, stop.signal);
    return () => stop.abort();
  });
  // Reads the first page, or the next one where there is one of the same question.
  const read = async (mine: string, signal?: AbortSignal) => {
    const c = collection();
    const { field, down } = order.peek();
    const known = FIELDS[c].some((f) => f.name === field) && field !== 'code';
    const sort = known ? { sort: `${down ? '-' : ''}${field}` } : {};
    const before = signal ? null : rows.peek();
    loading.value = true;
    trouble.value = '';
    try {
      const page = before?.next
        ? await api.page(before.next)
        : await api.items(c, { ...asked.peek(), ...sort, limit: String(PAGE) }, signal);
      if (key.peek() !== mine) return;
      rows.value = {
        key: mine,
        items: [...(before?.items ?? []), ...page.features],
        matched: page.numberMatched,
        next: page.links?.find((l) => l.rel === 'next')?.href ?? null,
      };
    } catch (err) {
      if (isAbort(err) || key.peek() !== mine) return;
      trouble.value = problemText(asProblem(err));
    }
    loading.value = false;
  };
  const totals = useLoaded<Counts>(
    () => JSON.stringify([collection(), asked.value, revision.value]),
    (signal) => api.counts(collection(), asked.peek(), signal),
  );
  const fields = FIELDS[of].filter((f) => staff.value || f.public);
  const mine = rows.value && JSON.parse(rows.value.key)[0] === of ? rows.value : null;
  return (
    <div class="tool-body table-body" aria-busy={loading.value}>
      <div class="table-top">
        <CollectionTabs />
        {polygon.value && (
          <button
            type="button"
            class="chip"
            aria-pressed="true"
            onClick={() => {
              polygon.value = null;
            }}
          >
            {w.table.inSelection}
          </button>
        )}
        <span role="status" data-matched={totals.value.value?.matched}>
          {mine && w.table.shown(fmt.value.int(mine.items.length), fmt.value.int(mine.matched))}
        </span>
        {totals.value.value && <Sums of={of} counts={totals.value.value} />}
      </div>
      {(trouble.value || totals.value.trouble) && <p role="alert">{trouble.value || totals.value.trouble}</p>}
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is of forms */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <div class="table-scroll" role="group" tabIndex={0} aria-label={w.titles.table}>
        <table>
          <thead>
            <tr>
              {fields.map((f) => (
                <Head key={f.name} field={f} order={order.value} choose={(o) => (order.value = o)} />
              ))}
            </tr>
          </thead>
          <tbody>
            {mine?.items.map((item) => (
              <Row key={item.id} item={item} fields={fields} />
            ))}
          </tbody>
        </table>
        {mine?.items.length === 0 && <p class="state">{w.table.none}</p>}
        {!mine && <p class="state">{w.loading}</p>}
        {mine?.next && (
          <button type="button" class="plain" disabled={loading.value} onClick={() => void read(mine.key)}>
            {w.table.more}
          </button>
        )}
      </div>
    </div>
  );
}

function numeric(f: Field): boolean {
  return f.type === 'number' || f.type === 'integer';
}

function Head({ field, order, choose }: { field: Field; order: Order; choose: (o: Order) => void }) {
  const mine = order.field === field.name;
  const name = labelOf(field, tongue());
  return (
    <th
      scope="col"
      class={numeric(field) ? 'number' : ''}
      aria-sort={mine ? (order.down ? 'descending' : 'ascending') : 'none'}
    >
      <button
        type="button"
        data-sort={field.name}
        title={toolsWords.value.table.sort(name)}
        onClick={() => choose({ field: field.name, down: mine ? !order.down : numeric(field) })}
      >
        {name}
        <span aria-hidden="true">{mine ? (order.down ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>
  );
}

function Row({ item, fields }: { item: Item; fields: readonly Field[] }) {
  const of = collection();
  const sel = view.value.sel;
  const current = sel?.collection === of && sel.code === item.id;
  const open = () => {
    select({ collection: of, code: item.id });
    const box = boxOf(item.geometry);
    if (box) flyTo(box);
  };
  const t = tongue();
  const target = { layer: of, fid: Number(item.properties.fid) };
  return (
    <tr
      class={current ? 'current' : ''}
      data-code={item.id}
      onClick={open}
      onMouseEnter={() => {
        pointed.value = target;
      }}
      onMouseLeave={() => {
        pointed.value = null;
      }}
    >
      {fields.map((f) => {
        const value = item.properties[f.name];
        if (f.name === 'code') {
          return (
            <th key={f.name} scope="row">
              <button
                type="button"
                class="plain"
                aria-current={current ? 'true' : undefined}
                onClick={(e) => {
                  e.stopPropagation();
                  open();
                }}
              >
                {item.id}
              </button>
            </th>
          );
        }
        return (
          <td key={f.name} class={numeric(f) ? 'number' : ''}>
            {f.name === 'status' ? (
              <StatusBadge collection={of} code={String(value)} />
            ) : value === undefined || value === null ? (
              ''
            ) : (
              factText(f, value, t)
            )}
          </td>
        );
      })}
    </tr>
  );
}
