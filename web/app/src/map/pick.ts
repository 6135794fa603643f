import type { Map as GlMap, MapGeoJSONFeature } from 'maplibre-gl';
import type { CollectionName } from '../catalogue.gen.ts';
import { type CellAt, readCell } from './cells.ts';
import type { Target } from './target.ts';

/** What lies under a point of the map: a thing, else a cell that stands for things, else nothing. */
export interface Picked {
  readonly hit: { readonly target: Target; readonly code: string } | null;
  readonly cell: CellAt | null;
}

// What a click takes first, from the top; areas lie under everything.
const THINGS: readonly CollectionName[] = ['projects', 'buildings', 'parcels'];
const DRAWN = ['projects-ring', 'buildings-fill', 'parcels-fill', 'areas-fill', 'areas-hit'];
const CELLS = 'cells-fill';

/** Finds what lies within `reach` pixels of a point; things for which `gone` holds are passed over. */
export function pick(
  map: GlMap,
  at: { readonly x: number; readonly y: number },
  reach: number,
  gone: (t: Target) => boolean,
): Picked {
  const box: [[number, number], [number, number]] = [
    [at.x - reach, at.y - reach],
    [at.x + reach, at.y + reach],
  ];
  const layers = DRAWN.filter((id) => map.getLayer(id));
  const found = map.queryRenderedFeatures(reach > 0 ? box : [at.x, at.y], { layers });
  const first = (wanted: readonly CollectionName[]) => {
    for (const layer of wanted) {
      for (const f of found.filter((x) => x.sourceLayer === layer && usable(x))) {
        const target = { layer, fid: f.id as number };
        if (!gone(target)) return { target, code: String(f.properties.code) };
      }
    }
    return null;
  };
  const thing = first(THINGS);
  if (thing) return { hit: thing, cell: null };
  const [cell] = map.getLayer(CELLS) ? map.queryRenderedFeatures([at.x, at.y], { layers: [CELLS] }) : [];
  if (cell) return { hit: null, cell: { cell: readCell(cell.properties), at: { x: at.x, y: at.y } } };
  return { hit: first(['areas']), cell: null };
}

function usable(f: MapGeoJSONFeature): boolean {
  return typeof f.id === 'number' && typeof f.properties.code === 'string';
}
