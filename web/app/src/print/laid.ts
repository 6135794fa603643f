import { archiveProtocol } from '../map/archivetiles.ts';
import { featureName, type Overlay } from '../map/overlaylook.ts';
import { api } from '../store/server.ts';
import { lang, view } from '../store/view.ts';
import { boxIn, type Frame, toPaper, zoomOf } from './frame.ts';
import { type Geometry, type LaidShape, type LaidShapes, partsOf, spanOf } from './laidshape.ts';
import { readTile } from './mvt.ts';

// Above it a file would be read in more pieces than a sheet needs: it has no drawing for so small a scale.
const MOST_TILES = 64;

/** Reads what the view lays over the land and lies in the frame, from the lowest up. Rejects when a layer cannot be read. */
export async function laidShapes(frame: Frame, signal: AbortSignal): Promise<readonly LaidShapes[]> {
  const { over } = view.peek();
  if (over.length === 0) return [];
  const { overlays } = await api.read<{ overlays: Overlay[] }>('/overlays', signal);
  const all = await Promise.all(
    over.map(async ({ name, percent }): Promise<LaidShapes | null> => {
      const overlay = overlays.find((o) => o.name === name);
      if (!overlay) return null;
      const read = overlay.format === 'geojson' ? ofFile : ofTiles;
      const shapes = (await read(overlay, frame, signal)).filter((s) => meets(s, frame));
      return { overlay, seen: percent / 100, shapes };
    }),
  );
  return all.flatMap((l) => (l && l.shapes.length > 0 ? [l] : []));
}

interface Feature {
  readonly geometry: Geometry | null;
  readonly properties: Readonly<Record<string, unknown>> | null;
}

async function ofFile(o: Overlay, frame: Frame, signal: AbortSignal): Promise<LaidShape[]> {
  const { features } = await api.read<{ features: Feature[] }>(o.url, signal);
  return features.flatMap(({ geometry, properties }) => {
    const name = featureName(o, properties ?? {}, lang.peek());
    return partsOf(geometry).map((s) => ({
      ...s,
      parts: s.parts.map((part) => part.map(([lng, lat]) => toPaper(frame, { lng, lat }))),
      within: null,
      name,
    }));
  });
}

async function ofTiles(o: Overlay, frame: Frame, signal: AbortSignal): Promise<LaidShape[]> {
  const { minzoom = 0, maxzoom = 14 } = o;
  const z = Math.min(Math.floor(zoomOf(frame)), maxzoom);
  if (z < minzoom) return [];
  const read = archiveProtocol(location.origin + o.url);
  const stop = new AbortController();
  signal.addEventListener('abort', () => stop.abort(signal.reason), { once: true });
  const n = 2 ** z;
  const [west, south, east, north] = boxIn(frame);
  const [w, s, e, north2] = o.bounds;
  const column = (lng: number) => Math.floor(((lng + 180) / 360) * n);
  const row = (lat: number) =>
    Math.floor((0.5 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / (2 * Math.PI)) * n);
  const [x0, x1] = [column(Math.max(west, w)), column(Math.min(east, e))];
  const [y0, y1] = [row(Math.min(north, north2)), row(Math.max(south, s))];
  const wanted: [number, number][] = [];
  for (let x = x0; x <= x1; x++) for (let y = y0; y <= y1; y++) wanted.push([x, y]);
  if (wanted.length > MOST_TILES) return [];
  const tiles = await Promise.all(
    wanted.map(async ([x, y]) => {
      const { data } = await read({ url: `${z}/${x}/${y}` }, stop);
      const place = (dx: number, dy: number) => toPaper(frame, placeIn(z, x + dx, y + dy));
      const [low, high] = [place(0, 0), place(1, 1)];
      const within = { left: low.x, top: low.y, right: high.x, bottom: high.y };
      return readTile(data as ArrayBuffer).flatMap(({ extent, shapes }) =>
        shapes.map((shape) => ({
          kind: shape.kind,
          parts: shape.parts.map((part) => part.map(([px, py]) => place(px / extent, py / extent))),
          within,
          name: featureName(o, shape.properties, lang.peek()),
        })),
      );
    }),
  );
  return tiles.flat();
}

// The place at a point of the pyramid of tiles.
function placeIn(z: number, x: number, y: number): { lng: number; lat: number } {
  const n = 2 ** z;
  const lat = (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / n))) * 180) / Math.PI;
  return { lng: (x / n) * 360 - 180, lat };
}

function meets(s: LaidShape, frame: Frame): boolean {
  const b = spanOf(s.parts.flat());
  return b.left < frame.width && b.right > 0 && b.top < frame.height && b.bottom > 0;
}
