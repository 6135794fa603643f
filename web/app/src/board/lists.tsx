import { nameOf, useOf } from '../catalogue.ts';
import { fileHref } from '../store/route.ts';
import { fmt } from '../store/server.ts';
import { lang } from '../store/view.ts';
import { stateOf } from './areas.tsx';
import { litHref } from './headline.tsx';
import { LightMark, Named, RateBar, Section, Wide } from './bits.tsx';
import { ask, asked, auctions, board, groups, pipeline, problems } from './store.ts';
import type { BoardProblem } from './types.ts';

const BY = ['leader', 'street', 'board'] as const;

/** Areas added up by leader, street or board; a row narrows the board to itself. */
export function GroupTable() {
  const w = board.value;
  const f = fmt.value;
  const by = BY.find((b) => b === asked('by')) ?? 'leader';
  const tools = (
    <div class="board-tools chips">
      {BY.map((b) => (
        <button
          key={b}
          type="button"
          class="chip"
          aria-pressed={b === by}
          onClick={() => ask({ by: b === 'leader' ? '' : b })}
        >
          {w.by[b]}
        </button>
      ))}
    </div>
  );
  return (
    <Section id="groups" title={w.groups} part={groups} tools={tools}>
      {(g) => (
        <Wide label={w.groups}>
          <table class="board-table stacked">
            <thead>
              <tr>
                <th scope="col">{w.groupHead[by]}</th>
                <th scope="col" class="n">
                  {w.groupAreas}
                </th>
                <th scope="col">{w.lights}</th>
                <th scope="col">
                  <Named figure="signed_rate">{w.signed}</Named>
                </th>
                <th scope="col">
                  <Named figure="vacated_rate">{w.moved}</Named>
                </th>
                <th scope="col">
                  <Named figure="cleared_rate">{w.cleared}</Named>
                </th>
                <th scope="col" class="n">
                  {w.weekSigned}
                </th>
                <th scope="col" class="n">
                  <Named figure="problems_overdue" />
                </th>
              </tr>
            </thead>
            <tbody>
              {g.groups.map((r) => (
                <tr key={r.key} data-key={r.key}>
                  <th scope="row">
                    {r.key === '' ? (
                      w.none
                    ) : (
                      <button type="button" class="as-link" onClick={() => ask({ [by]: r.key })}>
                        {r.name}
                      </button>
                    )}
                  </th>
                  <td class="n" data-label={w.groupAreas}>
                    {f.int(r.areas)}
                  </td>
                  <td data-label={w.lights}>
                    {(['red', 'amber', 'green'] as const).map(
                      (l) =>
                        (r.lights[l] ?? 0) > 0 && (
                          <span key={l} class="light-n">
                            <LightMark light={l} />{' '}
                            {r.key === '' ? (
                              f.int(r.lights[l] ?? 0)
                            ) : (
                              <a href={litHref(l, { [by]: r.key })}>{f.int(r.lights[l] ?? 0)}</a>
                            )}
                          </span>
                        ),
                    )}
                  </td>
                  <td data-label={w.signed}>
                    <RateBar rate={r.rates.signed} label={`${r.name} ${w.signed}`} />
                  </td>
                  <td data-label={w.moved}>
                    <RateBar rate={r.rates.moved} label={`${r.name} ${w.moved}`} />
                  </td>
                  <td data-label={w.cleared}>
                    <RateBar rate={r.cleared_rate} label={`${r.name} ${w.cleared}`} />
                  </td>
                  <td class="n" data-label={w.weekSigned}>
                    {f.int(r.change.signed)}
                  </td>
                  <td class="n" data-label={w.overdueProblems}>
                    {f.int(r.problems_overdue)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      )}
    </Section>
  );
}

/** Open problems, longest overdue first. */
export function ProblemTable() {
  const w = board.value;
  return (
    <Section id="problems" title={w.problemsTitle} part={problems}>
      {({ problems: all }) =>
        all.length === 0 ? (
          <p class="soft">{w.noProblems}</p>
        ) : (
          <Wide label={w.problemsTitle}>
            <table class="board-table stacked">
              <thead>
                <tr>
                  <th scope="col">{w.problem}</th>
                  <th scope="col">{w.area}</th>
                  <th scope="col">{w.deadline}</th>
                  <th scope="col">{w.body}</th>
                  <th scope="col">{w.measure}</th>
                  <th scope="col">{w.lastAction}</th>
                </tr>
              </thead>
              <tbody>
                {all.map((p) => (
                  <ProblemLine key={p.code} problem={p} />
                ))}
              </tbody>
            </table>
          </Wide>
        )
      }
    </Section>
  );
}

function ProblemLine({ problem: p }: { problem: BoardProblem }) {
  const w = board.value;
  const f = fmt.value;
  const late = p.days_overdue;
  let due = '–';
  if (late !== null)
    due = late > 0 ? w.daysLate(f.int(late)) : late === 0 ? w.dueToday : w.daysLeft(f.int(-late));
  return (
    <tr data-code={p.code} {...(late === null ? {} : { 'data-late': late })}>
      <th scope="row">
        <a href={fileHref('problems', p.code)}>{p.title}</a> <small class="soft">{p.code}</small>
      </th>
      <td data-label={w.area}>{p.area_name}</td>
      <td class="due" data-label={w.deadline}>
        <LightMark light={p.light} /> {due}
      </td>
      <td class="body" data-label={w.body}>
        {p.department || '–'}
        {p.leader && <small class="soft"> {p.leader}</small>}
      </td>
      <td class="measure" data-label={w.measure}>
        {p.measure || '–'}
      </td>
      <td class="last" data-label={w.lastAction}>
        {p.last ? `${p.last.on ? f.date(p.last.on) : ''} ${stateOf('problem', p.last.to || p.status)}` : '–'}
      </td>
    </tr>
  );
}

/** What was sold, by quarter and use. */
export function AuctionTable() {
  const w = board.value;
  const f = fmt.value;
  return (
    <Section id="auctions" title={w.auctions} part={auctions}>
      {({ rows }) =>
        rows.length === 0 ? (
          <p class="soft">{w.noAuctions}</p>
        ) : (
          <Wide label={w.auctions}>
            <table class="board-table stacked thirds">
              <thead>
                <tr>
                  <th scope="col">{w.quarter}</th>
                  <th scope="col">{w.use}</th>
                  <th scope="col" class="n">
                    <Named figure="sold" />
                  </th>
                  <th scope="col" class="n">
                    <Named figure="failed">{w.failedRounds}</Named>
                  </th>
                  <th scope="col" class="n">
                    {w.size}
                  </th>
                  <th scope="col" class="n">
                    <Named figure="sold_wan">{w.money}</Named>
                  </th>
                  <th scope="col" class="n">
                    <Named figure="premium">{w.premium}</Named>
                  </th>
                </tr>
              </thead>
              <tbody>
                {rows.map((r) => {
                  const use = useOf(r.use_class);
                  return (
                    <tr key={`${r.year}-${r.quarter}-${r.use_class}`}>
                      <th scope="row">{w.quarterOf(r.year, r.quarter)}</th>
                      <td data-label={w.use}>{use ? nameOf(use, lang.value) : r.use_class}</td>
                      <td class="n" data-label={w.sold}>
                        {f.int(r.sold)}
                      </td>
                      <td class="n" data-label={w.failedRounds}>
                        {f.int(r.failed)}
                      </td>
                      <td class="n" data-label={w.size}>
                        {r.sold > 0 ? f.mu(r.mu) : '–'}
                      </td>
                      <td class="n" data-label={w.money}>
                        {r.sold > 0 ? f.money(r.wan) : '–'}
                      </td>
                      <td class="n" data-label={w.premium}>
                        {r.premium === null ? '–' : f.percent(r.premium)}
                      </td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </Wide>
        )
      }
    </Section>
  );
}

/** The funnel of projects. */
export function Funnel() {
  const w = board.value;
  const f = fmt.value;
  return (
    <Section id="funnel" title={w.funnel} part={pipeline}>
      {({ stages }) => {
        const most = Math.max(1, ...stages.map((s) => s.reached));
        return (
          <Wide label={w.funnel}>
            <table class="board-table stacked">
              <thead>
                <tr>
                  <th scope="col">{w.stage}</th>
                  <th scope="col">
                    <Named figure="reached">{w.reached}</Named>
                  </th>
                  <th scope="col" class="n">
                    {w.conversion}
                  </th>
                  <th scope="col" class="n">
                    {w.count}
                  </th>
                  <th scope="col" class="n">
                    <Named figure="amount_wan">{w.amount}</Named>
                  </th>
                  <th scope="col" class="n">
                    {w.stay}
                  </th>
                </tr>
              </thead>
              <tbody>
                {stages.map((s) => (
                  <tr key={s.stage} data-stage={s.stage}>
                    <th scope="row">{stateOf('project', s.stage)}</th>
                    <td data-label={w.reached}>
                      <span class="rate">
                        <progress
                          max={most}
                          value={s.reached}
                          aria-label={`${stateOf('project', s.stage)} ${w.reached}`}
                        />
                        <span>{f.int(s.reached)}</span>
                      </span>
                    </td>
                    <td class="n" data-label={w.conversion}>
                      {s.conversion === null ? '–' : f.percent(s.conversion)}
                    </td>
                    <td class="n" data-label={w.count}>
                      {f.int(s.projects)}
                    </td>
                    <td class="n" data-label={w.amount}>
                      {s.projects > 0 ? f.money(s.amount_wan) : '–'}
                    </td>
                    <td class="n" data-label={w.stay}>
                      {s.median_days === null ? '–' : w.days(f.int(s.median_days))}
                      {s.red > 0 && <span class="short">{w.stuck(f.int(s.red))}</span>}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Wide>
        );
      }}
    </Section>
  );
}
