import '../styles/print.css';
import '../styles/printsheet.css';
import { useSignal, useSignalEffect } from '@preact/signals';
import { createPortal } from 'preact/compat';
import { useEffect, useRef } from 'preact/hooks';
import { isAbort } from '../api.ts';
import type { MapView } from '../map/mapview.ts';
import { asProblem, problemText } from '../store/server.ts';
import { view } from '../store/view.ts';
import { frame, heading, onScreen, paper, printWords, ratio, scale, screen, title, turn } from './choice.ts';
import { boxIn } from './frame.ts';
import { PAPERS, SCALES, TURNS } from './layout.ts';
import { draw, type Drawn } from './make.ts';
import { Preview } from './preview.tsx';

const MOST_TITLE = 60;

/** Chooses paper, scale and title of a sheet, and makes it. map = null: this browser draws none. */
export function PrintPanel({ map }: { map: MapView | null }) {
  const w = printWords.value;
  const busy = useSignal(false);
  const trouble = useSignal('');
  const drawn = useSignal<Drawn | null>(null);
  const running = useRef<AbortController | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => () => running.current?.abort(), []);
  const make = async () => {
    const f = frame.peek();
    if (!f || busy.peek()) return;
    const mine = new AbortController();
    running.current = mine;
    busy.value = true;
    trouble.value = '';
    try {
      drawn.value = await draw(map, f, mine.signal);
    } catch (err) {
      if (!mine.signal.aborted && !isAbort(err)) trouble.value = w.failed(problemText(asProblem(err)));
    } finally {
      busy.value = false;
    }
  };
  const f = frame.value;
  return (
    <form
      class="tool-body print-form"
      aria-busy={busy.value}
      onSubmit={(e) => {
        e.preventDefault();
        void make();
      }}
    >
      <Choice name="paper" label={w.paper} all={PAPERS} names={w.papers} now={paper} />
      <Choice name="turn" label={w.turn} all={TURNS} names={w.turns} now={turn} />
      <div class="facet">
        <label class="facet-name" for="print-scale">
          {w.scale}
        </label>
        <select
          id="print-scale"
          name="print-scale"
          value={String(scale.value)}
          onChange={(e) => {
            const chosen = e.currentTarget.value;
            scale.value = chosen === 'fit' ? 'fit' : Number(chosen);
          }}
        >
          <option value="fit">{w.fit(f && scale.value === 'fit' ? ratio(f.scale) : '…')}</option>
          {SCALES.map((s) => (
            <option key={s} value={String(s)}>
              {ratio(s)}
            </option>
          ))}
        </select>
      </div>
      <div class="facet">
        <label class="facet-name" for="print-title">
          {w.title}
        </label>
        <input
          id="print-title"
          name="print-title"
          type="text"
          maxLength={MOST_TITLE}
          value={title.value}
          placeholder={title.value === '' ? heading.value : ''}
          onInput={(e) => {
            title.value = e.currentTarget.value;
          }}
        />
      </div>
      <p class="hint">{map ? w.hint : w.hintPlain}</p>
      {trouble.value && <p role="alert">{trouble.value}</p>}
      <div class="tool-foot">
        <span class="hint" role="status">
          {busy.value ? w.making : ''}
        </span>
        <button ref={button} type="submit" class="primary" disabled={busy.value || !f}>
          {w.make}
        </button>
      </div>
      {map && <FrameOnMap />}
      {drawn.value && (
        <Preview
          drawn={drawn.value}
          close={() => {
            drawn.value = null;
          }}
          gone={() => button.current?.focus()}
        />
      )}
    </form>
  );
}

interface ChoiceProps<T extends string> {
  name: string;
  label: string;
  all: readonly T[];
  names: Readonly<Record<T, string>>;
  now: { value: T };
}

function Choice<T extends string>({ name, label, all, names, now }: ChoiceProps<T>) {
  return (
    <fieldset class="print-choice">
      <legend class="facet-name">{label}</legend>
      <div class="tool-tabs">
        {all.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name={`print-${name}`}
              value={one}
              checked={now.value === one}
              onChange={() => {
                now.value = one;
              }}
            />
            <span>{names[one]}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** The sheet's frame over the map. */
function FrameOnMap() {
  const region = document.querySelector<HTMLElement>('.map-region');
  useEffect(() => {
    if (!region) return;
    const watch = new ResizeObserver(() => {
      screen.value = { width: region.clientWidth, height: region.clientHeight };
    });
    watch.observe(region);
    return () => watch.disconnect();
  }, [region]);
  const box = useRef<HTMLDivElement>(null);
  useSignalEffect(() => {
    const f = frame.value;
    const { camera } = view.value;
    if (!box.current || !f || !camera) return;
    const at = onScreen(boxIn(f), camera, screen.value);
    Object.assign(box.current.style, {
      left: `${at.left}px`,
      top: `${at.top}px`,
      width: `${at.width}px`,
      height: `${at.height}px`,
    });
  });
  return region && createPortal(<div ref={box} class="print-frame" aria-hidden="true" />, region);
}
