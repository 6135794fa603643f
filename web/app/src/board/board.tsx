import './board.css';
import './boardtables.css';
import './boardcharts.css';
import './wall.css';
import './boardprint.css';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { goTo, pageTitle, route } from '../store/route.ts';
import { district, districtName, fmt, staff } from '../store/server.ts';
import { rememberPlace } from '../ui/leave.ts';
import { NotFoundPage } from '../ui/notfound.tsx';
import { TopBar } from '../ui/topbar.tsx';
import { AreaTable, Lights, MyAreas, stateOf } from './areas.tsx';
import { BurnUp, Compare } from './burnup.tsx';
import { Headline } from './headline.tsx';
import { AuctionTable, Funnel, GroupTable, ProblemTable } from './lists.tsx';
import {
  areas,
  ask,
  asked,
  board,
  dayRefused,
  FILTERS,
  type FilterName,
  headline,
  live,
  query,
  startBoard,
} from './store.ts';
import { Wall } from './wall.tsx';

const VIEWS = {
  '/board': 'title',
  '/board/meeting': 'meeting',
  '/board/report': 'report',
  '/board/wall': 'wall',
} as const;

/** The board, as the address names its view; it is for staff. */
export function BoardPages() {
  const signedIn = staff.value;
  const path = route.value.path.replace(/\/+$/, '');
  useEffect(() => (signedIn ? startBoard() : undefined), [signedIn]);
  const view = VIEWS[path as keyof typeof VIEWS];
  const title = view ? board.value[view] : '';
  useEffect(() => {
    pageTitle.value = title;
    return () => {
      pageTitle.value = '';
    };
  }, [title]);
  if (!view) return <NotFoundPage />;
  if (!signedIn) return <SignInFirst />;
  if (dayRefused.value) {
    return (
      <Frame>
        <NoSuchDay />
      </Frame>
    );
  }
  switch (view) {
    case 'wall':
      return <Wall />;
    case 'meeting':
      return (
        <Frame>
          <Headline />
          <Lights />
          <ProblemTable />
          <GroupTable />
          <BurnUp />
        </Frame>
      );
    case 'report':
      return (
        <Frame print>
          <Headline />
          <Lights />
          <AreaTable />
          <GroupTable />
          <ProblemTable />
          <AuctionTable />
          <Funnel />
        </Frame>
      );
    case 'title':
      return (
        <Frame>
          <MyAreas />
          <Headline />
          <Lights />
          <AreaTable />
          <BurnUp />
          <Compare />
          <GroupTable />
          <ProblemTable />
          <AuctionTable />
          <Funnel />
        </Frame>
      );
  }
}

function SignInFirst() {
  const w = board.value;
  return (
    <div class="page">
      <TopBar />
      <main class="card-page">
        <div class="card">
          <h1>{w.title}</h1>
          <p class="lead">{w.signIn}</p>
          <a class="primary" href="/signin" onClick={(e) => rememberPlace(e.currentTarget)}>
            {w.toSignIn}
          </a>
        </div>
      </main>
    </div>
  );
}

/** One notice in place of every part, with the way back. */
function NoSuchDay() {
  const w = board.value;
  const why = dayRefused.value;
  return (
    <div class="board-no-day" role="alert">
      <h2>{w.noSuchDay}</h2>
      {why && <p>{why.message}</p>}
      <button type="button" class="primary" onClick={() => ask({ at: '' })}>
        {w.today}
      </button>
    </div>
  );
}

