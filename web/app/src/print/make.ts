import type { CollectionName } from '../catalogue.gen.ts';
import { nameOf } from '../catalogue.ts';
import type { LngLat } from '../coords/ellipsoid.ts';
import type { MapView } from '../map/mapview.ts';
import { askedOf } from '../store/matches.ts';
import { api, summary } from '../store/server.ts';
import { lang, view } from '../store/view.ts';
import type { Item } from '../types.ts';
import { layout, selected } from './choice.ts';
import { boxIn, CSS_PX, type Frame, paperRadian, zoomOf } from './frame.ts';
import type { Layout } from './layout.ts';

/** A sheet's drawing: what it shows, and of what day and revision. */
export interface Drawn {
  readonly frame: Frame;
  readonly layout: Layout;
  readonly revision: number;
  /** When it was made. */
  readonly at: string;
  /** The codes of the legend's rows that lie in the frame. */
  readonly shown: ReadonlySet<string>;
  /** The map's picture, and how much of the paper it takes; null where only outlines are drawn. */
  readonly picture: Picture | null;
  readonly outlines: readonly Outlines[];
  /** The selected thing. */
  readonly thing: { readonly name: string; readonly geometry: unknown; readonly corners: boolean } | null;
}

/** The map's picture: its size on paper in millimetres, a little more than the frame. */
export interface Picture {
  readonly canvas: HTMLCanvasElement;
  readonly width: number;
  readonly height: number;
  /** The places at the middles of its edges, as the map itself has them: top, right, bottom, left. */
  readonly edges: readonly LngLat[];
}

/** Things of a collection as outlines; matched = how many there are in the frame. */
export interface Outlines {
  readonly collection: CollectionName;
  readonly items: readonly Item[];
  readonly matched: number;
}

const MOST_OUTLINES = 1000;

/** Draws what a frame shows: by the map where there is one, else as outlines from the server. */
export async function draw(map: MapView | null, frame: Frame, signal: AbortSignal): Promise<Drawn> {
  const shape = layout.peek();
  const now = new Date().toISOString();
  const thing = thingOf();
  if (!map) {
    const outlines = await outlinesIn(frame, signal);
    const shown = new Set(outlines.flatMap((o) => o.items.map((i) => codeOf(o.collection, i))));
    const revision = summary.peek()?.revision ?? 0;
    return { frame, layout: shape, revision, at: now, shown, picture: null, outlines, thing };
  }
  const { drawPaper } = await import('../map/paper.ts');
  const { east, north } = paperRadian(frame);
  // The map's plane is stretched from north to south by east / north against the paper.
  const size = {
    width: Math.ceil(frame.width * CSS_PX),
    height: Math.ceil((frame.height * CSS_PX * east) / north),
  };
  const made = await drawPaper(
    map,
    { middle: frame.middle, zoom: zoomOf(frame), dpi: shape.dpi, ...size },
    signal,
  );
  const picture = {
    canvas: made.picture,
    width: size.width / CSS_PX,
    height: ((size.height / CSS_PX) * north) / east,
    edges: made.edges,
  };
  const { revision, shown } = made;
  return { frame, layout: shape, revision, at: now, shown, picture, outlines: [], thing };
}

function thingOf(): Drawn['thing'] {
  const d = selected.peek();
  if (!d?.item) return null;
  const { name, notice_no } = d.item.properties;
  return {
    name: String(name || notice_no || d.sel.code),
    geometry: d.item.geometry,
    corners: d.sel.collection === 'parcels' || d.sel.collection === 'areas',
  };
}

async function outlinesIn(frame: Frame, signal: AbortSignal): Promise<readonly Outlines[]> {
  const bbox = boxIn(frame)
    .map((v) => v.toFixed(7))
    .join(',');
  const wanted: readonly CollectionName[] =
    view.peek().mode === 'clearance' ? ['areas'] : ['areas', 'parcels'];
  return Promise.all(
    wanted.map(async (collection) => {
      const query = { ...askedOf(collection), bbox, limit: String(MOST_OUTLINES) };
      const { features, numberMatched } = await api.items(collection, query, signal);
      return { collection, items: features, matched: numberMatched };
    }),
  );
}

/** The legend's row of a thing: its state, or its use where the map shows uses. */
export function codeOf(collection: CollectionName, { properties: p }: Item): string {
  const { mode } = view.peek();
  if (collection === 'areas') return mode === 'clearance' ? String(p.status) : '';
  return String(mode === 'use' ? p.use_class : p.status);
}

/** The name of a row of the legend. */
export function rowName(row: { zh: string; en: string }): string {
  return nameOf(row, lang.peek());
}
