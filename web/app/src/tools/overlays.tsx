import { useEffect } from 'preact/hooks';
import { room } from '../map/home.ts';
import { type Overlay, sourceOf, titleOf } from '../map/overlaylook.ts';
import { here, known, listOverlays, lookAtMiddle, overlaysTrouble } from '../map/overlaystate.ts';
import type { MapView } from '../map/mapview.ts';
import { go, lang, view } from '../store/view.ts';
import { MapIcon } from '../ui/mapicons.tsx';
import { HereList, OverlaySwatch } from './overlaykey.tsx';
import { toolsWords } from './words.ts';

const STEP = 10;

/**
 * The layers that can be laid over the map: on and off, how much of each is seen, and
 * what lies where. Without a map they come onto the sheet and into the link.
 */
export function OverlaysTool({ map }: { map: MapView | null }) {
  const w = toolsWords.value.overlays;
  const all = known.value;
  useEffect(() => {
    if (map) return; // which lists them itself
    const stop = new AbortController();
    void listOverlays(stop.signal);
    return () => stop.abort();
  }, [map]);
  const strange = all
    ? view.value.over.filter((l) => !all.some((o) => o.name === l.name)).map((l) => l.name)
    : [];
  return (
    <div class="tool-body over-tool" aria-busy={all === null}>
      <p class="hint">{map ? w.hint : w.hintWithoutMap}</p>
      {overlaysTrouble.value && <p role="alert">{overlaysTrouble.value}</p>}
      {all?.length === 0 && <p>{w.none}</p>}
      {strange.length > 0 && <p role="alert">{w.unknown(strange.join('、'))}</p>}
      <ul class="over-list">
        {all?.map((o) => (
          <Row key={o.name} overlay={o} whole={map && (() => map.fit(o.bounds, room()))} />
        ))}
      </ul>
      {lookAtMiddle.value && view.value.over.length > 0 && (
        <div class="over-middle">
          <button type="button" class="plain" onClick={lookAtMiddle.value}>
            {w.middle}
          </button>
          <div role="status">{here.value && <HereList />}</div>
        </div>
      )}
    </div>
  );
}

function Row({ overlay: o, whole }: { overlay: Overlay; whole: (() => void) | null }) {
  const w = toolsWords.value.overlays;
  const title = titleOf(o, lang.value);
  const laid = view.value.over.find((l) => l.name === o.name);
  const others = () => view.value.over.filter((l) => l.name !== o.name);
  return (
    <li data-overlay={o.name}>
      <label class="over-switch">
        <input
          type="checkbox"
          name={`over-${o.name}`}
          checked={laid !== undefined}
          onChange={(e) =>
            go({ over: e.currentTarget.checked ? [...others(), { name: o.name, percent: 100 }] : others() })
          }
        />
        <OverlaySwatch overlay={o} />
        <span>
          {title}
          {o.audience === 'staff' && <span class="over-staff">{w.staffOnly}</span>}
        </span>
      </label>
      {whole && (
        <button
          type="button"
          class="quiet square"
          aria-label={w.whole(title)}
          title={w.whole(title)}
          onClick={whole}
        >
          <MapIcon name="target" />
        </button>
      )}
      {laid && (
        <div class="over-seen">
          <input
            type="range"
            name={`seen-${o.name}`}
            min={STEP}
            max={100}
            step={STEP}
            value={laid.percent}
            aria-label={w.opacity(title)}
            aria-valuetext={w.percent(laid.percent)}
            onInput={(e) => {
              const percent = e.currentTarget.valueAsNumber;
              go({ over: view.value.over.map((l) => (l.name === o.name ? { ...l, percent } : l)) }, 'later');
            }}
          />
          <output>{w.percent(laid.percent)}</output>
        </div>
      )}
      {sourceOf(o, lang.value) && <p class="hint over-source">{w.source(sourceOf(o, lang.value))}</p>}
    </li>
  );
}
