import { useSignal } from '@preact/signals';
import { createPortal } from 'preact/compat';
import { useEffect, useRef } from 'preact/hooks';
import { dayOf } from '../map/days.ts';
import { openSecond } from '../map/second.ts';
import { dayShown, lastDay, shownDay } from '../store/day.ts';
import { asProblem, fmt, problemText } from '../store/server.ts';
import { go, view } from '../store/view.ts';
import type { ToolProps } from './tools.tsx';
import { toolsWords } from './words.ts';

/** Two days of the land side by side, in maps that move together. */
export function CompareTool({ map }: ToolProps) {
  const w = toolsWords.value.compare;
  const box = useRef<HTMLDivElement>(null);
  const trouble = useSignal('');
  useEffect(() => {
    const stop = new AbortController();
    let end = () => {};
    const start = async () => {
      if (!box.current) return;
      try {
        const close = await openSecond(box.current, map, () => dayOf(dayShown(view.value.with)), stop.signal);
        if (stop.signal.aborted) close();
        else end = close;
      } catch (err) {
        if (!stop.signal.aborted) trouble.value = problemText(asProblem(err));
      }
    };
    void start();
    return () => {
      stop.abort();
      end();
    };
  }, []);
  const date = shownDay.value;
  const other = dayShown(view.value.with);
  const named = (day: string | null) => (day === null ? w.now : fmt.value.date(day));
  const region = document.querySelector('.map-region');
  return (
    <div class="tool-body">
      <DayField name="left" label={w.left} value={date} change={(day) => go({ date: day })} />
      <DayField name="right" label={w.right} value={other} change={(day) => go({ with: day })} />
      <p class="hint">{w.hint}</p>
      {trouble.value && <p role="alert">{trouble.value}</p>}
      {region &&
        createPortal(
          <>
            <p class="compare-day compare-left">{named(date)}</p>
            <section class="compare-box" aria-label={w.map(named(other))}>
              <div ref={box} class="compare-map" />
              <p class="compare-day">{named(other)}</p>
            </section>
          </>,
          region,
        )}
    </div>
  );
}

interface DayProps {
  name: string;
  label: string;
  value: string | null;
  change: (day: string | null) => void;
}

function DayField({ name, label, value, change }: DayProps) {
  const w = toolsWords.value.compare;
  return (
    <div class="facet">
      <label class="facet-name" for={`compare-${name}`}>
        {label}
      </label>
      <div class="compare-field">
        <input
          id={`compare-${name}`}
          name={`compare-${name}`}
          type="date"
          max={lastDay()}
          value={value ?? ''}
          onChange={(e) => change(e.currentTarget.value || null)}
        />
        <button type="button" class="chip" aria-pressed={value === null} onClick={() => change(null)}>
          {w.today}
        </button>
      </div>
    </div>
  );
}
