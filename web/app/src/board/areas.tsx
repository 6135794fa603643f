import { nameOf, statusOf } from '../catalogue.ts';
import { fileHref } from '../store/route.ts';
import { fmt } from '../store/server.ts';
import { lang } from '../store/view.ts';
import { changeText, daysText, LightMark, Named, RateBar, Section, Wide } from './bits.tsx';
import { LightCounts } from './headline.tsx';
import { areas, board, mine } from './store.ts';
import type { Area } from './types.ts';

export function causeOf(a: Area): string {
  return lang.value === 'en' ? a.cause.en : a.cause.zh;
}

export function stateOf(machine: 'area' | 'problem' | 'project', code: string): string {
  const s = statusOf(machine, code);
  return s ? nameOf(s, lang.value) : code;
}

/** The areas that are red or amber, each with its cause in one sentence. */
export function Lights() {
  const w = board.value;
  return (
    <Section id="lights" title={w.lights} part={areas} tools={<LightCounts />}>
      {({ areas: all }) => {
        const urgent = all.filter((a) => a.light === 'red' || a.light === 'amber');
        if (urgent.length === 0) return <p class="soft">{w.noneUrgent}</p>;
        return (
          <ul class="causes">
            {urgent.map((a) => (
              <li key={a.code} data-code={a.code}>
                <details>
                  <summary>
                    <LightMark light={a.light} /> <b>{a.name}</b>
                    <span class="soft">{daysText(a.days_left)}</span>
                  </summary>
                  <p class="cause">
                    {causeOf(a)} <a href={fileHref('areas', a.code)}>{w.openRows}</a>
                  </p>
                </details>
              </li>
            ))}
          </ul>
        );
      }}
    </Section>
  );
}

/** The reader's own areas, where it has some. */
export function MyAreas() {
  const w = board.value;
  const own = (areas.value.value?.areas ?? []).filter((a) => mine.value.has(a.code));
  if (own.length === 0) return null;
  return (
    <section class="board-part my-areas" aria-labelledby="part-mine">
      <div class="board-head">
        <h2 id="part-mine">{w.myAreas}</h2>
      </div>
      <ul class="area-cards">
        {own.map((a) => (
          <li key={a.code} data-code={a.code}>
            <AreaCard area={a} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** An area as a card: light, rates, days left, problems, and what a week has brought. */
export function AreaCard({ area: a }: { area: Area }) {
  const w = board.value;
  const f = fmt.value;
  return (
    <article class="area-card">
      <h3>
        <a href={fileHref('areas', a.code)}>{a.name}</a> <LightMark light={a.light} />
      </h3>
      <p class="cause">{causeOf(a)}</p>
      <dl>
        <div>
          <dt>{w.signed}</dt>
          <dd>
            <RateBar rate={a.rates.signed} label={`${a.name} ${w.signed}`} />
          </dd>
        </div>
        <div>
          <dt>{w.moved}</dt>
          <dd>
            <RateBar rate={a.rates.moved} label={`${a.name} ${w.moved}`} />
          </dd>
        </div>
        <div>
          <dt>{w.demolished}</dt>
          <dd>
            <RateBar rate={a.rates.demolished} label={`${a.name} ${w.demolished}`} />
          </dd>
        </div>
        <div>
          <dt>{w.deadline}</dt>
          <dd>{daysText(a.days_left)}</dd>
        </div>
        <div>
          <dt>{w.problems}</dt>
          <dd>
            {f.int(a.problems_open)}
            {a.problems_overdue > 0 && ` · ${w.overdue(f.int(a.problems_overdue))}`}
          </dd>
        </div>
        <div>
          <dt>{w.sinceWeek}</dt>
          <dd>
            {w.signed} {changeText(a.change.signed)} · {w.moved} {changeText(a.change.moved)}
          </dd>
        </div>
      </dl>
    </article>
  );
}

/** All areas, worst first. */
export function AreaTable() {
  const w = board.value;
  return (
    <Section id="areas" title={w.areasTitle} part={areas}>
      {({ areas: all }) => (
        <Wide label={w.areasTitle}>
          <table class="board-table stacked">
            <thead>
              <tr>
                <th scope="col">{w.area}</th>
                <th scope="col">
                  <Named figure="light" />
                </th>
                <th scope="col">{w.status}</th>
                <th scope="col">{w.leader}</th>
                <th scope="col">
                  <Named figure="signed_rate">{w.signed}</Named>
                </th>
                <th scope="col">
                  <Named figure="vacated_rate">{w.moved}</Named>
                </th>
                <th scope="col">
                  <Named figure="demolished_rate">{w.demolished}</Named>
                </th>
                <th scope="col">
                  <Named figure="cleared_rate">{w.cleared}</Named>
                </th>
                <th scope="col">
                  <Named figure="pace">{w.pace}</Named>
                </th>
                <th scope="col">
                  <Named figure="forecast">{w.forecast}</Named>
                </th>
                <th scope="col">{w.deadline}</th>
                <th scope="col" class="n">
                  <Named figure="problems_overdue" />
                </th>
              </tr>
            </thead>
            <tbody>
              {all.map((a) => (
                <AreaLine key={a.code} area={a} />
              ))}
            </tbody>
          </table>
        </Wide>
      )}
    </Section>
  );
}

function AreaLine({ area: a }: { area: Area }) {
  const w = board.value;
  const f = fmt.value;
  return (
    <tr data-code={a.code}>
      <th scope="row">
        <a href={fileHref('areas', a.code)}>{a.name}</a>
      </th>
      <td title={causeOf(a)}>
        <LightMark light={a.light} />
      </td>
      <td data-label={w.status}>{stateOf('area', a.status)}</td>
      <td data-label={w.leader}>{a.leader || '–'}</td>
      <td data-label={w.signed}>
        <RateBar rate={a.rates.signed} label={`${a.name} ${w.signed}`} />
      </td>
      <td data-label={w.moved}>
        <RateBar rate={a.rates.moved} label={`${a.name} ${w.moved}`} />
      </td>
      <td data-label={w.demolished}>
        <RateBar rate={a.rates.demolished} label={`${a.name} ${w.demolished}`} />
      </td>
      <td data-label={w.cleared}>
        <RateBar rate={a.cleared_rate} label={`${a.name} ${w.cleared}`} />
      </td>
      <td data-label={w.pace}>
        {a.pace.remaining === 0 ? '–' : w.paceText(f.plain(a.pace.per_day))}
        {a.pace.short && a.pace.remaining > 0 && a.decided_on !== null && (
          <span class="short">{w.shortPace}</span>
        )}
      </td>
      <td data-label={w.forecast}>{a.pace.forecast ? f.date(a.pace.forecast) : '–'}</td>
      <td data-label={w.deadline}>{a.days_left === null ? '–' : daysText(a.days_left)}</td>
      <td class="n" data-label={w.overdueProblems}>
        {f.int(a.problems_overdue)}
      </td>
    </tr>
  );
}
