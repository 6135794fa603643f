import { useComputed, useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { MapView } from '../map/mapview.ts';
import { hasWebgl2 } from '../map/webgl.ts';
import { archiveAsked, liveHref } from '../store/archive.ts';
import { asProblem, problemText } from '../store/server.ts';
import { words } from '../store/view.ts';
import { sheetStop } from './sheet.tsx';
import { ToolBar } from './toolbar.tsx';

interface Props {
  /** What lies over the map instead of all that there is. */
  over?: ComponentType<{ map: MapView }>;
  /** What is left to the reader without a map. */
  without?: string;
}

/** The map, where the browser can draw one; else a clear word, and the list does the work. */
export function MapCanvas({ over: Plain, without }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const over = useSignal<{ map: MapView; Over: ComponentType<{ map: MapView }> } | null>(null);
  const state = useSignal<'loading' | 'ready' | 'none'>('loading');
  const failure = useSignal('');
  const w = useComputed(() => words.value);

  useEffect(() => {
    const stop = new AbortController();
    let end = () => {};
    const start = async () => {
      if (!box.current) return;
      if (!hasWebgl2()) {
        state.value = 'none';
        // The list does the work: on a phone it is in view.
        if (!Plain && sheetStop.peek() === 'peek') sheetStop.value = 'half';
        return;
      }
      try {
        const { connect, MapOver, open } = await import('./standing.ts');
        const map = await open(box.current, stop.signal);
        await map.ready();
        if (stop.signal.aborted) return map.remove();
        end = connect(map);
        over.value = { map, Over: Plain ?? MapOver };
        state.value = 'ready';
      } catch (err) {
        if (stop.signal.aborted) return;
        failure.value = problemText(asProblem(err));
        state.value = 'none';
      }
    };
    void start();
    return () => {
      stop.abort();
      end();
      over.value?.map.remove();
      over.value = null;
    };
  }, []);

  return (
    <>
      <div ref={box} class="map-box" data-state={state.value} />
      {state.value === 'loading' && <p class="map-word">{w.value.loadingMap}</p>}
      {state.value === 'none' && (
        <div class="map-word failed" role="alert">
          <strong>{w.value.mapFailed}</strong>
          <span>{failure.value || (without ?? w.value.noWebgl)}</span>
          {archiveAsked.value !== null && <a href={liveHref()}>{w.value.liveMap}</a>}
        </div>
      )}
      {state.value === 'none' && !Plain && <ToolBar map={null} />}
      {over.value && <over.value.Over map={over.value.map} />}
    </>
  );
}
