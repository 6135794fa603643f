/** Degrees of longitude and latitude. */
export interface LngLat {
  readonly lng: number;
  readonly lat: number;
}

/** The ellipsoid of CGCS2000; that of WGS 84 is the same to a tenth of a millimetre. Metres. */
export const A = 6_378_137;
const F = 1 / 298.257222101;
const B = A * (1 - F);
const E2 = F * (2 - F);
const E = Math.sqrt(E2);

export const RAD = Math.PI / 180;

/** The length of the geodesic between two points, in metres, by Vincenty; NaN between antipodes. */
export function distance(p: LngLat, q: LngLat): number {
  const dl = (q.lng - p.lng) * RAD;
  const reduced = (lat: number) => Math.atan((1 - F) * Math.tan(lat * RAD));
  const [u, v] = [reduced(p.lat), reduced(q.lat)];
  const [su, cu, sv, cv] = [Math.sin(u), Math.cos(u), Math.sin(v), Math.cos(v)];
  let l = dl;
  for (let i = 0; i < 50; i++) {
    const [sl, cl] = [Math.sin(l), Math.cos(l)];
    const ss = Math.hypot(cv * sl, cu * sv - su * cv * cl);
    if (ss === 0) return 0;
    const cs = su * sv + cu * cv * cl;
    const sigma = Math.atan2(ss, cs);
    const sa = (cu * cv * sl) / ss;
    const ca2 = 1 - sa * sa;
    const cm = ca2 === 0 ? 0 : cs - (2 * su * sv) / ca2;
    const c = (F / 16) * ca2 * (4 + F * (4 - 3 * ca2));
    const next = dl + (1 - c) * F * sa * (sigma + c * ss * (cm + c * cs * (2 * cm * cm - 1)));
    if (Math.abs(next - l) > 1e-13) {
      l = next;
      continue;
    }
    const k2 = (ca2 * (A * A - B * B)) / (B * B);
    const a = 1 + (k2 / 16384) * (4096 + k2 * (-768 + k2 * (320 - 175 * k2)));
    const b = (k2 / 1024) * (256 + k2 * (-128 + k2 * (74 - 47 * k2)));
    const last = (b / 6) * cm * (4 * ss * ss - 3) * (4 * cm * cm - 3);
    const d = b * ss * (cm + (b / 4) * (cs * (2 * cm * cm - 1) - last));
    return B * a * (sigma - d);
  }
  return Number.NaN;
}

/** The length of a line along geodesics, in metres. */
export function lengthOf(line: readonly LngLat[]): number {
  return line.slice(1).reduce((sum, p, i) => sum + distance(line[i] ?? p, p), 0);
}

/** Long edges are cut into pieces no longer than this, whose bend is below a millimetre. Metres. */
const PIECE = 200;
const MOST_HALVES = 12;

/**
 * The area on the ellipsoid of a ring of geodesics, in square metres; the first point need not come
 * again. It is summed up on the equal-area cylinder, where the ellipsoid's area is that of the plane.
 */
export function areaOf(ring: readonly LngLat[]): number {
  const first = ring[0];
  if (!first || ring.length < 3) return 0;
  let sum = 0;
  let before = first;
  for (const p of [...ring.slice(1), first]) {
    for (const q of pieces(before, p)) {
      sum += (q.lng - before.lng) * RAD * (cylinder(q.lat) + cylinder(before.lat));
      before = q;
    }
  }
  return Math.abs((A * A * sum) / 4);
}

// Authalic: the ellipsoid's area south of a latitude grows with this, times a²/2 a radian.
function cylinder(lat: number): number {
  const s = Math.sin(lat * RAD);
  return (1 - E2) * (s / (1 - E2 * s * s) + Math.atanh(E * s) / E);
}

// By halves: a geodesic turns towards the pole by sin(lat)·cos(lat)·dlng², and gains longitude faster
// where it is nearer to it, by 2·tan(lat)·dlat·dlng.
function pieces(p: LngLat, q: LngLat, depth = 0): LngLat[] {
  if (depth >= MOST_HALVES || distance(p, q) <= PIECE) return [q];
  const [dl, df] = [(q.lng - p.lng) * RAD, (q.lat - p.lat) * RAD];
  const lat = ((p.lat + q.lat) / 2) * RAD;
  const mid = {
    lng: (p.lng + q.lng) / 2 - (Math.tan(lat) * df * dl) / 4 / RAD,
    lat: (p.lat + q.lat) / 2 + (Math.sin(lat) * Math.cos(lat) * dl * dl) / 8 / RAD,
  };
  return [...pieces(p, mid, depth + 1), ...pieces(mid, q, depth + 1)];
}
