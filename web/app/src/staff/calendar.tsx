import { useSignal } from '@preact/signals';
import type { TargetedKeyboardEvent } from 'preact';
import type { Problem } from '../api.ts';
import { asProblem, fmt } from '../store/server.ts';
import { lang } from '../store/view.ts';
import { Form } from '../ui/form.tsx';
import { addDays, today } from './days.ts';
import { desk } from './deskwords.ts';
import { filtersOf, setFilters } from './filters.tsx';
import type { Values } from './formvalues.ts';
import { zone } from './speech.ts';
import { Failure } from './table.tsx';
import { useSetting } from './tagged.ts';
import type { InputField } from './types.ts';
import { countDays, type DayKind, daysOf, type Month, type SetDay, usualKind, yearOf } from './yeardays.ts';

/** The year with its holidays and worked weekends; deadlines in working days are counted by it. */
export function Calendar() {
  const w = desk.value.calendar;
  const setting = useSetting<{ days: SetDay[] | null }>('/api/calendar');
  const { said, error, read } = setting;
  const now = today(zone());
  const { year: asked = '', day = '' } = filtersOf(['year', 'day']);
  const year = /^\d{4}$/.test(asked) ? Number(asked) : Number(now.slice(0, 4));
  const write = async (days: readonly SetDay[]) => {
    await setting.write({ days });
    const to = days[0]?.day.slice(0, 4) ?? '';
    setFilters({ day: '', ...(to === '' || to === String(year) ? {} : { year: to }) });
  };
  const set = said.value?.body.days ?? [];
  const months = yearOf(year, set);
  const counts = countDays(months);
  return (
    <div class="calendar">
      <div class="filter-row">
        <div class="year-steps">
          <button type="button" class="second square" aria-label={w.before} onClick={() => toYear(year - 1)}>
            ‹
          </button>
          <h2>{w.year(String(year))}</h2>
          <button type="button" class="second square" aria-label={w.after} onClick={() => toYear(year + 1)}>
            ›
          </button>
        </div>
        <p class="matched" role="status">
          {said.value
            ? w.counts(
                fmt.value.int(counts.work + counts.makeup),
                fmt.value.int(counts.holiday),
                fmt.value.int(counts.makeup),
              )
            : '…'}
        </p>
        <Legend />
      </div>
      {error.value && <Failure error={error.value} retry={() => void read()} />}
      <div class="calendar-body">
        <YearGrid months={months} year={year} chosen={day} today={now} />
        <aside class="calendar-side">
          <DayForm key={`${day}/${said.value?.etag ?? ''}`} day={day} set={set} write={write} reload={read} />
          <SetDays year={year} set={set} write={write} reload={read} />
        </aside>
      </div>
    </div>
  );
}

function toYear(year: number): void {
  setFilters({ year: String(year), day: '' });
}

function Legend() {
  const kinds = desk.value.calendar.kinds;
  return (
    <ul class="calendar-key">
      {(['holiday', 'makeup'] as const).map((k) => (
        <li key={k}>
          <span class={`day-box ${k}`} aria-hidden="true">
            {MARKS[k]}
          </span>
          {kinds[k]}
        </li>
      ))}
    </ul>
  );
}

// As printed calendars mark them: 休 for a day off by notice, 班 for a weekend that is worked.
const MARKS: Readonly<Record<DayKind, string>> = { work: '', weekend: '', holiday: '休', makeup: '班' };

function YearGrid(p: { months: readonly Month[]; year: number; chosen: string; today: string }) {
  const names = new Intl.DateTimeFormat(lang.value, { month: 'long', timeZone: 'UTC' });
  const all = p.months.flat(2).flatMap((d) => (d ? [d.day] : []));
  const stop = all.includes(p.chosen) ? p.chosen : all.includes(p.today) ? p.today : (all[0] ?? '');
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the days inside take the keys, this walks between them
    <div class="year" onKeyDown={(e) => walk(e, p.year)}>
      {p.months.map((month, i) => (
        <MonthGrid
          key={names.format(Date.UTC(p.year, i, 1))}
          month={month}
          stop={stop}
          {...p}
          name={names.format(Date.UTC(p.year, i, 1))}
        />
      ))}
    </div>
  );
}

