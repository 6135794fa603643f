import type { ComponentChildren } from 'preact';
import { fmt } from '../store/server.ts';
import { changeText, LightMark, Named, Section } from './bits.tsx';
import { FIGURES, type FigureName } from './figures.gen.ts';
import { board, headline, query } from './store.ts';
import type { Headline as Head, Light } from './types.ts';

interface Card {
  readonly figure: FigureName;
  readonly value: string;
  readonly unit: string;
  readonly change: number;
  /** Writes the change where its unit is not that of the value. */
  readonly write?: (n: number) => string;
  readonly note?: string;
  readonly rows?: string;
}

function cards(h: Head): Card[] {
  const w = board.value;
  const f = fmt.value;
  const { now, before } = h;
  const money = f.money(now.parcels.sold_wan).split(' ');
  return [
    {
      figure: 'areas',
      value: f.int(now.areas.total),
      unit: w.units.areas,
      change: now.areas.total - before.areas.total,
    },
    {
      figure: 'vacated',
      value: f.int(now.households?.moved ?? 0),
      unit: w.units.households,
      change: (now.households?.moved ?? 0) - (before.households?.moved ?? 0),
    },
    {
      figure: 'signed',
      value: f.int(now.households?.signed ?? 0),
      unit: w.units.households,
      change: (now.households?.signed ?? 0) - (before.households?.signed ?? 0),
    },
    {
      figure: 'cleared_mu',
      value: f.plain(now.areas.cleared_mu),
      unit: w.units.mu,
      change: now.areas.cleared_mu - before.areas.cleared_mu,
    },
    {
      figure: 'sold',
      value: f.int(now.parcels.sold),
      unit: w.units.pieces,
      change: now.parcels.sold - before.parcels.sold,
    },
    {
      figure: 'sold_mu',
      value: f.plain(now.parcels.sold_mu),
      unit: w.units.mu,
      change: now.parcels.sold_mu - before.parcels.sold_mu,
    },
    {
      figure: 'sold_wan',
      value: money.length > 2 ? money.slice(0, -1).join(' ') : (money[0] ?? ''),
      unit: money.at(-1) ?? '',
      change: now.parcels.sold_wan - before.parcels.sold_wan,
      // Billions may grow by millions.
      write: f.money,
      // Where nothing is sold there is no mean.
      ...(now.parcels.sold > 0 && { note: w.sinceParts(f.pricePerMu(now.parcels.price_per_mu_wan)) }),
    },
    {
      figure: 'projects',
      value: f.int(now.projects.total),
      unit: w.units.projects,
      change: now.projects.total - before.projects.total,
    },
    {
      figure: 'over_1yi',
      value: f.int(now.projects.over_1yi),
      unit: w.units.projects,
      change: now.projects.over_1yi - before.projects.over_1yi,
    },
    {
      figure: 'problems_open',
      value: f.int(now.problems?.open ?? 0),
      unit: w.units.problems,
      change: (now.problems?.open ?? 0) - (before.problems?.open ?? 0),
      note: w.overdue(f.int(now.problems?.overdue ?? 0)),
    },
  ];
}

// The part of the board that has the rows of a list.
const PARTS: Readonly<Record<string, string>> = {
  '/areas': 'areas',
  '/parcels': 'auctions',
  '/projects': 'pipeline',
  '/problems': 'problems',
};

/**
 * The rows that a figure counts: the list of today, or, where the board is narrowed down or of a past
 * day, the board's own rows, which are cut down alike and of the same day.
 */
function rowsHref(list: string): string {
  const narrowed = query();
  const part = PARTS[list.split('?')[0] ?? ''];
  if (narrowed !== '' && part) return `/board${narrowed}#part-${part}`;
  return part === 'areas' ? worstFirst(list) : list;
}

/** A list of areas in the order of the board. */
function worstFirst(list: string): string {
  return `${list}${list.includes('?') ? '&' : '?'}sort=-light`;
}

/** The row of figures; each opens its rows. */
export function Headline({ tools }: { tools?: ComponentChildren }) {
  const w = board.value;
  return (
    <Section id="headline" title={w.headline} part={headline} tools={tools}>
      {(h) => (
        <ul class="board-cards">
          {cards(h).map((c) => (
            <li key={c.figure} data-figure={c.figure}>
              <a href={rowsHref(FIGURES[c.figure].rows)}>
                <span class="name">
                  <Named figure={c.figure} />
                </span>
                <span class="value">
                  <b>{c.value}</b> <small>{c.unit}</small>
                </span>
                <span class="change">
                  {w.sinceWeek} <Change card={c} />
                </span>
                {c.note && <span class="note">{c.note}</span>}
              </a>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Change({ card }: { card: Card }) {
  const text = changeText(card.change, card.write);
  return <b class={text === board.value.noChange ? 'same' : 'moved'}>{text}</b>;
}

const ORDER: readonly Light[] = ['red', 'amber', 'green', ''];

// What the list of areas is cut down by, as the board is.
const LISTED: readonly string[] = ['leader', 'board', 'street', 'status'];

/**
 * The areas with a light: of today the list of them, cut down as the board is and by what is given; of
 * a past day, and of what the list does not know, the board's own rows.
 */
export function litHref(light: Light, own: Readonly<Record<string, string>> = {}): string {
  const narrowed = new URLSearchParams(query(own));
  if ([...narrowed.keys()].some((name) => !LISTED.includes(name))) return `/board?${narrowed}#part-areas`;
  return worstFirst(`/areas?${new URLSearchParams([['light', light || 'none'], ...narrowed])}`);
}

/** How many areas have which light. */
export function LightCounts() {
  const w = board.value;
  const h = headline.value.value;
  if (!h) return null;
  return (
    <ul class="light-counts">
      {ORDER.map((l) => (
        <li key={l} data-light={l}>
          <LightMark light={l} />{' '}
          {(h.lights[l] ?? 0) === 0 ? (
            w.lightCount('0')
          ) : (
            <a href={litHref(l)}>{w.lightCount(fmt.value.int(h.lights[l] ?? 0))}</a>
          )}
        </li>
      ))}
    </ul>
  );
}