function Frame({ print, children }: { print?: boolean; children: ComponentChildren }) {
  const w = board.value;
  const main = useRef<HTMLElement>(null);
  // A link to a part of the board comes before there is one.
  useEffect(() => document.getElementById(location.hash.slice(1))?.scrollIntoView(), []);
  const stamp = headline.value.value;
  const path = route.value.path.replace(/\/+$/, '');
  const view = VIEWS[path as keyof typeof VIEWS];
  const day = stamp ? fmt.value.date(stamp.day) : '';
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only listens to the links within
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter on a link is a click
    <div class={print ? 'page board-page printed' : 'page board-page'} onClick={followLink}>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        {w.skip}
      </button>
      <TopBar />
      <main ref={main} class="board-main" tabIndex={-1}>
        <div class="board-top">
          <div>
            <h1>{print ? `${districtName.value} · ${w.reportTitle(day)}` : w[view]}</h1>
            {stamp && (
              <p class="soft as-of">
                {w.asOf(fmt.value.moment(stamp.as_of), fmt.value.int(stamp.revision))}
                {district.value?.approval_no && ` · ${district.value.approval_no}`}
              </p>
            )}
            {!live.value && stamp && (
              <p class="board-stale" role="status">
                {w.stale(fmt.value.moment(stamp.as_of))}
              </p>
            )}
          </div>
          <Tools print={print ?? false} />
        </div>
        <Chosen />
        {children}
      </main>
    </div>
  );
}

// The day that the server has begun may be ahead of the reader's clock.
function latestDay(stamp: { readonly day: string } | null): string {
  const today = fmt.value.dayOf(new Date().toISOString());
  return stamp && stamp.day > today ? stamp.day : today;
}

function Tools({ print }: { print: boolean }) {
  const w = board.value;
  const path = route.value.path.replace(/\/+$/, '');
  const stamp = headline.value.value;
  return (
    <div class="board-tools no-print">
      <nav class="board-views" aria-label={w.views}>
        {Object.entries(VIEWS).map(([href, name]) => (
          <a
            key={href}
            href={`${href}${query()}`}
            {...(href === path ? { 'aria-current': 'page' as const } : {})}
          >
            {w[name]}
          </a>
        ))}
      </nav>
      <label>
        <span>{w.day}</span>{' '}
        <input
          type="date"
          min="1990-01-01"
          max={latestDay(stamp)}
          value={asked('at') || (stamp?.day ?? '')}
          onChange={(e) => {
            // A day that has not come has no figures; the browser says so.
            if (e.currentTarget.reportValidity()) ask({ at: e.currentTarget.value });
          }}
        />
      </label>
      {asked('at') !== '' && !dayRefused.value && (
        <button type="button" class="plain" onClick={() => ask({ at: '' })}>
          {w.today}
        </button>
      )}
      {!dayRefused.value && (
        <>
          <a class="plain" download href={`/api/board/report.xlsx${query({ period: 'week' })}`}>
            {w.xlsxWeek}
          </a>
          <a class="plain" download href={`/api/board/report.xlsx${query({ period: 'day' })}`}>
            {w.xlsxDay}
          </a>
        </>
      )}
      {print && (
        <button type="button" class="primary" onClick={() => globalThis.print()}>
          {w.print}
        </button>
      )}
    </div>
  );
}

/** What narrows the board down, each with a way out. */
function Chosen() {
  const w = board.value;
  const chosen = FILTERS.filter((name) => name !== 'at' && asked(name) !== '');
  if (chosen.length === 0) return null;
  return (
    <ul class="board-chosen" aria-label={w.filters}>
      {chosen.map((name) => (
        <li key={name}>
          <button
            type="button"
            class="chip"
            aria-label={w.clear(chosenName(name))}
            onClick={() => ask({ [name]: '' })}
          >
            {chosenName(name)} ×
          </button>
        </li>
      ))}
    </ul>
  );
}

// What was chosen, as the tables call it.
function chosenName(name: FilterName): string {
  const code = asked(name);
  if (name === 'status') return stateOf('area', code);
  if (name === 'area') return areas.value.value?.areas.find((a) => a.code === code)?.name ?? code;
  return code;
}

// Links between views of the board change the page without loading the app anew.
function followLink(e: MouseEvent): void {
  if (e.defaultPrevented || e.button !== 0 || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return;
  const a = e.target instanceof Element ? e.target.closest('a') : null;
  if (a?.target !== '' || a.hasAttribute('download') || a.origin !== location.origin) return;
  if (!(a.pathname in VIEWS) || a.hash !== '') return;
  e.preventDefault();
  goTo(`${a.pathname}${a.search}`);
}
