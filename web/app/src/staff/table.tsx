import type { ComponentChildren, TargetedKeyboardEvent } from 'preact';
import { useRef } from 'preact/hooks';
import type { Problem } from '../api.ts';
import { fmt, problemText } from '../store/server.ts';
import { words } from '../store/view.ts';
import { desk } from './deskwords.ts';
import { type Key, nextOrder, type Order } from './sorting.ts';

/** One column of a list. */
export interface Column<R> {
  readonly name: string;
  readonly label: string;
  cell(row: R): ComponentChildren;
  /** A number stands at the right. */
  readonly num?: boolean;
  /** Takes the room that is left, and is broken into lines. */
  readonly wide?: boolean;
  /** What it is ordered by; without it the column gives no order. */
  key?(row: R): Key;
}

/** Rows that can be chosen for something that is done to all of them. */
export interface Choice<R> {
  has(row: R): boolean;
  toggle(row: R): void;
  all(): void;
  readonly whole: boolean;
  label(row: R): string;
}

export interface TableProps<R> {
  /** What the list is of, for who hears it. */
  readonly label: string;
  /** The first column names the row. */
  readonly columns: readonly Column<R>[];
  readonly rows: readonly R[];
  codeOf(row: R): string;
  /** Where a row leads; none = nowhere. */
  hrefOf?(row: R): string;
  markOf?(row: R): string;
  readonly loading: boolean;
  readonly fresh: boolean;
  readonly error: Problem | null;
  retry(): void;
  readonly empty: string;
  readonly choice?: Choice<R>;
  readonly order?: Order | null;
  onOrder?(o: Order | null): void;
  /** What follows the last row. */
  readonly foot?: ComponentChildren;
}

const SKELETONS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

/** A list of rows: a table where there is room, cards on a phone; arrows walk the rows, Enter opens one. */
export function Table<R>(p: TableProps<R>) {
  const body = useRef<HTMLTableSectionElement>(null);
  const blank = p.rows.length === 0 && !p.error;
  const waiting = p.loading && (!p.fresh || blank);
  return (
    <div class="list-box" data-busy={p.loading || undefined}>
      {p.error && <Failure error={p.error} retry={p.retry} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section class="list-scroll" aria-label={p.label} aria-busy={p.loading} tabIndex={0}>
        <table class="list-table">
          <Head {...p} />
          <tbody ref={body} onKeyDown={walk} class={waiting && !blank ? 'stale' : undefined}>
            {p.rows.map((row, i) => (
              <Row key={p.codeOf(row)} row={row} first={i === 0} {...p} />
            ))}
            {blank && waiting && <Skeleton columns={p.columns.length + (p.choice ? 1 : 0)} />}
          </tbody>
        </table>
        {blank && !waiting && <p class="list-empty">{p.empty}</p>}
        {p.foot}
      </section>
    </div>
  );
}

function Head<R>(p: TableProps<R>) {
  return (
    <thead>
      <tr>
        {p.choice && (
          <th scope="col" class="pick">
            <input
              type="checkbox"
              aria-label={desk.value.table.chooseAll}
              checked={p.choice.whole}
              disabled={p.rows.length === 0}
              onChange={() => p.choice?.all()}
            />
          </th>
        )}
        {p.columns.map((c) => (
          <HeadCell key={c.name} column={c} order={p.order ?? null} onOrder={p.onOrder} />
        ))}
      </tr>
    </thead>
  );
}

function HeadCell<R>(p: {
  column: Column<R>;
  order: Order | null;
  onOrder: ((o: Order | null) => void) | undefined;
}) {
  const { column, order, onOrder } = p;
  const mine = order?.by === column.name ? order : null;
  const sort = mine ? (mine.down ? 'descending' : 'ascending') : undefined;
  const kind = [column.num && 'num', column.wide && 'wide'].filter(Boolean).join(' ');
  return (
    <th scope="col" class={kind || undefined} aria-sort={sort}>
      {column.key && onOrder ? (
        <button type="button" class="sorter" onClick={() => onOrder(nextOrder(order, column.name))}>
          {column.label}
          <span class="arrow" aria-hidden="true">
            {mine ? (mine.down ? '▼' : '▲') : '↕'}
          </span>
        </button>
      ) : (
        column.label
      )}
    </th>
  );
}

function Row<R>(p: TableProps<R> & { row: R; first: boolean }) {
  const { row, columns, choice } = p;
  const href = p.hrefOf?.(row);
  const mark = p.markOf?.(row);
  const on = choice?.has(row) ?? false;
  const kind = [mark, on && 'chosen', href && 'leads'].filter(Boolean).join(' ');
  return (
    <tr class={kind || undefined} data-code={p.codeOf(row)}>
      {choice && (
        <td class="pick">
          <input
            type="checkbox"
            aria-label={choice.label(row)}
            checked={on}
            onChange={() => choice.toggle(row)}
          />
        </td>
      )}
      {columns.map((c, i) => {
        const cell = c.cell(row);
        const blank = cell === '' || cell === null || cell === undefined;
        const how = [c.num && 'num', c.wide && 'wide', blank && 'blank'].filter(Boolean).join(' ');
        if (i > 0) {
          return (
            <td key={c.name} class={how || undefined} data-label={c.label}>
              {cell}
            </td>
          );
        }
        return (
          <th key={c.name} scope="row">
            {href ? (
              <a class="row-link" href={href}>
                {cell}
              </a>
            ) : (
              cell
            )}
          </th>
        );
      })}
    </tr>
  );
}

function Skeleton({ columns }: { columns: number }) {
  return (
    <>
      {SKELETONS.map((name) => (
        <tr key={name} class="skeleton-row">
          <td colSpan={columns}>
            <span aria-hidden="true" />
          </td>
        </tr>
      ))}
    </>
  );
}

/** What went wrong, and the way to try again. */
export function Failure({ error, retry }: { error: Problem; retry(): void }) {
  return (
    <div class="failure" role="alert">
      <p>{problemText(error)}</p>
      <button type="button" class="plain" onClick={retry}>
        {words.value.errors.retry}
      </button>
    </div>
  );
}

/** How many there are of how many, and the next page. */
export function More(p: { shown: number; matched: number; next: boolean; loading: boolean; more(): void }) {
  const w = desk.value.table;
  const f = fmt.value;
  if (p.shown === 0) return null;
  return (
    <p class="list-foot">
      <span>{w.shown(f.int(p.shown), f.int(p.matched))}</span>
      {p.next && (
        <button type="button" class="second" disabled={p.loading} onClick={p.more}>
          {p.loading ? w.loading : w.more}
        </button>
      )}
    </p>
  );
}

// Up and down go from row to row, Home and End to the first and the last.
function walk(e: TargetedKeyboardEvent<HTMLTableSectionElement>): void {
  if (e.altKey || e.ctrlKey || e.metaKey || e.shiftKey) return;
  const target = e.target as HTMLElement;
  const box = target instanceof HTMLInputElement && target.type === 'checkbox';
  const name = box ? 'input[type=checkbox]' : 'a.row-link, button.row-link';
  if (!box && !target.matches(name)) return;
  const stops = [...e.currentTarget.querySelectorAll<HTMLElement>(name)];
  const at = stops.indexOf(target);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: stops.length - 1 }[e.key];
  if (at < 0 || to === undefined) return;
  e.preventDefault();
  const stop = stops[Math.min(Math.max(to, 0), stops.length - 1)];
  stop?.focus();
  stop?.scrollIntoView({ block: 'nearest' });
}
