import { Map as GlMap } from 'maplibre-gl';
import type { LngLat } from '../coords/ellipsoid.ts';
import type { MapView } from './mapview.ts';
import type { Over } from './options.ts';
import { overlayOf } from './overlaylook.ts';
import { drawPatterns } from './patternimages.ts';
import { codesShown } from './shown.ts';
import { buildStyle } from './style.ts';

/** What is to be drawn for a sheet of paper. */
export interface PaperAsk {
  readonly middle: LngLat;
  readonly zoom: number;
  /** CSS pixels, which a printer takes for 1/96 inch. */
  readonly width: number;
  readonly height: number;
  readonly dpi: number;
  /** What is laid over the land, in the colours of paper. */
  readonly over: Over;
}

/** A map drawn for paper. */
export interface PaperMap {
  readonly picture: HTMLCanvasElement;
  /** The data's revision that it was drawn at. */
  readonly revision: number;
  /** The codes of the legend's rows that it shows something of. */
  readonly shown: ReadonlySet<string>;
  /** The names of the layers over it that it shows something of. */
  readonly laid: ReadonlySet<string>;
  /** The places at the middles of its edges, as the map itself has them: top, right, bottom, left. */
  readonly edges: readonly LngLat[];
}

const LIMIT_MS = 120_000;
const CSS_DPI = 96;

/**
 * Draws what a map shows once more, out of sight, in light colours and as fine as a printer needs it.
 * It takes a while. Rejects with what the map said when a part of it could not be had.
 */
export async function drawPaper(first: MapView, ask: PaperAsk, signal: AbortSignal): Promise<PaperMap> {
  const box = document.createElement('div');
  box.className = 'paper-map';
  box.style.width = `${ask.width}px`;
  box.style.height = `${ask.height}px`;
  box.setAttribute('aria-hidden', 'true');
  document.body.append(box);
  const options = { ...first.options(), over: ask.over, theme: 'light' as const };
  let map: GlMap | null = null;
  try {
    map = new GlMap({
      container: box,
      style: buildStyle(options),
      center: [ask.middle.lng, ask.middle.lat],
      zoom: ask.zoom,
      maxZoom: 24,
      pixelRatio: ask.dpi / CSS_DPI,
      interactive: false,
      attributionControl: false,
      renderWorldCopies: false,
      fadeDuration: 0,
      // The picture is read after it was drawn.
      canvasContextAttributes: { preserveDrawingBuffer: true },
      transformRequest: (url) => ({ url: first.stamped(url) }),
    });
    drawPatterns(map);
    await atRest(map, signal);
    const { width, height } = ask;
    const at = (x: number, y: number): LngLat => {
      const p = (map as GlMap).unproject([x, y]);
      return { lng: p.lng, lat: p.lat };
    };
    return {
      picture: copyOf(map.getCanvas()),
      revision: first.revision(),
      shown: codesShown(map, options.mode, options.day),
      laid: laidShown(map, ask.over),
      edges: [at(width / 2, 0), at(width, height / 2), at(width / 2, height), at(0, height / 2)],
    };
  } finally {
    map?.remove();
    box.remove();
  }
}

function laidShown(map: GlMap, over: Over): ReadonlySet<string> {
  const layers = over.layers.filter((l) => l.type !== 'symbol').map((l) => l.id);
  if (layers.length === 0) return new Set();
  return new Set(map.queryRenderedFeatures({ layers }).map(({ layer }) => overlayOf(layer.id) ?? ''));
}

function atRest(map: GlMap, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let trouble = '';
    const timer = setTimeout(() => reject(new Error('the map did not come to rest')), LIMIT_MS);
    const stop = () => reject(signal.reason);
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    };
    signal.addEventListener('abort', stop);
    map.on('error', (e) => {
      trouble = e.error.message;
    });
    map.once('idle', () => {
      end();
      if (trouble) reject(new Error(trouble));
      else resolve();
    });
    if (signal.aborted) stop();
  });
}

// The map's own canvas goes with it.
function copyOf(from: HTMLCanvasElement): HTMLCanvasElement {
  const to = document.createElement('canvas');
  to.width = from.width;
  to.height = from.height;
  to.getContext('2d')?.drawImage(from, 0, 0);
  return to;
}
