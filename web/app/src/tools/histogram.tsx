import '../styles/histogram.css';
import { computed, signal, useComputed, useSignal, useSignalEffect } from '@preact/signals';
import type { CollectionName, MachineName } from '../catalogue.gen.ts';
import { FIGURES } from '../board/figures.gen.ts';
import { MACHINE_OF, nameOf, statusOf } from '../catalogue.ts';
import { type Day, isoOf } from '../map/days.ts';
import { revision } from '../store/live.ts';
import { askedOf } from '../store/matches.ts';
import { api, fmt, staff } from '../store/server.ts';
import { lang, view } from '../store/view.ts';
import { barsOf, type Histogram, type MonthMoves, spanOf } from './bars.ts';
import { useLoaded } from './loaded.ts';
import { toolsWords } from './words.ts';

interface Props {
  /** The stops of the time line, and which of them ends the month that is shown. */
  readonly all: readonly Day[];
  readonly at: number;
  readonly show: (i: number) => void;
}

// The map's theme says whose moves are counted.
const collection = computed<CollectionName>(() => (view.value.mode === 'clearance' ? 'areas' : 'parcels'));
const months = signal<readonly MonthMoves[]>([]);

/** From when to when there are moves to count. */
export const span = computed(() => spanOf(months.value));

/** Bars over the time line: how many moves each month has, of what the filter keeps. */
export function Bars({ all, at, show }: Props) {
  const w = toolsWords.value.histogram;
  const found = useLoaded<{ of: CollectionName; told: Histogram }>(
    () => JSON.stringify([collection.value, askedOf(collection.value), staff.value, revision.value]),
    async (abort) => {
      const of = collection.peek();
      const path = `/api/collections/${of}/histogram?${new URLSearchParams(askedOf(of))}`;
      return { of, told: await api.read<Histogram>(path, abort) };
    },
  );
  useSignalEffect(() => {
    months.value = found.value.value?.told.months ?? [];
  });
  const pointed = useSignal<number | null>(null);
  const of = useComputed(() => found.value.value?.of ?? collection.value);
  const { value, trouble } = found.value;
  const bars = barsOf(all, value?.told.months ?? []);
  const shown = Math.min(pointed.value ?? at, all.length - 1);
  const month = isoOf(all[shown] ?? 0).slice(0, 7);
  const here = bars.find((b) => b.i === shown)?.moves;
  const what = w.of[of.value];
  const figure = FIGURES.moves;
  const last = Math.max(1, all.length - 1);
  const stopUnder = (e: MouseEvent) => {
    const box = (e.currentTarget as SVGElement).getBoundingClientRect();
    const i = Math.floor(((e.clientX - box.left) / box.width) * (last + 1));
    return Math.max(0, Math.min(i, all.length - 1));
  };
  return (
    <div class="bars" data-bars={value?.told.total}>
      <p class="bars-now" title={lang.value === 'en' ? figure.defEn : figure.defZh}>
        <span id="bars-now">
          {trouble ? w.trouble(trouble) : w.now(month, what, fmt.value.int(here?.n ?? 0))}
        </span>
        {here && <span class="bars-to">{intoText(MACHINE_OF[of.value], here)}</span>}
      </p>
      <svg
        class="bars-drawn"
        viewBox={`-0.5 0 ${last + 1} 1`}
        preserveAspectRatio="none"
        style={{ '--wide': (last + 1) / last }}
        aria-hidden="true"
        onPointerMove={(e) => {
          pointed.value = stopUnder(e);
        }}
        onPointerLeave={() => {
          pointed.value = null;
        }}
        onClick={(e) => show(stopUnder(e))}
      >
        <rect class="bars-room" x={-0.5} y={0} width={last + 1} height={1} />
        {bars.map((b) => (
          <rect
            key={b.moves.month}
            data-month={b.moves.month}
            class={b.i === shown ? 'bar current' : 'bar'}
            x={b.i - 0.4}
            y={1 - b.height}
            width={0.8}
            height={b.height}
          />
        ))}
      </svg>
      {value && <MonthTable of={value.of} told={value.told} />}
    </div>
  );
}

// The states that a month's things came into, most first.
function intoText(machine: MachineName, m: MonthMoves): string {
  const w = toolsWords.value.histogram;
  return m.to
    .map(({ value, n }) => {
      const status = statusOf(machine, value);
      return `${status ? nameOf(status, lang.value) : value || w.unpublished} ${fmt.value.int(n)}`;
    })
    .join(lang.value === 'en' ? ', ' : '、');
}

function MonthTable({ of, told }: { of: CollectionName; told: Histogram }) {
  const w = toolsWords.value.histogram;
  return (
    <details
      class="bars-table"
      onKeyDown={(e) => {
        if (e.key !== 'Escape' || !e.currentTarget.open) return;
        e.stopPropagation();
        e.currentTarget.open = false;
        e.currentTarget.querySelector('summary')?.focus();
      }}
    >
      <summary>{w.table}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys. */}
      <section class="bars-scroll" aria-label={w.table} tabIndex={0}>
        <table>
          <caption>{w.caption(w.of[of], fmt.value.int(told.total))}</caption>
          <thead>
            <tr>
              <th scope="col">{w.month}</th>
              <th scope="col" class="number">
                {w.moves}
              </th>
              <th scope="col">{w.into}</th>
            </tr>
          </thead>
          <tbody>
            {told.months.map((m) => (
              <tr key={m.month}>
                <th scope="row">{m.month}</th>
                <td class="number">{fmt.value.int(m.n)}</td>
                <td>{intoText(MACHINE_OF[of], m)}</td>
              </tr>
            ))}
            {told.months.length === 0 && (
              <tr>
                <td colSpan={3}>{w.none}</td>
              </tr>
            )}
          </tbody>
        </table>
      </section>
    </details>
  );
}
