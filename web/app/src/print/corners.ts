import { distance, type LngLat } from '../coords/ellipsoid.ts';
import type { Plane2000 } from '../coords/epsg.ts';
import { prefixed, toPlane } from '../coords/gauss.ts';

/** A boundary point (界址点): X to the north and Y to the east, as surveyors write them, and the edge to the next. */
export interface Corner {
  readonly no: string;
  readonly x: string;
  readonly y: string;
  /** Metres to the next corner of the ring. */
  readonly edge: string;
  readonly at: LngLat;
}

/**
 * Numbers the corners of a polygon: rings begin at their north-west corner, outer ones run clockwise
 * and holes the other way; numbers run on from ring to ring. Places come with seven decimals of a
 * degree, so metres are told to the centimetre. Without a plane, X and Y are degrees and edges geodesics.
 */
export function cornersOf(geometry: unknown, plane: Plane2000 | null): readonly Corner[] {
  const out: Corner[] = [];
  for (const { ring, outer } of ringsOf(geometry)) {
    const flat = ring.map((at) => ({ at, ...onPlane(at, plane) }));
    const points = ordered(flat, outer);
    points.forEach((p, i) => {
      const next = points[(i + 1) % points.length] ?? p;
      const edge = plane ? Math.hypot(next.east - p.east, next.north - p.north) : distance(p.at, next.at);
      out.push({
        no: `J${out.length + 1}`,
        x: plane ? p.north.toFixed(2) : p.at.lat.toFixed(7),
        y: plane ? (plane.prefix ? prefixed(plane.zone, p.east) : p.east).toFixed(2) : p.at.lng.toFixed(7),
        edge: edge.toFixed(2),
        at: p.at,
      });
    });
  }
  return out;
}

interface Flat {
  readonly at: LngLat;
  readonly east: number;
  readonly north: number;
}

function onPlane(at: LngLat, plane: Plane2000 | null): { east: number; north: number } {
  return plane ? toPlane(at, plane.zone) : { east: at.lng, north: at.lat };
}

/** The rings of a Polygon or MultiPolygon of GeoJSON without their closing points; others have none. */
export function ringsOf(geometry: unknown): { ring: readonly LngLat[]; outer: boolean }[] {
  const g = geometry as { type?: unknown; coordinates?: unknown } | null;
  const parts = g?.type === 'Polygon' ? [g.coordinates] : g?.type === 'MultiPolygon' ? g.coordinates : [];
  const out: { ring: readonly LngLat[]; outer: boolean }[] = [];
  for (const part of parts as [number, number][][][]) {
    part.forEach((ring, i) => {
      const points = ring.map(([lng, lat]) => ({ lng, lat }));
      const [first, last] = [points[0], points.at(-1)];
      if (points.length > 1 && first?.lng === last?.lng && first?.lat === last?.lat) points.pop();
      if (points.length >= 3) out.push({ ring: points, outer: i === 0 });
    });
  }
  return out;
}

function ordered(points: readonly Flat[], outer: boolean): readonly Flat[] {
  const origin = points[0] ?? { east: 0, north: 0 };
  let area = 0;
  points.forEach((p, i) => {
    const q = points[(i + 1) % points.length] ?? p;
    area +=
      (p.east - origin.east) * (q.north - origin.north) - (q.east - origin.east) * (p.north - origin.north);
  });
  // Clockwise is negative.
  const turned = area < 0 === outer ? [...points] : [...points].reverse();
  let first = 0;
  turned.forEach((p, i) => {
    const best = turned[first] ?? p;
    if (p.north - p.east > best.north - best.east) first = i;
  });
  return [...turned.slice(first), ...turned.slice(0, first)];
}
