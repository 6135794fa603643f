import { computed, effect, untracked } from '@preact/signals';
import { boxOf } from '../bounds.ts';
import { archive } from '../store/archive.ts';
import {
  cellsShown,
  clicked,
  leftOut,
  mapTrouble,
  outlined,
  pin,
  pointed,
  pointerAt,
  wish,
} from '../store/camera.ts';
import { shownDay } from '../store/day.ts';
import { detail } from '../store/detail.ts';
import { connectMap } from '../store/live.ts';
import { matches } from '../store/matches.ts';
import { framed } from '../store/framed.ts';
import { district, staff } from '../store/server.ts';
import { go, lang, select, theme, view, words } from '../store/view.ts';
import { sheetStop } from '../ui/sheet.tsx';
import { WIDE } from '../ui/wide.ts';
import { cellAt } from './cellat.ts';
import { dayOf } from './days.ts';
import { firstBox, room } from './home.ts';
import { type LandSource, landSource } from './landsource.ts';
import { MapView } from './mapview.ts';
import { NOTHING_CUT, type Only } from './only.ts';
import type { ExternalBase, StyleOptions } from './options.ts';

/** Makes the map of the page's view. Throws what the server said when the tiles cannot be had. */
export async function open(container: HTMLElement, signal: AbortSignal): Promise<MapView> {
  const [source, base, box] = await Promise.all([landSource(signal), externalBase(signal), firstBox()]);
  const options = styleOptions(source, base);
  const start = { camera: view.peek().camera, box, room: room(), asNobody: framed };
  const { pathname } = location;
  const shown = new MapView(container, options, source.versions, start, words.peek().mapLabel, {
    moved: (camera) => {
      // A map that is being left moves once more, and the address is the next page's by then.
      if (location.pathname === pathname) go({ camera });
    },
    picked: (sel, at) => {
      clicked.value = at;
      select(sel);
      if (!sel) return;
      if (!WIDE.matches) sheetStop.value = 'half';
      shown.reveal(at, room());
    },
    hovered: (target) => {
      if (sameIds()) pointed.value = target;
    },
    cell: (cell) => {
      cellAt.value = cell;
    },
    pointer: (at) => {
      pointerAt.value = at;
    },
    notes: (notes) => {
      cellsShown.value = notes.cells;
      leftOut.value = notes.leftOut;
    },
    trouble: (message) => {
      mapTrouble.value = message;
    },
  });
  return shown;
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

type Tiles = Pick<LandSource, 'tiles' | 'zooms'>;

function styleOptions({ tiles, zooms }: Tiles, base: ExternalBase): StyleOptions {
  return {
    theme: theme.value,
    mode: view.value.mode,
    lang: lang.value,
    hide: view.value.hide,
    day: dayOf(shownDay.value),
    only: kept(),
    staff: staff.value && archive.value === null,
    tiles,
    zooms,
    reference: new URL('/api/reference', location.origin).href,
    base,
  };
}

/** Carries what the reader does to the map, until the function that it returns is called. */
export function connect(map: MapView): () => void {
  const first = map.options();
  // One part of the view at a time: another part's change must not stop a flight.
  const camera = computed(() => view.value.camera);
  const hide = computed(() => view.value.hide);
  const day = computed(() => dayOf(shownDay.value));
  const laid = computed(() => view.value.over.length);
  let drawn = '';
  let marked = false;
  let lifted: (() => void) | null = null;
  let unplaced = camera.peek() === null && view.peek().sel !== null;
  if (camera.peek() === null) go({ camera: map.camera() });
  const ends = [
    effect(() => {
      const next = { ...styleOptions(first, first.base), ...laidOver(map) };
      const key = `${next.theme}/${next.mode}/${next.lang}`;
      if (drawn !== '' && drawn !== key) map.restyle(next);
      drawn = key;
    }),
    effect(() => map.hide(hide.value)),
    effect(() => map.showDay(day.value)),
    effect(() => map.keep(kept())),
    effect(() => {
      const at = pin.value;
      if (at || marked) void import('./sketch.ts').then(({ Sketch }) => map.sketch(Sketch).mark(at));
      marked = at !== null;
    }),
    effect(() => map.label(words.value.mapLabel)),
    effect(() => {
      // What draws them comes with the first one, and stays.
      if (lifted || (laid.value === 0 && view.value.tool !== 'overlays')) return;
      lifted = () => {};
      void import('./overlays.ts').then(({ layOverlays }) => {
        if (lifted) lifted = layOverlays(map);
      });
    }),
    effect(() => {
      const to = camera.value;
      if (to) untracked(() => map.come(to));
    }),
    effect(() => {
      const wanted = wish.value;
      if (wanted) untracked(() => map.fit(wanted.box, room()));
    }),
    effect(() => map.highlight(sameIds() ? pointed.value : null)),
    effect(() => {
      const d = detail.value;
      const fid = d?.item?.properties.fid;
      const own = d && typeof fid === 'number' ? { layer: d.sel.collection, fid } : null;
      map.select(sameIds() ? [own, outlined.value].filter((t) => t !== null) : []);
      // A link that names a thing but no place leads to the thing.
      const at = unplaced && d?.item ? boxOf(d.item.geometry) : null;
      if (d?.item) unplaced = false;
      if (at) untracked(() => map.fit(at, room()));
    }),
  ];
  // An archive stays as it is, whatever happens to the land.
  if (archive.peek() === null) ends.push(connectMap(map));
  return () => {
    leftOut.value = 0;
    cellsShown.value = false;
    cellAt.value = null;
    for (const end of ends) end();
    lifted?.();
    lifted = null;
  };
}

function laidOver(map: MapView): Pick<StyleOptions, 'over'> {
  const { over } = map.options();
  return over ? { over } : {};
}

// What the filter keeps. More things than are told by id are all drawn.
function kept(): Only {
  if (!sameIds()) return NOTHING_CUT;
  const found = [...matches.value].flatMap(([c, m]) => {
    const ids = m.ids ?? (m.matched === 0 ? [] : null);
    return ids ? [[c, ids] as const] : [];
  });
  return Object.fromEntries(found);
}

// Archives have the public's ids; what the server tells the staff has others.
function sameIds(): boolean {
  return archive.peek() === null || !staff.peek();
}
