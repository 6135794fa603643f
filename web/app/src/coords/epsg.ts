import { type Zone, zoneOf } from './gauss.ts';

/** A plane of CGCS2000 by its EPSG number: the zone, and whether eastings begin with the zone's number. */
export interface Plane2000 {
  readonly srid: number;
  readonly zone: Zone;
  readonly prefix: boolean;
}

// The registry has four rows of CGCS2000 planes: six and three degrees wide, each with the zone's number
// before the easting and without it. First EPSG number, first and last zone.
const ROWS: readonly (readonly [width: 3 | 6, prefix: boolean, srid: number, first: number, last: number])[] =
  [
    [6, true, 4491, 13, 23],
    [6, false, 4502, 13, 23],
    [3, true, 4513, 25, 45],
    [3, false, 4534, 25, 45],
  ];

/** The CGCS2000 plane with an EPSG number; null for any other system. */
export function plane2000(srid: number): Plane2000 | null {
  for (const [width, prefix, start, first, last] of ROWS) {
    const number = first + srid - start;
    if (number >= first && number <= last) return { srid, zone: zoneOf(width, number), prefix };
  }
  return null;
}
