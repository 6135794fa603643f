import type { LngLat } from '../coords/ellipsoid.ts';
import { RAD } from '../coords/ellipsoid.ts';
import { fromPlane, prefixed, toPlane } from '../coords/gauss.ts';
import type { Plane2000 } from '../coords/epsg.ts';
import { type Frame, fromPaper, type OnPaper, toPaper } from './frame.ts';
import { roundAbove } from './layout.ts';

/** A mark of a grid line on the frame: on which side, how many millimetres along it, and its number. */
export interface Tick {
  readonly side: 'top' | 'right' | 'bottom' | 'left';
  readonly at: number;
  readonly label: string;
}

/** The grid of a sheet. */
export interface Grid {
  /** Metres between two lines, or seconds of arc where the grid is one of degrees. */
  readonly step: number;
  readonly ticks: readonly Tick[];
  readonly crosses: readonly OnPaper[];
}

// Lines should not lie closer than this.
const LEAST_MM = 36;
// A number nearer to a corner of the frame would stand on the other side's.
const CORNER_MM = 8;
const SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

/** A system of two axes: u to the east, v to the north. */
interface System {
  readonly step: number;
  forth(at: LngLat): readonly [u: number, v: number];
  back(u: number, v: number): LngLat;
  label(value: number, axis: 'u' | 'v'): string;
}

/** The grid of the district's plane; of degrees where it has none. */
export function gridOf(f: Frame, plane: Plane2000 | null): Grid {
  const s = plane ? metres(f, plane) : degrees(f);
  return { step: s.step, ticks: ticksOf(f, s), crosses: crossesOf(f, s) };
}

function metres(f: Frame, { zone, prefix }: Plane2000): System {
  return {
    step: roundAbove((LEAST_MM * f.scale) / 1000),
    forth: (at) => {
      const { east, north } = toPlane(at, zone);
      return [east, north];
    },
    back: (east, north) => fromPlane({ east, north }, zone),
    label: (value, axis) => String(Math.round(prefix && axis === 'u' ? prefixed(zone, value) : value)),
  };
}

function degrees(f: Frame): System {
  const mm = toPaper(f, f.middle).y - toPaper(f, { ...f.middle, lat: f.middle.lat + 1 / 3600 }).y;
  return {
    step: SECONDS.find((s) => s * mm >= LEAST_MM) ?? 3600,
    forth: (at) => [at.lng * 3600, at.lat * 3600],
    back: (u, v) => ({ lng: u / 3600, lat: v / 3600 }),
    label: (value, axis) => {
      const all = Math.abs(Math.round(value));
      const two = (n: number) => String(n).padStart(2, '0');
      const side = axis === 'u' ? (value < 0 ? 'W' : 'E') : value < 0 ? 'S' : 'N';
      return `${Math.floor(all / 3600)}°${two(Math.floor(all / 60) % 60)}′${two(all % 60)}″${side}`;
    },
  };
}

function ticksOf(f: Frame, s: System): Tick[] {
  const out: Tick[] = [];
  const edge = (
    side: Tick['side'],
    length: number,
    axis: 'u' | 'v',
    on: (t: number) => OnPaper,
    near: number,
  ) => {
    const value = (t: number) => s.forth(fromPaper(f, on(t)))[axis === 'u' ? 0 : 1];
    const [first, last] = [value(0), value(length)];
    const [low, high] = first < last ? [first, last] : [last, first];
    for (let v = Math.ceil(low / s.step) * s.step; v <= high; v += s.step) {
      // Nearly a straight line: two steps of the secant are exact to a thousandth of a millimetre.
      let t = ((v - first) / (last - first)) * length;
      for (let i = 0; i < 2; i++) t += ((v - value(t)) / (last - first)) * length;
      if (t >= near && t <= length - near) out.push({ side, at: t, label: s.label(v, axis) });
    }
  };
  edge('top', f.width, 'u', (x) => ({ x, y: 0 }), 0);
  edge('bottom', f.width, 'u', (x) => ({ x, y: f.height }), CORNER_MM);
  edge('left', f.height, 'v', (y) => ({ x: 0, y }), CORNER_MM);
  edge('right', f.height, 'v', (y) => ({ x: f.width, y }), 0);
  return out;
}

function crossesOf(f: Frame, s: System): OnPaper[] {
  const corners = [
    { x: 0, y: 0 },
    { x: f.width, y: 0 },
    { x: 0, y: f.height },
    { x: f.width, y: f.height },
  ].map((p) => s.forth(fromPaper(f, p)));
  const range = (axis: 0 | 1) => {
    const all = corners.map((c) => c[axis]);
    return [Math.ceil(Math.min(...all) / s.step) * s.step, Math.max(...all)] as const;
  };
  const [[u0, u1], [v0, v1]] = [range(0), range(1)];
  const out: OnPaper[] = [];
  for (let u = u0; u <= u1; u += s.step) {
    for (let v = v0; v <= v1; v += s.step) {
      const p = toPaper(f, s.back(u, v));
      if (p.x > 1 && p.y > 1 && p.x < f.width - 1 && p.y < f.height - 1) out.push(p);
    }
  }
  return out;
}

/**
 * The convergence of the meridians at a place, in degrees: by how much grid north lies east of true
 * north, west where it is negative.
 */
export function convergence(at: LngLat, { zone }: Plane2000): number {
  const d = 1e-4;
  const low = toPlane({ ...at, lat: at.lat - d }, zone);
  const high = toPlane({ ...at, lat: at.lat + d }, zone);
  // The meridian's way through the grid: where it leans west, grid north lies east of it.
  return -Math.atan2(high.east - low.east, high.north - low.north) / RAD;
}

/** An angle as degrees and minutes. */
export function minutes(angle: number): string {
  const all = Math.round(Math.abs(angle) * 60);
  return `${Math.floor(all / 60)}°${String(all % 60).padStart(2, '0')}′`;
}
