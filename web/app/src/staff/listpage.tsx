import type { ComponentChildren } from 'preact';
import { fileHref } from '../store/route.ts';
import { fmt } from '../store/server.ts';
import type { Item, Value } from '../types.ts';
import { desk } from './deskwords.ts';
import { FilterBar, type FilterDef, filtersOf, setFilters } from './filters.tsx';
import { Frame } from './frame.tsx';
import type { Filters } from './listquery.ts';
import { usePages } from './paging.ts';
import { readOrder, sorted, writeOrder } from './sorting.ts';
import { type Choice, type Column, More, Table } from './table.tsx';

/** How many rows a page of a long list has, and up to how many a list is read whole. */
const PAGE = 50;
export const WHOLE = 1000;

const ORDER = 'sort';

export interface ListPageProps {
  readonly title: string;
  readonly collection: string;
  readonly columns: readonly Column<Item>[];
  /** The filters, with options that may come from the rows. */
  defs(rows: readonly Item[]): readonly FilterDef[];
  unit(n: string): string;
  readonly empty: string;
  /** Read whole, so that it can be ordered and cut down here. */
  readonly whole?: boolean;
  /** The order without another being asked for. */
  arrange?(rows: readonly Item[]): readonly Item[];
  /** What the server does not filter by: the names of such filters, and what fits them. */
  readonly own?: readonly string[];
  fits?(row: Item, filters: Filters): boolean;
  markOf?(row: Item): string;
  readonly choice?: (rows: readonly Item[]) => Choice<Item>;
  /** What can be done beside the title. */
  readonly actions?: ComponentChildren;
  /** What stands between the filters and the list. */
  readonly above?: ComponentChildren;
}

/** A list of a collection with its filters: every view of it is a link. */
export function ListPage(p: ListPageProps) {
  const names = p.defs([]).map((d) => d.name);
  const filters = filtersOf([...names, ...(p.own ?? [])]);
  const order = readOrder(filtersOf([ORDER])[ORDER] ?? '');
  const reader = usePages(pathOf(p, filters));
  const { rows, matched, next, loading, error, fresh } = reader.pages.value;
  const fitting = p.fits ? rows.filter((r) => p.fits?.(r, filters)) : rows;
  const column = order && p.columns.find((c) => c.name === order.by);
  const keyOf = column?.key;
  const shown =
    order && keyOf ? sorted(fitting, keyOf, order.down) : p.arrange ? p.arrange(fitting) : fitting;
  const cut = p.fits !== undefined && fitting.length !== rows.length;
  // How many fit is known once all are here.
  const some = next !== null && (p.own ?? []).some((name) => filters[name] !== undefined);
  const count = some || (!fresh && rows.length === 0) ? null : cut ? fitting.length : matched;
  return (
    <Frame title={p.title}>
      <div class="desk list">
        <header class="desk-head">
          <h1>{p.title}</h1>
          <div class="desk-actions">{p.actions}</div>
        </header>
        <FilterBar defs={p.defs(rows)} filters={filters} matched={count} unit={p.unit} />
        {p.above}
        <Table
          label={p.title}
          columns={p.columns}
          rows={shown}
          codeOf={(r) => r.id}
          hrefOf={(r) => fileHref(p.collection, r.id)}
          {...(p.markOf ? { markOf: p.markOf } : {})}
          loading={loading}
          fresh={fresh}
          error={error}
          retry={reader.again}
          empty={Object.keys(filters).length > 0 ? desk.value.table.noneMatch : p.empty}
          order={order}
          {...(p.whole && !next ? { onOrder: (o) => setFilters({ [ORDER]: writeOrder(o) }) } : {})}
          {...(p.choice ? { choice: p.choice(shown) } : {})}
          foot={
            <More
              shown={shown.length}
              matched={cut ? fitting.length : matched}
              next={next !== null}
              loading={loading}
              more={reader.more}
            />
          }
        />
      </div>
    </Frame>
  );
}

function pathOf(p: ListPageProps, filters: Filters): string {
  const asked = Object.entries(filters).filter(([name]) => !p.own?.includes(name));
  const query = new URLSearchParams(asked);
  query.set('limit', String(p.whole ? WHOLE : PAGE));
  return `/api/collections/${p.collection}/items?${query}`;
}

/** A text value of a row; "" = none. */
export function text(row: Item, name: string): string {
  const v: Value | undefined = row.properties[name];
  return v === null || v === undefined ? '' : String(v);
}

/** A number of a row; null = none. */
export function number(row: Item, name: string): number | null {
  const v = row.properties[name];
  return typeof v === 'number' ? v : null;
}

/** A day of a row as it is written; "" = none. */
export function day(row: Item, name: string): string {
  const v = text(row, name);
  return v === '' ? '' : fmt.value.date(v);
}
