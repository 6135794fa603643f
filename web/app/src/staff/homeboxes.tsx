import { fmt, problemText } from '../store/server.ts';
import { words } from '../store/view.ts';
import { MachineBadge } from '../ui/swatch.tsx';
import { courtClock, daysBetween, isDay, today } from './days.ts';
import type { OpenFile } from './file.ts';
import { FileLink } from './filelink.tsx';
import { LightMark } from './light.tsx';
import { useRelated } from './related.ts';
import { zone } from './speech.ts';
import { may, staffWords } from './store.ts';
import type { FileEvent } from './types.ts';

/** The households of a building, for those who may read them. */
export function BuildingBoxes({ f }: { f: OpenFile }) {
  if (!may('read_households')) return null;
  return <Households f={f} />;
}

function Households({ f }: { f: OpenFile }) {
  const w = staffWords.value.building;
  const found = useRelated('households', { building: f.code }, f.readAt, 1000).value;
  return (
    <section class="box" aria-labelledby="homes-title">
      <div class="box-head">
        <h2 id="homes-title">{w.households}</h2>
        {found.matched > 0 && <span class="count">{fmt.value.int(found.matched)}</span>}
      </div>
      {found.error && <p class="empty">{problemText(found.error)}</p>}
      {found.loading && <p class="empty">{words.value.list.loading}</p>}
      {!found.loading && !found.error && found.rows.length === 0 && <p class="empty">{w.none}</p>}
      <ul class="chip-list">
        {found.rows.map(({ id, properties: p }) => (
          <li key={id}>
            <MachineBadge machine="household" code={String(p.status)} />
            <FileLink thing="households" code={id} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** A household's phases, its visits, and the court clock where one runs. */
export function HouseholdBoxes({ f }: { f: OpenFile }) {
  return (
    <>
      <Phases f={f} />
      <CourtBox f={f} />
    </>
  );
}

const SIGNED: readonly string[] = ['signed', 'paid', 'vacated', 'closed'];

/** The part of service that a household is in: 1 up to signing, 2 to the new home, 3 with it. */
export function phaseOf(status: string, mode: string, delivered: boolean): 1 | 2 | 3 {
  if (!SIGNED.includes(status)) return 1;
  return mode === 'swap' && delivered ? 3 : 2;
}

function Phases({ f }: { f: OpenFile }) {
  const w = staffWords.value.household;
  const p = f.item.properties;
  const delivered =
    lastValue(f.events, 'flat_on') !== '' ||
    f.records.some((r) => r.kind === 'flat' && r.done_on && !r.struck_at);
  const mode = String(p.mode ?? '');
  const at = phaseOf(f.moves.status, mode, delivered);
  const next = String(p.next_visit ?? '');
  return (
    <section class="box" aria-labelledby="phases-title">
      <div class="box-head">
        <h2 id="phases-title">{w.phases}</h2>
      </div>
      <ol class="phases">
        {w.phase.slice(0, mode === 'money' ? 2 : 3).map((name, i) => (
          <li
            key={name}
            class={i + 1 < at ? 'past' : i + 1 === at ? 'here' : 'ahead'}
            {...(i + 1 === at ? { 'aria-current': 'step' } : {})}
          >
            <span class="phase-no">{i + 1}</span>
            <span>{name}</span>
          </li>
        ))}
      </ol>
      {mode === 'money' && <p class="hint">{w.moneyOnly}</p>}
      <dl class="fact-grid">
        <div>
          <dt>{w.visits}</dt>
          <dd>{Number(p.visits ?? 0) > 0 ? w.visited(fmt.value.int(Number(p.visits))) : w.never}</dd>
        </div>
        {p.visited_on && (
          <div>
            <dt>{w.last}</dt>
            <dd>{fmt.value.date(String(p.visited_on))}</dd>
          </div>
        )}
        {next !== '' && (
          <div>
            <dt>{w.next}</dt>
            <dd>
              {fmt.value.date(next)}{' '}
              <LightMark light={next < today(zone()) ? 'red' : ''} days={daysBetween(today(zone()), next)} />
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}

const IN_COURT: readonly string[] = [
  'decision_issued',
  'court_applied',
  'court_accepted',
  'ruling_ok',
  'ruling_refused',
];

function CourtBox({ f }: { f: OpenFile }) {
  const w = staffWords.value.household;
  const served = lastValue(f.events, 'served_on');
  if (!IN_COURT.includes(f.moves.status)) return null;
  if (!isDay(served)) {
    return (
      <section class="box" aria-labelledby="court-title">
        <div class="box-head">
          <h2 id="court-title">{w.court}</h2>
        </div>
        <p class="empty">{w.unserved}</p>
      </section>
    );
  }
  const final = f.records
    .filter((r) => r.kind === 'court' && !r.struck_at && r.values?.step === 'final')
    .map((r) => r.done_on || r.on)
    .sort()
    .at(-1);
  const c = courtClock(served, final);
  const now = today(zone());
  const day = (d: string) => fmt.value.date(d);
  const rows = [
    { name: w.review, text: w.until(day(c.reviewUntil)), from: served, until: c.reviewUntil },
    { name: w.suit, text: w.until(day(c.suitUntil)), from: served, until: c.suitUntil },
    {
      name: w.apply,
      text: w.between(day(c.applyFrom), day(c.applyUntil)),
      from: c.applyFrom,
      until: c.applyUntil,
    },
  ];
  return (
    <section class="box" aria-labelledby="court-title">
      <div class="box-head">
        <h2 id="court-title">{w.court}</h2>
        <span class="hint">{w.served(day(served))}</span>
      </div>
      <dl class="fact-grid">
        {rows.map((r) => {
          const state = now > r.until ? w.over : now < r.from ? w.waiting : w.running;
          return (
            <div key={r.name}>
              <dt>{r.name}</dt>
              <dd>
                {r.text} · {state}
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}

/** What the last event that named a value said of it; "" = none did. */
export function lastValue(events: readonly FileEvent[], name: string): string {
  const found = events.filter((e) => e.data?.[name] !== undefined && e.data[name] !== '');
  const last = found.at(-1)?.data?.[name];
  return last === undefined ? '' : String(last);
}
