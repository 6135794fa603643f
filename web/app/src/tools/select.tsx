import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { CollectionName } from '../catalogue.gen.ts';
import { askedOf, mapped } from '../store/matches.ts';
import { Sketch } from '../map/sketch.ts';
import { revision } from '../store/live.ts';
import { api, fmt } from '../store/server.ts';
import { go, view, words } from '../store/view.ts';
import type { Counts } from '../types.ts';
import { useLoaded } from './loaded.ts';
import { polygon, withinOf } from './pick.tsx';
import { Sums } from './sums.tsx';
import type { ToolProps } from './tools.tsx';
import { toolsWords } from './words.ts';

/** How much of everything lies in a polygon that is drawn on the map. */
export function SelectTool({ map }: ToolProps) {
  const w = toolsWords.value;
  const done = useSignal(polygon.peek() !== null);
  const begin = () => {
    polygon.value = null;
    done.value = false;
    map.sketch(Sketch).begin('polygon', (d) => {
      done.value = d.done;
      if (d.done) polygon.value = d.corners;
    });
  };
  useEffect(() => {
    const kept = polygon.peek();
    if (kept) map.sketch(Sketch).keep({ shape: 'polygon', corners: kept, done: true });
    else begin();
    return () => {
      if (!polygon.peek()) map.sketch(Sketch).keep(null);
    };
  }, []);
  const counts = useLoaded<readonly (readonly [CollectionName, Counts])[]>(
    () => polygon.value && JSON.stringify([polygon.value, view.value.filter, mapped.value, revision.value]),
    (signal) =>
      Promise.all(
        mapped
          .peek()
          .map(
            async (c) =>
              [c, await api.counts(c, { ...askedOf(c), ...withinOf(polygon.peek()) }, signal)] as const,
          ),
      ),
  );
  const { value, loading, trouble } = counts.value;
  return (
    <div class="tool-body" aria-busy={loading}>
      <p class="hint">{w.select.hint}</p>
      {!done.value && <p class="hint">{w.measure.hint.polygon}</p>}
      {trouble && <p role="alert">{trouble}</p>}
      {value?.map(([c, found]) => (
        <section key={c} class="selected" data-selected={c} data-matched={found.matched}>
          <h3>
            {words.value.things[c]} <b>{fmt.value.int(found.matched)}</b>
          </h3>
          {found.matched > 0 && <Sums of={c} counts={found} />}
        </section>
      ))}
      <div class="tool-foot">
        {done.value ? (
          <>
            <button type="button" class="plain" onClick={() => go({ tool: 'table' })}>
              {w.select.table}
            </button>
            <button type="button" class="primary" onClick={begin}>
              {w.measure.again}
            </button>
          </>
        ) : (
          <>
            <button type="button" class="plain" onClick={() => map.sketch(Sketch).back()}>
              {w.measure.back}
            </button>
            <button type="button" class="primary" onClick={() => map.sketch(Sketch).finish()}>
              {w.measure.finish}
            </button>
          </>
        )}
      </div>
    </div>
  );
}
