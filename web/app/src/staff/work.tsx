import { MachineBadge } from '../ui/swatch.tsx';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { isAbort, type Problem } from '../api.ts';
import { shownRate } from '../rate.ts';
import { fileHref } from '../store/route.ts';
import { api, asProblem, fmt, session } from '../store/server.ts';
import { lang, words } from '../store/view.ts';
import { ownHalf } from '../twonames.ts';

import { desk } from './deskwords.ts';
import type { Work, WorkArea, WorkItem } from './desktypes.ts';
import { type DueGroup, dueText, formOf, groupByDue, listOf } from './due.ts';
import { Frame } from './frame.tsx';
import { LightText } from './lighttext.tsx';
import { nameIn } from './names.ts';
import { optionName } from './options.ts';
import { forms, may } from './store.ts';
import { Failure } from './table.tsx';

/** What is due from the reader: the areas that one answers for, and what waits, the most urgent first. */
export function WorkPage() {
  const w = desk.value.work;
  const work = useSignal<Work | null>(null);
  const error = useSignal<Problem | null>(null);
  const read = async (signal?: AbortSignal) => {
    error.value = null;
    try {
      work.value = await api.read<Work>('/api/work', signal);
    } catch (err) {
      if (!isAbort(err)) error.value = asProblem(err);
    }
  };
  useEffect(() => {
    const mine = new AbortController();
    void read(mine.signal);
    return () => mine.abort();
  }, []);
  const user = session.value?.user;
  return (
    <Frame title={w.title}>
      <div class="desk">
        <header class="desk-head">
          <h1>{w.title}</h1>
          <p class="lead">
            {user && w.of(ownHalf(user.name, lang.value) || user.login)}
            {work.value && ` · ${words.value.figures.asOf(fmt.value.moment(work.value.as_of))}`}
          </p>
        </header>
        {error.value && <Failure error={error.value} retry={() => void read()} />}
        {work.value ? <Due work={work.value} /> : !error.value && <Waiting />}
      </div>
    </Frame>
  );
}

function Waiting() {
  return (
    <div class="work-waiting" role="status">
      <span class="unseen">{desk.value.table.loading}</span>
      <div class="area-cards" aria-hidden="true">
        <span class="area-card skeleton" />
        <span class="area-card skeleton" />
        <span class="area-card skeleton" />
      </div>
    </div>
  );
}

function Due({ work }: { work: Work }) {
  const w = desk.value.work;
  const items = work.items ?? [];
  const areas = work.areas ?? [];
  const all = Object.values(work.totals).reduce((sum, n) => sum + n, 0);
  const groups = groupByDue(items, work.near);
  const tally = groups.map((g) => `${w.nearness[g.nearness]} ${fmt.value.int(g.all)}`);
  return (
    <>
      <section aria-labelledby="my-areas">
        <h2 id="my-areas">{w.areas(fmt.value.int(areas.length))}</h2>
        {areas.length === 0 ? (
          <p class="hint">
            {w.noAreas}{' '}
            {may('keep_people') ? (
              <a href="/admin?tab=duties">{w.toDuties}</a>
            ) : (
              session.value?.user?.role === 'field' && w.askAreas
            )}
          </p>
        ) : (
          <ul class="area-cards">
            {areas.map((a) => (
              <li key={`${a.code}/${a.duty}`}>
                <AreaCard area={a} />
              </li>
            ))}
          </ul>
        )}
      </section>
      <section aria-labelledby="my-items">
        <h2 id="my-items">{w.items(fmt.value.int(all))}</h2>
        <p class="hint tally">
          {tally.join(' · ')}
          {all > items.length && ` · ${w.firstOf(fmt.value.int(items.length))}`}
        </p>
        {all > items.length && <AllOf totals={work.totals} />}
        {items.length === 0 && <p class="list-empty">{w.nothing}</p>}
        {groups.map((g) => (
          <Group key={g.nearness} group={g} />
        ))}
      </section>
    </>
  );
}

