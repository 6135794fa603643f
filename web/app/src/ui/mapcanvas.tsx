import { computed, effect, untracked, useComputed, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { type Box, boxOf, massOf, type Piece } from '../bounds.ts';
import type { ExternalBase, StyleOptions } from '../map/options.ts';
import type { MapView, Room } from '../map/mapview.ts';
import { TileVersions } from '../map/tileversions.ts';
import { hasWebgl2 } from '../map/webgl.ts';
import { mapTrouble, pointed, pointerAt, wish } from '../store/camera.ts';
import { detail } from '../store/detail.ts';
import { ensureWhole, lists } from '../store/lists.ts';
import { connectMap } from '../store/live.ts';
import { api, asProblem, district, problemText, staff, tileset } from '../store/server.ts';
import { go, lang, select, theme, view, words } from '../store/view.ts';
import { Icon } from './icons.tsx';
import { sheetStop } from './sheet.tsx';
import { WIDE } from './wide.ts';

const DRAWER_PX = 372;
const EDGE_PX = 36;
const PHONE_EDGE_PX = 20;
// How much of the land the first view of a small screen shows; what lies far out would make a knot of it.
const MASS = 0.9;

/** The map, where the browser can draw one; else a clear word, and the list does the work. */
export function MapCanvas() {
  const box = useRef<HTMLDivElement>(null);
  const map = useRef<MapView | null>(null);
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
        return;
      }
      try {
        const opened = await open(box.current, stop.signal);
        await opened.ready();
        if (stop.signal.aborted) return opened.remove();
        map.current = opened;
        end = connect(opened);
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
      map.current?.remove();
      map.current = null;
    };
  }, []);

  return (
    <>
      <div ref={box} class="map-box" data-state={state.value} />
      {state.value === 'loading' && <p class="map-word">{w.value.loadingMap}</p>}
      {state.value === 'none' && (
        <div class="map-word failed" role="alert">
          <strong>{w.value.mapFailed}</strong>
          <span>{failure.value || w.value.noWebgl}</span>
        </div>
      )}
      {state.value === 'ready' && <MapButtons map={map.current} />}
    </>
  );
}

function MapButtons({ map }: { map: MapView | null }) {
  const w = words.value;
  return (
    <div class="map-buttons">
      <button type="button" aria-label={w.zoomIn} title={w.zoomIn} onClick={() => map?.zoomBy(1)}>
        <Icon name="plus" />
      </button>
      <button type="button" aria-label={w.zoomOut} title={w.zoomOut} onClick={() => map?.zoomBy(-1)}>
        <Icon name="minus" />
      </button>
      <button
        type="button"
        aria-label={w.wholeDistrict}
        title={w.wholeDistrict}
        onClick={() => {
          const all = homeBox();
          if (all) map?.fit(all, room(), 20);
        }}
      >
        <Icon name="home" />
      </button>
    </div>
  );
}

function homeBox(): Box | null {
  return district.value?.bounds ?? district.value?.frame ?? null;
}

/** Where the map begins: all land, on a small screen the mass of it. */
async function firstBox(): Promise<Box | null> {
  if (WIDE.matches || view.peek().camera) return homeBox();
  await ensureWhole('areas');
  const pieces = lists.areas.peek().rows.flatMap((row): Piece[] => {
    const box = boxOf(row.geometry);
    const { plan_mu } = row.properties;
    return box && typeof plan_mu === 'number' ? [{ box, weight: plan_mu }] : [];
  });
  return massOf(pieces, MASS) ?? homeBox();
}

// What lies over the map: the drawer at the right of a wide screen, the sheet at the foot of a phone.
function room(): Room {
  const even = { top: EDGE_PX, right: EDGE_PX, bottom: EDGE_PX, left: EDGE_PX };
  if (WIDE.matches) return view.peek().sel ? { ...even, right: EDGE_PX + DRAWER_PX } : even;
  const share = sheetStop.peek() === 'peek' ? 0.14 : 0.5;
  const side = PHONE_EDGE_PX;
  return { top: EDGE_PX, right: side, bottom: Math.round(innerHeight * share) + 16, left: side };
}

