import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { areaOf, lengthOf, type LngLat } from '../coords/ellipsoid.ts';
import { sexagesimal, written } from '../coords/write.ts';
import { MU_M2 } from '../map/options.ts';
import { type Drawing, type Shape, Sketch } from '../map/sketch.ts';
import { lang } from '../store/view.ts';
import type { ToolProps } from './tools.tsx';
import { toolsWords } from './words.ts';

const SHAPES: readonly Shape[] = ['point', 'line', 'polygon'];

/** Length, area and coordinates of what is drawn on the map. */
export function MeasureTool({ map }: ToolProps) {
  const w = toolsWords.value.measure;
  const shape = useSignal<Shape>('polygon');
  const drawing = useSignal<Drawing | null>(null);
  const copied = useSignal('');
  const begin = (s: Shape) => {
    shape.value = s;
    map.sketch(Sketch).begin(s, (d) => {
      drawing.value = d;
    });
  };
  useEffect(() => {
    begin(shape.peek());
    return () => map.sketch(Sketch).keep(null);
  }, []);
  const copy = async (text: string) => {
    try {
      await navigator.clipboard.writeText(text);
      copied.value = toolsWords.value.copied(text);
    } catch {
      copied.value = toolsWords.value.copyFailed;
    }
  };
  const d = drawing.value;
  const corners = d?.corners ?? [];
  return (
    <div class="tool-body">
      <fieldset class="tool-tabs">
        <legend class="unseen">{toolsWords.value.titles.measure}</legend>
        {SHAPES.map((s) => (
          <label key={s}>
            <input type="radio" name="measure" checked={shape.value === s} onChange={() => begin(s)} />
            <span>{w[s]}</span>
          </label>
        ))}
      </fieldset>
      <p class="hint">{w.hint[shape.value]}</p>
      {shape.value === 'point' ? (
        corners[0] && <Place at={corners[0]} copy={copy} />
      ) : (
        <Sizes shape={shape.value} corners={corners} copy={copy} />
      )}
      <div class="tool-foot">
        {shape.value !== 'point' && !d?.done && (
          <>
            <button type="button" class="plain" onClick={() => map.sketch(Sketch).back()}>
              {w.back}
            </button>
            <button type="button" class="primary" onClick={() => map.sketch(Sketch).finish()}>
              {w.finish}
            </button>
          </>
        )}
        {d?.done && (
          <button type="button" class="primary" onClick={() => begin(shape.value)}>
            {w.again}
          </button>
        )}
      </div>
      <p class="hint" role="status">
        {copied.value}
      </p>
      {shape.value !== 'point' && <p class="hint">{w.basis}</p>}
    </div>
  );
}

interface CopyProps {
  copy: (text: string) => void;
}

function Sizes({ shape, corners, copy }: CopyProps & { shape: Shape; corners: readonly LngLat[] }) {
  const w = toolsWords.value.measure;
  const number = (n: number, digits: number) =>
    new Intl.NumberFormat(lang.value, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }).format(n);
  if (shape === 'line') {
    const m = lengthOf(corners);
    return (
      <Value name={w.length} text={`${number(m, 2)} ${w.m}`} raw={m.toFixed(2)} id="length" copy={copy} />
    );
  }
  // All figures stand there from the beginning: a panel that grows would cover the next corner.
  const m2 = areaOf(corners);
  const round = lengthOf([...corners, ...corners.slice(0, 1)]);
  return (
    <div class="measured-all">
      <Value name={w.area} text={`${number(m2, 2)} ${w.m2}`} raw={m2.toFixed(2)} id="m2" copy={copy} />
      <Value
        name=""
        text={`${number(m2 / MU_M2, 4)} ${w.mu}`}
        raw={(m2 / MU_M2).toFixed(4)}
        id="mu"
        copy={copy}
      />
      <Value
        name=""
        text={`${number(m2 / 10_000, 4)} ${w.ha}`}
        raw={(m2 / 10_000).toFixed(4)}
        id="ha"
        copy={copy}
      />
      <Value
        name={w.perimeter}
        text={`${number(round, 2)} ${w.m}`}
        raw={round.toFixed(2)}
        id="perimeter"
        copy={copy}
      />
    </div>
  );
}

function Place({ at, copy }: CopyProps & { at: LngLat }) {
  const w = toolsWords.value.measure;
  const dms = sexagesimal(at);
  return (
    <>
      {written(at).map(({ notation, text, zone }) => (
        <Value
          key={notation}
          name={zone === undefined ? w.notations[notation] : `${w.notations[notation]} ${w.zone(zone)}`}
          text={text.replace(/^\w+ /, '')}
          raw={text}
          id={notation}
          copy={copy}
        />
      ))}
      <Value name={w.dms} text={dms} raw={dms} id="dms" copy={copy} />
    </>
  );
}

function Value(p: CopyProps & { name: string; text: string; raw: string; id: string }) {
  return (
    <div class="measured" data-measured={p.id} data-raw={p.raw}>
      <span class="measured-name">{p.name}</span>
      <output>{p.text}</output>
      <button
        type="button"
        class="plain"
        onClick={() => p.copy(p.raw)}
        aria-label={`${toolsWords.value.copy} ${p.text}`}
      >
        {toolsWords.value.copy}
      </button>
    </div>
  );
}
