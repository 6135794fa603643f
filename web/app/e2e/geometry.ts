export type Position = readonly [number, number];

interface Shape {
  readonly type: string;
  readonly coordinates: unknown;
}

const STEPS = 24;

/** Where a place lies on the map's canvas, in CSS pixels from its top left corner (spherical Mercator, 512-pixel world). */
export function project(
  place: Position,
  camera: { zoom: number; lat: number; lng: number },
  size: { width: number; height: number },
): { x: number; y: number } {
  const world = 512 * 2 ** camera.zoom;
  return {
    x: size.width / 2 + (mercatorX(place[0]) - mercatorX(camera.lng)) * world,
    y: size.height / 2 + (mercatorY(place[1]) - mercatorY(camera.lat)) * world,
  };
}

function mercatorX(lng: number): number {
  return lng / 360 + 0.5;
}

function mercatorY(lat: number): number {
  const s = Math.sin((lat * Math.PI) / 180);
  return 0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI);
}

/** A place well inside a polygon, and how far from its edges in degrees; of many polygons the roomiest. */
export function inside(shape: Shape): { at: Position; room: number } {
  const polygons = (shape.type === 'Polygon' ? [shape.coordinates] : shape.coordinates) as Position[][][];
  let best = { at: [0, 0] as Position, room: -1 };
  for (const rings of polygons) {
    const outer = rings[0] ?? [];
    const [xs, ys] = [outer.map((p) => p[0]), outer.map((p) => p[1])];
    const [w, e, s, n] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    for (let i = 1; i < STEPS; i++) {
      for (let k = 1; k < STEPS; k++) {
        const at: Position = [w + ((e - w) * i) / STEPS, s + ((n - s) * k) / STEPS];
        if (!within(at, rings)) continue;
        const room = Math.min(...rings.map((r) => edgeDistance(at, r)));
        if (room > best.room) best = { at, room };
      }
    }
  }
  if (best.room < 0) throw new Error('no place inside');
  return best;
}

// Even-odd rule over all rings.
function within([x, y]: Position, rings: readonly Position[][]): boolean {
  let odd = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [a, b] = [ring[i], ring[j]];
      if (a && b && a[1] > y !== b[1] > y && x < ((b[0] - a[0]) * (y - a[1])) / (b[1] - a[1]) + a[0])
        odd = !odd;
    }
  }
  return odd;
}

function edgeDistance([x, y]: Position, ring: readonly Position[]): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [a, b] = [ring[i], ring[j]];
    if (!a || !b) continue;
    const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
    const long = dx * dx + dy * dy;
    const t = long === 0 ? 0 : Math.max(0, Math.min(1, ((x - a[0]) * dx + (y - a[1]) * dy) / long));
    best = Math.min(best, Math.hypot(x - a[0] - t * dx, y - a[1] - t * dy));
  }
  return best;
}

/** The zoom at which a circle of a radius in degrees of longitude measures so many pixels. */
export function zoomFor(room: number, pixels: number): number {
  return Math.min(19, Math.log2((pixels * 360) / (room * 512)));
}

/** Twice the signed area of a ring; positive is clockwise on a screen, where y points down. */
export function turn(ring: readonly { readonly x: number; readonly y: number }[]): number {
  let sum = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [a, b] = [ring[j], ring[i]];
    if (a && b) sum += a.x * b.y - b.x * a.y;
  }
  return sum;
}
