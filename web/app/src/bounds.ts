/** West, south, east, north in degrees. */
export type Box = readonly [number, number, number, number];

/** The box around a GeoJSON geometry; null for one without positions. */
export function boxOf(geometry: unknown): Box | null {
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  grow(box, (geometry as { coordinates?: unknown } | null)?.coordinates);
  return box[0] <= box[2] ? box : null;
}

function grow(box: [number, number, number, number], at: unknown): void {
  if (!Array.isArray(at)) return;
  const [x, y] = at;
  if (typeof x !== 'number' || typeof y !== 'number') {
    for (const part of at) grow(box, part);
    return;
  }
  box[0] = Math.min(box[0], x);
  box[1] = Math.min(box[1], y);
  box[2] = Math.max(box[2], x);
  box[3] = Math.max(box[3], y);
}
