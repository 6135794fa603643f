import { A, type LngLat, RAD } from './ellipsoid.ts';

/** A Gauss-Krüger zone of CGCS2000: its width, its number, and its central meridian in degrees. */
export interface Zone {
  readonly width: 3 | 6;
  readonly number: number;
  readonly meridian: number;
}

/** Metres north of the equator, and east with 500 km added at the central meridian, without the zone before it. */
export interface Plane {
  readonly north: number;
  readonly east: number;
}

export const FALSE_EAST = 500_000;

/** The zone of a width with a number. */
export function zoneOf(width: 3 | 6, number: number): Zone {
  return { width, number, meridian: width === 3 ? 3 * number : 6 * number - 3 };
}

/** The zone that a longitude lies in. */
export function zoneAt(width: 3 | 6, lng: number): Zone {
  return zoneOf(width, width === 3 ? Math.round(lng / 3) : Math.floor(lng / 6) + 1);
}

/** The easting as it is written: the zone's number before it. */
export function prefixed(zone: Zone, east: number): number {
  return zone.number * 1e6 + east;
}

// Krüger's series in the third flattening, to its sixth power: exact to a micrometre in a zone.
const F = 1 / 298.257222101;
const E = Math.sqrt(F * (2 - F));
const N = F / (2 - F);
const N2 = N * N;
const N3 = N2 * N;
const N4 = N2 * N2;
const N5 = N4 * N;
const N6 = N3 * N3;
const RECTIFYING = (A / (1 + N)) * (1 + N2 / 4 + N4 / 64 + N6 / 256);
const FORTH = [
  N / 2 - (2 * N2) / 3 + (5 * N3) / 16 + (41 * N4) / 180 - (127 * N5) / 288 + (7891 * N6) / 37800,
  (13 * N2) / 48 - (3 * N3) / 5 + (557 * N4) / 1440 + (281 * N5) / 630 - (1983433 * N6) / 1935360,
  (61 * N3) / 240 - (103 * N4) / 140 + (15061 * N5) / 26880 + (167603 * N6) / 181440,
  (49561 * N4) / 161280 - (179 * N5) / 168 + (6601661 * N6) / 7257600,
  (34729 * N5) / 80640 - (3418889 * N6) / 1995840,
  (212378941 * N6) / 319334400,
];
const BACK = [
  N / 2 - (2 * N2) / 3 + (37 * N3) / 96 - N4 / 360 - (81 * N5) / 512 + (96199 * N6) / 604800,
  N2 / 48 + N3 / 15 - (437 * N4) / 1440 + (46 * N5) / 105 - (1118711 * N6) / 3870720,
  (17 * N3) / 480 - (37 * N4) / 840 - (209 * N5) / 4480 + (5569 * N6) / 90720,
  (4397 * N4) / 161280 - (11 * N5) / 504 - (830251 * N6) / 7257600,
  (4583 * N5) / 161280 - (108847 * N6) / 3991680,
  (20648693 * N6) / 638668800,
];

/** Degrees into the plane of a zone. */
export function toPlane({ lng, lat }: LngLat, { meridian }: Zone): Plane {
  const l = (lng - meridian) * RAD;
  const s = Math.sin(lat * RAD);
  const t = Math.sinh(Math.atanh(s) - E * Math.atanh(E * s));
  const xi = Math.atan2(t, Math.cos(l));
  const eta = Math.asinh(Math.sin(l) / Math.hypot(t, Math.cos(l)));
  let [x, y] = [xi, eta];
  FORTH.forEach((c, i) => {
    const k = 2 * (i + 1);
    x += c * Math.sin(k * xi) * Math.cosh(k * eta);
    y += c * Math.cos(k * xi) * Math.sinh(k * eta);
  });
  return { north: RECTIFYING * x, east: FALSE_EAST + RECTIFYING * y };
}

/** The plane of a zone into degrees. */
export function fromPlane({ north, east }: Plane, { meridian }: Zone): LngLat {
  const xi = north / RECTIFYING;
  const eta = (east - FALSE_EAST) / RECTIFYING;
  let [x, y] = [xi, eta];
  BACK.forEach((c, i) => {
    const k = 2 * (i + 1);
    x -= c * Math.sin(k * xi) * Math.cosh(k * eta);
    y -= c * Math.cos(k * xi) * Math.sinh(k * eta);
  });
  const goal = Math.sin(x) / Math.hypot(Math.sinh(y), Math.cos(x));
  let t = goal;
  for (let i = 0; i < 8; i++) {
    const sigma = Math.sinh(E * Math.atanh((E * t) / Math.hypot(1, t)));
    const now = t * Math.hypot(1, sigma) - sigma * Math.hypot(1, t);
    const step =
      ((goal - now) * (1 + (1 - E * E) * t * t)) / (Math.hypot(1, now) * (1 - E * E) * Math.hypot(1, t));
    t += step;
    if (Math.abs(step) < 1e-15) break;
  }
  return { lng: meridian + Math.atan2(Math.sinh(y), Math.cos(x)) / RAD, lat: Math.atan(t) / RAD };
}
