import type { CollectionName } from '../catalogue.gen.ts';
import { nameOf } from '../catalogue.ts';
import type { LngLat } from '../coords/ellipsoid.ts';
import type { MapView } from '../map/mapview.ts';
import type { Over } from '../map/options.ts';
import type { Overlay } from '../map/overlaylook.ts';
import { qrHref, sharedHash } from '../share.ts';
import { askedOf } from '../store/matches.ts';
import { route } from '../store/route.ts';
import { api, summary } from '../store/server.ts';
import { lang, view } from '../store/view.ts';
import type { Item } from '../types.ts';
import { layout, selected } from './choice.ts';
import { boxIn, CSS_PX, type Frame, paperRadian, zoomOf } from './frame.ts';
import type { LaidShapes } from './laidshape.ts';
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
  /** The layers over the map that lie in the frame, from the lowest up. */
  readonly laid: readonly Overlay[];
  /** What those layers have in the frame, where there is no picture that shows it. */
  readonly laidShapes: readonly LaidShapes[];
  /** The address of the QR code of the view; null where it cannot be had. */
  readonly qr: string | null;
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
    const [outlines, over, qr] = await Promise.all([
      outlinesIn(frame, signal),
      laidIn(frame, signal),
      qrOf(),
    ]);
    const shown = new Set(outlines.flatMap((o) => o.items.map((i) => codeOf(o.collection, i))));
    const revision = summary.peek()?.revision ?? 0;
    const laid = over.map((l) => l.overlay);
    const drawn = { picture: null, outlines, laid, laidShapes: over };
    return { frame, layout: shape, revision, at: now, shown, ...drawn, qr, thing };
  }
  const { drawPaper } = await import('../map/paper.ts');
  const { east, north } = paperRadian(frame);
  // The map's plane is stretched from north to south by east / north against the paper.
  const size = {
    width: Math.ceil(frame.width * CSS_PX),
    height: Math.ceil((frame.height * CSS_PX * east) / north),
  };
  const { over, layers } = await overlays();
  const asked = { middle: frame.middle, zoom: zoomOf(frame), dpi: shape.dpi, over, ...size };
  const [made, qr] = await Promise.all([drawPaper(map, asked, signal), qrOf()]);
  const picture = {
    canvas: made.picture,
    width: size.width / CSS_PX,
    height: ((size.height / CSS_PX) * north) / east,
    edges: made.edges,
  };
  const { revision, shown } = made;
  const laid = layers.filter((o) => made.laid.has(o.name));
  const drawn = { picture, outlines: [], laid, laidShapes: [] };
  return { frame, layout: shape, revision, at: now, shown, ...drawn, qr, thing };
}

// What draws layers over the map comes only where there are any.
async function overlays(): Promise<{ over: Over; layers: readonly Overlay[] }> {
  if (view.peek().over.length === 0) return { over: { sources: {}, layers: [] }, layers: [] };
  const { laidIn } = await import('../map/overlays.ts');
  return laidIn('light');
}

async function laidIn(frame: Frame, signal: AbortSignal): Promise<readonly LaidShapes[]> {
  if (view.peek().over.length === 0) return [];
  const { laidShapes } = await import('./laid.ts');
  return laidShapes(frame, signal);
}

/** The longest path whose code can be read off paper, in bytes. */
const QR_PRINTED = 600;

// A sheet is printed without what the server does not give: better so than with a hole.
async function qrOf(): Promise<string | null> {
  const { path, search } = route.peek();
  const at = `${path}${search}#${sharedHash(view.peek(), lang.peek())}`;
  const href = qrHref(at);
  if (href === null || at.length > QR_PRINTED) return null;
  const code = new Image();
  code.src = href;
  try {
    await code.decode();
    return href;
  } catch {
    return null;
  }
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
