import { type LngLat, RAD } from './ellipsoid.ts';

// Krasovsky 1940, on which the publicly known formula for GCJ-02 stands. Metres.
const A = 6_378_245;
const E2 = 0.006693421622965943;
const BD_TURN = (Math.PI * 3000) / 180;

/** WGS 84 into GCJ-02, as Amap and Tencent show; outside a box around China nothing is shifted. */
export function toGcj(p: LngLat): LngLat {
  if (p.lng < 72.004 || p.lng > 137.8347 || p.lat < 0.8293 || p.lat > 55.8271) return p;
  const [x, y] = [p.lng - 105, p.lat - 35];
  const sin = (v: number) => Math.sin(v * Math.PI);
  const ripple = ((20 * sin(6 * x) + 20 * sin(2 * x)) * 2) / 3;
  const root = Math.sqrt(Math.abs(x));
  const north =
    -100 +
    2 * x +
    3 * y +
    0.2 * y * y +
    0.1 * x * y +
    0.2 * root +
    ripple +
    ((20 * sin(y) + 40 * sin(y / 3)) * 2) / 3 +
    ((160 * sin(y / 12) + 320 * sin(y / 30)) * 2) / 3;
  const east =
    300 +
    x +
    2 * y +
    0.1 * x * x +
    0.1 * x * y +
    0.1 * root +
    ripple +
    ((20 * sin(x) + 40 * sin(x / 3)) * 2) / 3 +
    ((150 * sin(x / 12) + 300 * sin(x / 30)) * 2) / 3;
  const w = 1 - E2 * Math.sin(p.lat * RAD) ** 2;
  const meridian = (A * (1 - E2)) / (w * Math.sqrt(w));
  const parallel = (A / Math.sqrt(w)) * Math.cos(p.lat * RAD);
  return { lng: p.lng + east / parallel / RAD, lat: p.lat + north / meridian / RAD };
}

/** GCJ-02 into WGS 84, to a tenth of a millimetre. */
export function fromGcj(p: LngLat): LngLat {
  return undo(toGcj, p, p);
}

/** GCJ-02 into BD-09, Baidu's. */
export function toBd(p: LngLat): LngLat {
  const r = Math.hypot(p.lng, p.lat) + 0.00002 * Math.sin(p.lat * BD_TURN);
  const t = Math.atan2(p.lat, p.lng) + 0.000003 * Math.cos(p.lng * BD_TURN);
  return { lng: r * Math.cos(t) + 0.0065, lat: r * Math.sin(t) + 0.006 };
}

/** BD-09 into GCJ-02. */
export function fromBd(p: LngLat): LngLat {
  return undo(toBd, p, { lng: p.lng - 0.0065, lat: p.lat - 0.006 });
}

// The point that a shift takes to p. Shifts change so slowly that the error shrinks a thousandfold a turn.
function undo(shift: (q: LngLat) => LngLat, p: LngLat, start: LngLat): LngLat {
  let q = start;
  for (let i = 0; i < 30; i++) {
    const s = shift(q);
    const [dx, dy] = [s.lng - p.lng, s.lat - p.lat];
    q = { lng: q.lng - dx, lat: q.lat - dy };
    if (Math.abs(dx) < 1e-10 && Math.abs(dy) < 1e-10) break;
  }
  return q;
}
