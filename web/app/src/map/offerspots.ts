import { STATUSES } from '../catalogue.gen.ts';
import { colourOf } from '../catalogue.ts';
import type { Theme } from '../url.ts';
import type { Over } from './options.ts';
import { PALETTES } from './palette.ts';
import { diamondName } from './pattern.ts';

/** A parcel of the list: its number in the tiles, its state, and where it lies in degrees. */
export interface Offer {
  readonly fid: number;
  readonly status: string;
  readonly at: readonly [number, number] | null;
}

const SPOTS = 'offers';
// Tiles before this zoom have cells instead of parcels, and those cannot be taken apart.
const PARCEL_ZOOM = 11;
// From here on parcels have names of their own in their middle.
const NAMED_ZOOM = 14.5;

const tokenOf = (status: string) => STATUSES.parcel.find((s) => s.code === status)?.token ?? 'aside';

/** Where the parcels lie, for a map that shows them from far off, in the colours of its key. Names make room for them. */
export function spots(parcels: readonly Offer[], theme: Theme): Over {
  const { line, ground } = PALETTES[theme];
  const features = parcels.flatMap(({ fid, status, at }) =>
    at
      ? [
          {
            type: 'Feature' as const,
            id: fid,
            properties: { colour: colourOf(tokenOf(status), theme) },
            geometry: { type: 'Point' as const, coordinates: [...at] },
          },
        ]
      : [],
  );
  return {
    sources: { [SPOTS]: { type: 'geojson', data: { type: 'FeatureCollection', features } } },
    layers: [
      {
        id: SPOTS,
        type: 'circle',
        source: SPOTS,
        maxzoom: PARCEL_ZOOM,
        paint: {
          'circle-radius': 6,
          'circle-color': ['get', 'colour'],
          'circle-stroke-color': line,
          'circle-stroke-width': 1.5,
        },
      },
    ],
    room: [
      {
        id: `${SPOTS}-room`,
        type: 'symbol',
        source: SPOTS,
        maxzoom: NAMED_ZOOM,
        layout: { 'icon-image': diamondName(line, ground), 'icon-size': 0.85, 'icon-allow-overlap': true },
        paint: { 'icon-opacity': 0 },
      },
    ],
  };
}
