import '../styles/home.css';
import { computed } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { homeEn } from '../i18n/home.en.ts';
import { type HomeWords, homeZh } from '../i18n/home.zh.ts';
import { district, districtName, fmt, loadSummary, staff, summary } from '../store/server.ts';
import { lang } from '../store/view.ts';
import { TopBar } from './topbar.tsx';

const words = computed<HomeWords>(() => (lang.value === 'en' ? homeEn : homeZh));

interface Way {
  readonly text: string;
  readonly href: string;
  /** Only staff may open it. */
  readonly closed?: boolean;
}

/** The first page: what is here for whom, and where to begin. */
export function HomePage() {
  const w = words.value;
  const main = useRef<HTMLElement>(null);
  useEffect(() => void loadSummary(), []);
  return (
    <div class="page">
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        {w.skip}
      </button>
      <TopBar />
      <main ref={main} class="home" tabIndex={-1}>
        <header>
          <h1>{w.title(districtName.value)}</h1>
          <Standing />
        </header>
        <div class="home-roles">
          <Role
            {...w.planner}
            ways={[
              { text: w.planner.links.open, href: '/map' },
              {
                text: w.planner.links.unplanned,
                href: '/map#mode=auction&tab=areas&tool=remains',
                closed: true,
              },
              {
                text: w.planner.links.late,
                href: '/map#tab=areas&only=late&sort=late',
                closed: true,
              },
              { text: w.planner.links.offer, href: '/map#mode=auction&tab=parcels&only=offer&sort=close' },
              {
                text: w.planner.links.past,
                href: `/map#date=${yearBefore(fmt.value.dayOf(summary.value?.as_of ?? new Date().toISOString()))}`,
              },
            ]}
          />
          <Role
            {...w.investor}
            ways={[
              { text: w.investor.links.open, href: '/listings' },
              { text: w.investor.links.housing, href: '/listings?use_class=residential&sort=price_per_mu' },
              { text: w.investor.links.calendar, href: '/feeds/auctions.ics' },
            ]}
          />
          <Role
            {...w.leader}
            ways={[
              { text: w.leader.links.open, href: '/board', closed: true },
              { text: w.leader.links.meeting, href: '/board/meeting', closed: true },
              { text: w.leader.links.work, href: '/work', closed: true },
            ]}
          />
        </div>
        {district.value?.demo && <p class="home-note">{w.demo}</p>}
      </main>
    </div>
  );
}

function Standing() {
  const s = summary.value;
  const w = words.value;
  const n = fmt.value.int;
  // Held open, so that what stands below does not jump when the figures come.
  if (!s) return <p class="lead home-counts" aria-busy="true" />;
  const counts = [
    { all: s.areas.total, text: w.areas, href: '/map#tab=areas' },
    { all: s.parcels.total, text: w.parcels, href: '/map#mode=auction&tab=parcels' },
    { all: s.projects.total, text: w.projects, href: '/map#tab=projects' },
  ].filter((c) => c.all > 0);
  return (
    <p class="lead home-counts">
      {counts.length === 0 && w.nothing}
      {counts.map((c, i) => (
        <span key={c.href}>
          {i === 0 ? w.here : w.between}
          <a href={c.href}>{c.text(n(c.all))}</a>
          {i === counts.length - 1 && w.end}
        </span>
      ))}{' '}
      <span class="hint">{w.asOf(fmt.value.moment(s.as_of))}</span>
    </p>
  );
}

// The same day a year before, for the map of that day.
function yearBefore(day: string): string {
  return `${Number(day.slice(0, 4)) - 1}${day.slice(4).replace('02-29', '02-28')}`;
}

function Role({ title, says, ways }: { title: string; says: readonly string[]; ways: readonly Way[] }) {
  const [first, ...rest] = ways;
  return (
    <section class="home-role">
      <h2>{title}</h2>
      <ol>
        {says.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ol>
      {first && <WayLink way={first} main />}
      <ul>
        {rest.map((way) => (
          <li key={way.href}>
            <WayLink way={way} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function WayLink({ way, main }: { way: Way; main?: boolean }) {
  const shut = Boolean(way.closed) && !staff.value;
  return (
    <a
      class={main ? 'primary' : undefined}
      href={shut ? `/signin?next=${encodeURIComponent(way.href)}` : way.href}
    >
      {way.text}
      {shut && <small>{words.value.needsSignIn}</small>}
    </a>
  );
}
