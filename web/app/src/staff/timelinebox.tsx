import { useSignal } from '@preact/signals';
import { fmt } from '../store/server.ts';
import { MachineBadge } from '../ui/swatch.tsx';
import type { OpenFile } from './file.ts';
import { speechOf } from './speech.ts';
import { PartFault } from './partfault.tsx';
import { staffWords } from './store.ts';
import { MACHINE_OF_THING, type ThingName } from './things.ts';
import { type DayOfEntries, type Entry, type Line, timeline } from './timeline.ts';

const DAYS = 12;

/** What happened to the thing, day by day: who, why, and what changed. */
export function TimelineBox({ f }: { f: OpenFile }) {
  const w = staffWords.value.time;
  const only = useSignal<'all' | 'moves' | 'rest'>('all');
  const most = useSignal(DAYS);
  const events = f.events.filter(
    (e) => only.value === 'all' || (e.verb === 'moved') === (only.value === 'moves'),
  );
  const days = timeline(events, speechOf(f.thing));
  const shown = days.slice(0, most.value);
  return (
    <section class="box" aria-labelledby="timeline-title">
      <div class="box-head">
        <h2 id="timeline-title">{w.title}</h2>
        <span class="spring" />
        <fieldset class="modes">
          <legend class="unseen">{w.only}</legend>
          {(['all', 'moves', 'rest'] as const).map((k) => (
            <label key={k} class="mode">
              <input
                type="radio"
                name="timeline-only"
                checked={only.value === k}
                onChange={() => {
                  only.value = k;
                }}
              />
              <span>{w[k]}</span>
            </label>
          ))}
        </fieldset>
      </div>
      <PartFault f={f} part="events" />
      {days.length === 0 && !f.faults.events && <p class="empty">{w.none}</p>}
      <ol class="timeline">
        {shown.map((d) => (
          <TimelineDay key={d.day} thing={f.thing} day={d} />
        ))}
      </ol>
      {days.length > most.value && (
        <button
          type="button"
          class="plain"
          onClick={() => {
            most.value += DAYS;
          }}
        >
          {w.older(Math.min(DAYS, days.length - most.value))}
        </button>
      )}
    </section>
  );
}

function TimelineDay({ thing, day }: { thing: ThingName; day: DayOfEntries }) {
  return (
    <li class="timeline-day">
      <h3>
        <time dateTime={day.day}>{fmt.value.date(day.day)}</time>
      </h3>
      <ol>
        {day.entries.map((e) => (
          <TimelineEntry key={e.key} thing={thing} e={e} />
        ))}
      </ol>
    </li>
  );
}

function TimelineEntry({ thing, e }: { thing: ThingName; e: Entry }) {
  const w = staffWords.value.time;
  return (
    <li class="entry" data-verb={e.verb}>
      <div class="entry-title">
        {e.to === '' ? (
          <span>{e.title}</span>
        ) : (
          <>
            {e.from !== '' && (
              <>
                <MachineBadge machine={MACHINE_OF_THING[thing]} code={e.from} />
                <span aria-hidden="true">→</span>
              </>
            )}
            <MachineBadge machine={MACHINE_OF_THING[thing]} code={e.to} />
          </>
        )}
      </div>
      {e.reason !== '' && <p class="entry-reason">{w.reason(e.reason)}</p>}
      {e.lines.length > 0 && (
        <dl class="entry-lines">
          {e.lines.map((l) => (
            <EntryLine key={l.label} l={l} />
          ))}
        </dl>
      )}
      <p class="hint">
        {e.who !== '' && <span title={e.login}>{w.by(e.who)}</span>}
        {e.late && <span> · {w.late(fmt.value.moment(e.at))}</span>}
      </p>
    </li>
  );
}

function EntryLine({ l }: { l: Line }) {
  const w = staffWords.value.time;
  return (
    <div>
      <dt>{l.label}</dt>
      <dd>
        {l.was !== undefined && (
          <>
            <del>{l.was || w.empty}</del> <span aria-hidden="true">→</span>{' '}
          </>
        )}
        {l.was === undefined ? l.text : <ins>{l.text || w.empty}</ins>}
      </dd>
    </div>
  );
}
