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

/** A piece of land: its box, and how much it counts. */
export interface Piece {
  readonly box: Box;
  readonly weight: number;
}

/**
 * The box around the mass of the land: outliers are left out, as long as the rest is `share` of
 * the weight or more. In turn goes the piece whose leaving frees most ground for its weight; what
 * frees none stays. null = there is nothing to be seen.
 */
export function massOf(pieces: readonly Piece[], share: number): Box | null {
  let left = pieces.filter((p) => p.weight > 0);
  let weight = left.reduce((n, p) => n + p.weight, 0);
  const least = weight * share;
  for (;;) {
    const now = around(left);
    if (!now) return null;
    let best: Piece | null = null;
    let most = 0;
    for (const p of left) {
      // Only what lies at the rim frees ground.
      if (weight - p.weight < least || !atRim(p.box, now)) continue;
      const rest = around(left.filter((q) => q !== p));
      const gain = rest ? (extent(now) - extent(rest)) / p.weight : 0;
      if (gain > most) [best, most] = [p, gain];
    }
    if (!best) return now;
    const gone = best;
    left = left.filter((p) => p !== gone);
    weight -= gone.weight;
  }
}

function around(pieces: readonly Piece[]): Box | null {
  if (pieces.length === 0) return null;
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { box: b } of pieces) {
    box[0] = Math.min(box[0], b[0]);
    box[1] = Math.min(box[1], b[1]);
    box[2] = Math.max(box[2], b[2]);
    box[3] = Math.max(box[3], b[3]);
  }
  return box;
}

function atRim(b: Box, rim: Box): boolean {
  return b.some((side, i) => side === rim[i]);
}

function extent(b: Box): number {
  return (b[2] - b[0]) * (b[3] - b[1]);
}
