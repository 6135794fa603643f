import { fmt } from '../store/server.ts';
import { Section, Wide } from './bits.tsx';
import { dayNumber, dayTicks, type Line, LineChart } from './chart.tsx';
import { areas, ask, asked, board, first, second, series } from './store.ts';
import type { Point, Series } from './types.ts';

/** The burn-up of the district or of one area: households, and land. */
export function BurnUp() {
  const w = board.value;
  const of = asked('of');
  const tools = (
    <div class="board-tools">
      <AreaChoice label={w.area} name="of" none={w.wholeDistrict} />
      <label>
        <span class="unseen">{w.plan}</span>
        <select value={asked('plan')} onChange={(e) => ask({ plan: e.currentTarget.value })}>
          <option value="">{w.curve.linear}</option>
          <option value="s">{w.curve.s}</option>
        </select>
      </label>
    </div>
  );
  return (
    <Section id="burn-up" title={w.burnUp} part={series} tools={tools}>
      {(s) => (
        <>
          <Forecast of={s} />
          <div class="charts">
            <Chart of={s} who={nameOfArea(of) || w.wholeDistrict} what={w.households} lines={homes(s)} />
            <Chart of={s} who={nameOfArea(of) || w.wholeDistrict} what={w.land} lines={land(s)} />
          </div>
          <SeriesTable of={s} />
        </>
      )}
    </Section>
  );
}

function AreaChoice({ label, name, none }: { label: string; name: 'of' | 'a' | 'b'; none: string }) {
  return (
    <label>
      <span>{label}</span>{' '}
      <select value={asked(name)} onChange={(e) => ask({ [name]: e.currentTarget.value })}>
        <option value="">{none}</option>
        {[...(areas.value.value?.areas ?? [])]
          .sort((a, b) => a.code.localeCompare(b.code))
          .map((a) => (
            <option key={a.code} value={a.code}>
              {a.name}
            </option>
          ))}
      </select>
    </label>
  );
}

function nameOfArea(code: string): string {
  return areas.value.value?.areas.find((a) => a.code === code)?.name ?? code;
}

/** Whether the pace will do: what is needed, and when the last would sign. */
export function Forecast({ of }: { of: Series }) {
  const w = board.value;
  const f = fmt.value;
  const p = of.pace;
  if (p.remaining === 0) return null;
  return (
    <p class={p.short ? 'forecast short-of' : 'forecast'}>
      {w.pace} {w.paceText(f.plain(p.per_day))}
      {p.needed !== null && ` · ${w.needed(f.plain(p.needed))}`} ·{' '}
      {p.forecast ? w.forecastAt(f.date(p.forecast)) : w.noForecast}
    </p>
  );
}

function line(s: Series, name: string, look: string, y: (p: Point) => number | null): Line {
  return { name, look, points: s.points.map((p) => ({ x: dayNumber(p.on), y: y(p) })) };
}

function homes(s: Series): Line[] {
  const w = board.value;
  return [
    line(s, w.plan, 'plan', (p) => p.plan),
    line(s, w.surveyed, 'scope', (p) => p.households?.surveyed ?? null),
    line(s, w.signed, 'signed', (p) => p.households?.signed ?? null),
    line(s, w.moved, 'moved', (p) => p.households?.moved ?? null),
    line(s, w.demolished, 'demolished', (p) => p.households?.demolished ?? null),
  ];
}

function land(s: Series): Line[] {
  const w = board.value;
  return [
    line(s, w.plan, 'plan', (p) => p.plan_mu),
    line(s, w.cleared, 'signed', (p) => p.cleared_mu),
    line(s, w.handed, 'moved', (p) => p.handed_mu),
    line(s, w.sold, 'demolished', (p) => p.sold_mu),
  ];
}