/** How much there is of each kind when not all of it is listed, with the lists that have it. */
function AllOf({ totals }: { totals: Work['totals'] }) {
  const kinds = (forms.value?.work ?? []).filter((k) => (totals[k.code] ?? 0) > 0);
  return (
    <nav class="all-of" aria-label={desk.value.work.allOf}>
      <span class="hint">{desk.value.work.allOf}</span>
      {kinds.map((k) => (
        <a key={k.code} href={listOf(k.code)}>
          {optionName(kinds, k.code)} {fmt.value.int(totals[k.code] ?? 0)}
        </a>
      ))}
    </nav>
  );
}

function AreaCard({ area }: { area: WorkArea }) {
  const w = desk.value.work;
  const f = fmt.value;
  return (
    <a class={`area-card ${area.light}`} href={fileHref('areas', area.code)}>
      <span class="area-name">
        <strong>{area.name}</strong>
        <LightText light={area.light} />
      </span>
      <span class="hint">
        {area.code} · {optionName(forms.value?.duties, area.duty)}
      </span>
      <span class="area-state">
        <MachineBadge machine="area" code={area.status} />
        {area.cause && area.cause !== 'overdue' && <span class="cause">{w.causes[area.cause]}</span>}
        {/* What is cleared is no longer late. */}
        {area.light !== '' && (
          <span class={(area.days_left ?? 0) < 0 ? 'overdue' : undefined}>
            {dueText(area.days_left, w.due, f.int)}
          </span>
        )}
      </span>
      <span class="area-numbers">
        <span>
          {w.signed}
          <b>{typeof area.signed_rate === 'number' ? f.percent(shownRate(area.signed_rate)) : '—'}</b>
        </span>
        <span>
          {w.problems}
          <b>{f.int(area.problems_open)}</b>
        </span>
      </span>
      <span class="rate-bar" aria-hidden="true">
        <span ref={(el) => el?.style.setProperty('width', `${Math.min(100, area.signed_rate ?? 0)}%`)} />
      </span>
    </a>
  );
}

function Group({ group }: { group: DueGroup }) {
  const w = desk.value.work;
  return (
    <section class={`due-group ${group.nearness}`} aria-labelledby={`due-${group.nearness}`}>
      <h3 id={`due-${group.nearness}`}>
        {w.nearness[group.nearness]}{' '}
        <small>
          {fmt.value.int(group.all)}
          {group.all > group.items.length && ` · ${w.listed(fmt.value.int(group.items.length))}`}
        </small>
      </h3>
      <ul>
        {group.items.map((item) => (
          <li key={`${item.kind}/${item.collection}/${item.code}/${item.due ?? ''}`}>
            <DueRow item={item} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function DueRow({ item }: { item: WorkItem }) {
  const w = desk.value.work;
  return (
    <a class="due-row" href={`${fileHref(item.collection, item.code)}${formOf(item.kind)}`}>
      <LightText light={item.light} />
      <span class="due-kind">{optionName(forms.value?.work, item.kind)}</span>
      <span class="due-what">
        <strong>{item.title || item.code}</strong>
        <span class="hint">
          {[
            item.title === '' || item.title === item.code ? '' : item.code,
            nameIn('areas', item.area),
            item.amount_wan ? w.toPay(fmt.value.money(item.amount_wan)) : '',
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </span>
      <span class="due-days">
        <strong>{dueText(item.days_left, w.due, fmt.value.int)}</strong>
        {item.due && <span class="hint">{fmt.value.date(item.due)}</span>}
        {causeOf(item) && <span class="cause">{causeOf(item)}</span>}
      </span>
    </a>
  );
}

// A red light is told by its lateness; where that is not the reason, in a word.
function causeOf(item: WorkItem): string {
  const w = desk.value.work.causes;
  if (item.cause && item.cause !== 'overdue') return w[item.cause];
  if ((item.extended ?? 0) >= 2) return w.extended(fmt.value.int(item.extended ?? 0));
  if (item.light !== 'red' || (item.days_left ?? 0) < 0) return '';
  return item.kind === 'unvisited' ? w.unvisited : '';
}