async function open(container: HTMLElement, signal: AbortSignal): Promise<MapView> {
  const [{ MapView }, tiles, base, box] = await Promise.all([
    import('../map/mapview.ts'),
    api.tileJson(tileset.peek(), signal),
    externalBase(signal),
    firstBox(),
  ]);
  const templates = tiles.tiles.map(absolute);
  const versions = new TileVersions(tiles.revision ?? versionIn(templates[0]));
  const clean = templates.map((t) => t.replace(/\?.*$/, ''));
  const options = styleOptions(clean, base);
  const start = { camera: view.peek().camera, box, room: room() };
  const shown = new MapView(container, options, versions, start, words.peek().mapLabel, {
    moved: (camera) => go({ camera }),
    picked: (sel, at) => {
      select(sel);
      if (!sel) return;
      if (!WIDE.matches) sheetStop.value = 'half';
      shown.reveal(at, room());
    },
    hovered: (target) => {
      pointed.value = target;
    },
    pointer: (at) => {
      pointerAt.value = at;
    },
    trouble: (message) => {
      mapTrouble.value = message;
    },
  });
  return shown;
}

// Braces of a template must stay as they are.
function absolute(template: string): string {
  return new URL(template, location.origin).href.replaceAll('%7B', '{').replaceAll('%7D', '}');
}

function versionIn(template: string | undefined): number {
  return Number(/[?&]v=(\d+)/.exec(template ?? '')?.[1] ?? 0);
}

async function externalBase(signal: AbortSignal): Promise<ExternalBase> {
  const said = district.peek()?.base_map;
  const url = said?.url ?? '';
  const attribution = said?.attribution ?? '';
  if (said?.kind === 'raster' && url) return { kind: 'raster', url, attribution };
  if (said?.kind !== 'style' || !url) return { kind: '', url: '', attribution: '' };
  try {
    const answer = await fetch(url, { signal, credentials: 'omit' });
    if (!answer.ok) throw new TypeError(`${url}: HTTP ${answer.status}`);
    return { kind: 'style', url, attribution, style: await answer.json() };
  } catch (err) {
    if (signal.aborted) throw err;
    // Our own quiet ground stands in for a base map that cannot be had.
    mapTrouble.value = err instanceof Error ? err.message : String(err);
    return { kind: '', url: '', attribution: '' };
  }
}

function styleOptions(tiles: readonly string[], base: ExternalBase): StyleOptions {
  return {
    theme: theme.value,
    mode: view.value.mode,
    lang: lang.value,
    hide: view.value.hide,
    staff: staff.value,
    tiles,
    reference: new URL('/api/reference', location.origin).href,
    base,
  };
}

// Carries what the reader does to the map, for as long as it stands.
function connect(map: MapView): () => void {
  const first = map.options();
  // One part of the view at a time: another part's change must not stop a flight.
  const camera = computed(() => view.value.camera);
  const hide = computed(() => view.value.hide);
  let drawn = '';
  let unplaced = camera.peek() === null;
  if (unplaced) go({ camera: map.camera() });
  const ends = [
    effect(() => {
      const next = { ...styleOptions(first.tiles, first.base), hide: untracked(() => view.value.hide) };
      const key = `${next.theme}/${next.mode}/${next.lang}`;
      if (drawn !== '' && drawn !== key) map.restyle(next);
      drawn = key;
    }),
    effect(() => map.hide(hide.value)),
    effect(() => map.label(words.value.mapLabel)),
    effect(() => {
      const to = camera.value;
      if (to) untracked(() => map.come(to));
    }),
    effect(() => {
      const wanted = wish.value;
      if (wanted) untracked(() => map.fit(wanted.box, room()));
    }),
    effect(() => map.highlight(pointed.value)),
    effect(() => {
      const d = detail.value;
      const fid = d?.item?.properties.fid;
      map.select(d && typeof fid === 'number' ? { layer: d.sel.collection, fid } : null);
      // A link that names a thing but no place leads to the thing.
      const at = unplaced && d?.item ? boxOf(d.item.geometry) : null;
      if (d?.item) unplaced = false;
      if (at) untracked(() => map.fit(at, room()));
    }),
  ];
  connectMap(map);
  return () => {
    connectMap(null);
    for (const end of ends) end();
  };
}
