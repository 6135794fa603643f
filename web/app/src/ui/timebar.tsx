import { batch, useComputed, useSignal, useSignalEffect } from '@preact/signals';
import type { TargetedKeyboardEvent } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { MapWords } from '../i18n/map.zh.ts';
import {
  type Day,
  dayOf,
  isoOf,
  monthAt,
  type Span,
  stopAt,
  stopFrom,
  stops,
  TODAY,
  widen,
} from '../map/days.ts';
import type { MapView } from '../map/mapview.ts';
import { archive } from '../store/archive.ts';
import { cellsShown } from '../store/camera.ts';
import { dayShown, lastDay, shownDay } from '../store/day.ts';
import { fmt } from '../store/server.ts';
import { go, view } from '../store/view.ts';

interface Props {
  readonly map: MapView;
  readonly words: MapWords['time'];
  readonly close: () => void;
  /** Takes the focus when it comes. */
  readonly focus: boolean;
}

const YEAR = 12;
// The arrows, too: the slider would step from the stop before the day, not from the day.
const STEPS: Readonly<Record<string, number>> = {
  PageUp: -YEAR,
  PageDown: YEAR,
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
};
// What is asked for before that is a slip of the keys.
const FIRST = '1900-01-01';
// A month a beat; for readers who want little motion a year at a time, slowly.
const BEAT_MS = 220;
const CALM_BEAT_MS = 1_200;
// A map that is not drawn by then is not waited for.
const DRAWN_MS = 2_000;

/** The time line: month by month from the first move that the tiles tell of to the last, and to today. */
export function TimeBar({ map, words: w, close, focus }: Props) {
  const slider = useRef<HTMLInputElement>(null);
  const start = useMemo(() => map.span(), [map]);
  const span = useSignal<Span | null>(start);
  const playing = useSignal(false);
  const bars = useSignal<typeof import('../tools/histogram.tsx') | null>(null);
  const today = dayOf(lastDay());
  const chosen = dayOf(shownDay.value);
  const shown = chosen === TODAY ? today : chosen;
  const told = span.value && widen(span.value, bars.value?.span.value ?? null);
  const known = chosen === TODAY ? told : widen(told, { first: shown, last: shown });
  const all = stops(known, today);
  const at = stopAt(all, shown);
  const last = all.length - 1;

  useEffect(() => {
    if (focus) slider.current?.focus();
    let here = true;
    // An archive has no rows to count. Without its bars the line does what it did.
    if (!archive.peek())
      import('../tools/histogram.tsx').then(
        (found) => {
          if (here) bars.value = found;
        },
        () => {},
      );
    return () => {
      here = false;
    };
  }, []);
  const camera = useComputed(() => view.value.camera);
  useSignalEffect(() => {
    if (!camera.value) return;
    let here = true;
    const look = () => {
      if (here) span.value = widen(span.peek(), map.span());
    };
    look();
    // Tiles may still be on their way.
    void map.settled(3 * DRAWN_MS).then(look);
    return () => {
      here = false;
    };
  });

  const showDay = (day: Day) => go({ date: day === today ? null : isoOf(day) }, 'later');
  const show = (i: number) => showDay(all[Math.max(0, Math.min(i, last))] ?? today);
  const step = (by: number) => {
    playing.value = false;
    const day = stopFrom(all, shown, by);
    if (day !== null) showDay(day);
  };
  // What a beat of the play does, with what is shown then.
  const beat = useRef(() => {});
  beat.current = () => {
    show(at + (calm() ? YEAR : 1));
    if (at + (calm() ? YEAR : 1) >= last) playing.value = false;
  };
  useSignalEffect(() => {
    if (!playing.value) return;
    let on = true;
    const run = async () => {
      while (on) {
        await Promise.all([map.settled(DRAWN_MS), wait(calm() ? CALM_BEAT_MS : BEAT_MS)]);
        if (on) beat.current();
      }
    };
    void run();
    return () => {
      on = false;
    };
  });
  const play = () =>
    batch(() => {
      if (!playing.value) show(at === last ? 0 : at + 1);
      playing.value = !playing.value;
    });
  const onKey = (e: TargetedKeyboardEvent<HTMLInputElement>) => {
    const by = STEPS[e.key];
    if (by === undefined && e.key !== ' ') return;
    e.preventDefault();
    if (by === undefined) play();
    else step(by);
  };

  const text = shown === today && !archive.value ? w.today : fmt.value.date(isoOf(shown));
  const idle = last === 0;
  const Bars = bars.value?.Bars;
  return (
    <section class="timebar" aria-label={w.title}>
      <div class="timebar-steps">
        <Tool
          label={w.back}
          path="M10 3.500 5.500 8l4.500 4.500"
          off={stopFrom(all, shown, -1) === null}
          act={() => step(-1)}
        />
        <Tool
          label={playing.value ? w.pause : w.play}
          path={playing.value ? 'M5.500 3.500v9M10.500 3.500v9' : 'M5 3l8 5-8 5z'}
          off={idle}
          act={play}
        />
        <Tool
          label={w.forth}
          path="M6 3.500 10.500 8 6 12.500"
          off={stopFrom(all, shown, 1) === null}
          act={() => step(1)}
        />
      </div>
      <output class="unseen" aria-live={playing.value ? 'off' : 'polite'}>
        {text}
      </output>
      <input
        class="timebar-day"
        type="date"
        min={FIRST}
        max={isoOf(today)}
        value={isoOf(shown)}
        aria-label={w.day}
        title={w.day}
        onChange={(e) => {
          // A year that is still being typed is no day to go to.
          if (!e.currentTarget.validity.valid) return;
          playing.value = false;
          go({ date: dayShown(e.currentTarget.value || null) });
        }}
      />
      <div class="timebar-line">
        {Bars && <Bars all={all} at={monthAt(all, shown)} show={show} />}
        <input
          ref={slider}
          type="range"
          min={0}
          max={last}
          step={1}
          value={at}
          disabled={idle}
          aria-label={w.slider}
          aria-valuetext={text}
          aria-describedby={Bars && 'bars-now'}
          onInput={(e) => {
            playing.value = false;
            show(e.currentTarget.valueAsNumber);
          }}
          onKeyDown={onKey}
        />
        <Years all={all} />
      </div>
      <Tool
        label={archive.value ? w.closeArchive : w.close}
        path="M3.500 3.500l9 9M12.500 3.500l-9 9"
        off={false}
        act={close}
      />
      {idle && <p class="timebar-note">{w.none}</p>}
      {shown !== today && <p class="timebar-note">{cellsShown.value ? w.cells : w.shape}</p>}
    </section>
  );
}

function Tool(p: { label: string; path: string; off: boolean; act: () => void }) {
  return (
    <button type="button" aria-label={p.label} title={p.label} disabled={p.off} onClick={p.act}>
      <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
        <path d={p.path} />
      </svg>
    </button>
  );
}

// A number at the first stop of each year, as far as they do not crowd.
function Years({ all }: { all: readonly Day[] }) {
  const firsts = all.flatMap((day, i) => {
    const year = isoOf(day).slice(0, 4);
    return i === 0 || isoOf(all[i - 1] ?? day).slice(0, 4) !== year ? [{ year, i }] : [];
  });
  const every = Math.ceil(firsts.length / 6);
  return (
    <div class="timebar-years" aria-hidden="true">
      {firsts
        .filter((_, n) => n % every === 0)
        .map(({ year, i }) => (
          <span key={year} style={{ '--at': i / Math.max(1, all.length - 1) }}>
            {year}
          </span>
        ))}
    </div>
  );
}

function calm(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

function wait(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