function MonthGrid(p: { month: Month; name: string; stop: string; chosen: string; today: string }) {
  const w = desk.value.calendar;
  return (
    <table class="month">
      <caption>{p.name}</caption>
      <thead>
        <tr>
          {w.weekdays.map((d) => (
            <th key={d} scope="col">
              {d}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {p.month.map((week) => (
          <tr key={week.find((d) => d)?.day}>
            {week.map((d, i) =>
              d ? (
                <td key={d.day}>
                  <button
                    type="button"
                    class={`day-box ${d.kind}${d.day === p.today ? ' today' : ''}`}
                    data-day={d.day}
                    tabIndex={d.day === p.stop ? 0 : -1}
                    aria-pressed={d.day === p.chosen}
                    title={d.name || undefined}
                    onClick={() => setFilters({ day: d.day === p.chosen ? '' : d.day })}
                  >
                    {d.date}
                    <span class="unseen">
                      {' '}
                      {fmt.value.date(d.day)} {w.kinds[d.kind]} {d.name}
                    </span>
                    {MARKS[d.kind] && <small aria-hidden="true">{MARKS[d.kind]}</small>}
                  </button>
                </td>
              ) : (
                <td key={i} />
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

// Arrows go day by day and week by week, within the year.
function walk(e: TargetedKeyboardEvent<HTMLDivElement>, year: number): void {
  const at = e.target instanceof HTMLElement ? e.target.dataset.day : undefined;
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[e.key];
  if (!at || step === undefined || e.altKey || e.ctrlKey || e.metaKey) return;
  e.preventDefault();
  const to = addDays(at, step);
  if (!to.startsWith(String(year))) return;
  e.currentTarget.querySelector<HTMLElement>(`[data-day="${to}"]`)?.focus();
}

function DayForm(p: {
  day: string;
  set: readonly SetDay[];
  write(days: readonly SetDay[]): Promise<void>;
  reload(): Promise<void>;
}) {
  const w = desk.value.calendar;
  const known = p.set.find((d) => d.day === p.day);
  const inputs: readonly InputField[] = [
    { name: 'from', type: 'date', zh: w.from, en: w.from, required: true, value: p.day },
    { name: 'to', type: 'date', zh: w.to, en: w.to },
    {
      name: 'works',
      type: 'string',
      zh: w.is,
      en: w.is,
      required: true,
      options: [
        { code: 'false', zh: w.off, en: w.off },
        { code: 'true', zh: w.on, en: w.on },
      ],
      value: known ? String(known.works) : p.day === '' ? '' : String(usualKind(p.day) !== 'work'),
    },
    { name: 'name', type: 'string', zh: w.name, en: w.name, value: known?.name ?? '' },
  ];
  const save = async (values: Values) => {
    const { from = '', to = '', works = '', name = '' } = values;
    await p.write(daysOf(from, to || from).map((day) => ({ day, works: works === 'true', name })));
  };
  return (
    <section class="box day-form" aria-label={w.setTitle}>
      <div class="box-head">
        <h2>{w.setTitle}</h2>
      </div>
      <Form inputs={inputs} label={w.save} submit={save} reload={p.reload} />
    </section>
  );
}

function SetDays(p: {
  year: number;
  set: readonly SetDay[];
  write(days: readonly SetDay[]): Promise<void>;
  reload(): Promise<void>;
}) {
  const w = desk.value.calendar;
  const error = useSignal<Problem | null>(null);
  const own = p.set.filter((d) => d.day.startsWith(String(p.year)));
  const remove = async (d: SetDay) => {
    error.value = null;
    try {
      await p.write([{ day: d.day, works: usualKind(d.day) === 'work', name: '' }]);
    } catch (err) {
      error.value = asProblem(err);
    }
  };
  return (
    <section class="box" aria-label={w.list}>
      <div class="box-head">
        <h2>{w.list}</h2>
        <span class="hint">{fmt.value.int(own.length)}</span>
      </div>
      {error.value && <Failure error={error.value} retry={() => void p.reload()} />}
      {own.length === 0 && <p class="empty">{w.none}</p>}
      <ul class="set-days">
        {own.map((d) => (
          <li key={d.day} data-day={d.day}>
            <span class={`day-box ${d.works ? 'makeup' : 'holiday'}`} aria-hidden="true">
              {d.works ? MARKS.makeup : MARKS.holiday}
            </span>
            <span>
              {fmt.value.date(d.day)} <span class="hint">{d.works ? w.on : w.off}</span>
              {d.name && <> · {d.name}</>}
            </span>
            <button type="button" class="plain" onClick={() => void remove(d)}>
              {w.remove}
              <span class="unseen"> {d.day}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