function Chart({ of, who, what, lines }: { of: Series; who: string; what: string; lines: readonly Line[] }) {
  const w = board.value;
  const f = fmt.value;
  const text = lines
    .map((l) => `${l.name} ${f.plain(l.points.findLast((p) => p.y !== null)?.y ?? 0)}`)
    .join(w.comma);
  const days = of.points.map((p) => dayNumber(p.on));
  return (
    <figure>
      <figcaption>{what}</figcaption>
      <LineChart
        label={w.chartOf(what, who, f.date(of.day), text)}
        lines={lines}
        ticks={dayTicks(days[0] ?? 0, days.at(-1) ?? 0)}
        mark={{ x: dayNumber(of.day), text: f.date(of.day) }}
      />
    </figure>
  );
}

function SeriesTable({ of }: { of: Series }) {
  const w = board.value;
  const f = fmt.value;
  return (
    <details class="as-table">
      <summary>{w.asTable}</summary>
      <Wide label={w.burnUp}>
        <table class="board-table">
          <thead>
            <tr>
              {[w.date, w.plan, w.surveyed, w.signed, w.moved, w.demolished].map((t) => (
                <th key={t} scope="col">
                  {t}
                </th>
              ))}
              {[w.cleared, w.handed, w.sold].map((t) => (
                <th key={t} scope="col">{`${t} (${w.units.mu})`}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {of.points
              .filter((p) => p.households)
              .map((p) => (
                <tr key={p.on}>
                  <th scope="row">{f.date(p.on)}</th>
                  <td class="n">{f.int(p.plan)}</td>
                  <td class="n">{f.int(p.households?.surveyed ?? 0)}</td>
                  <td class="n">{f.int(p.households?.signed ?? 0)}</td>
                  <td class="n">{f.int(p.households?.moved ?? 0)}</td>
                  <td class="n">{f.int(p.households?.demolished ?? 0)}</td>
                  <td class="n">{f.plain(p.cleared_mu ?? 0)}</td>
                  <td class="n">{f.plain(p.handed_mu ?? 0)}</td>
                  <td class="n">{f.plain(p.sold_mu ?? 0)}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </Wide>
    </details>
  );
}

const TICKS = 6;

/** Two areas laid over each other by days since their decisions. */
export function Compare() {
  const w = board.value;
  const chosen = [
    { part: first, code: asked('a'), look: 'signed' },
    { part: second, code: asked('b'), look: 'demolished' },
  ];
  const lines = chosen.flatMap(({ part, code, look }): Line[] => {
    const s = part.value.value;
    if (!s || s.decided_on === null) return [];
    const points = s.points.filter((p) => p.households && (p.since_decision ?? -1) >= 0);
    const whole = points.at(-1)?.households?.surveyed ?? 0;
    return [
      {
        name: nameOfArea(code),
        look,
        points: points.map((p) => ({
          x: p.since_decision ?? 0,
          y: whole === 0 ? 0 : (100 * (p.households?.signed ?? 0)) / whole,
        })),
      },
    ];
  });
  const undecided = chosen.filter(({ part }) => part.value.value && part.value.value.decided_on === null);
  const last = Math.max(0, ...lines.flatMap((l) => l.points.map((p) => p.x)));
  return (
    <section class="board-part compare" aria-labelledby="part-compare">
      <div class="board-head">
        <h2 id="part-compare">{w.compare}</h2>
        <div class="board-tools">
          <AreaChoice label={w.first} name="a" none={w.choose} />
          <AreaChoice label={w.second} name="b" none={w.choose} />
        </div>
      </div>
      <p class="soft">{w.compareHint}</p>
      {undecided.map(({ code }) => (
        <p key={code} role="status">
          {w.noDecision(nameOfArea(code))}
        </p>
      ))}
      {lines.length > 0 && (
        <figure>
          <figcaption>
            {w.signedRate} (%) · {w.sinceDecision}
          </figcaption>
          <LineChart
            label={lines
              .map((l) => `${l.name} ${w.signedRate} ${fmt.value.percent(l.points.at(-1)?.y ?? 0)}`)
              .join(w.comma)}
            lines={lines}
            ticks={Array.from({ length: TICKS + 1 }, (_, i) => {
              const x = Math.round((last * i) / TICKS);
              return { x, text: fmt.value.int(x) };
            })}
          />
        </figure>
      )}
    </section>
  );
}
