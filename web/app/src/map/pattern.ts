import type { Hatch } from '../catalogue.gen.ts';
import { inkOn } from '../catalogue.ts';

/** A picture for a fill pattern: RGBA rows from the top, drawn at twice the size for sharp screens. */
export interface Pattern {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

export const PATTERN_RATIO = 2;
const SIDE = 20;
const STROKE = 1.5;

/** The image name of a hatch on a fill; the ink follows the fill so that it can be seen. */
export function hatchName(hatch: Exclude<Hatch, 'none'>, fill: string): string {
  return `hatch-${hatch}-${inkOn(fill).slice(1)}`;
}

/** The image name of the dots that mark cleared land. */
export function dotsName(colour: string): string {
  return `dots-${colour.slice(1).toLowerCase()}`;
}

/** Draws the picture of a name that hatchName or dotsName gave; undefined for any other. */
export function pattern(name: string): Pattern | undefined {
  const dots = /^dots-([0-9a-f]{6})$/.exec(name);
  if (dots) return dotPattern(Number.parseInt(dots[1] ?? '0', 16));
  const parts = /^hatch-(single|cross)-([0-9a-f]{6})$/.exec(name);
  if (!parts) return undefined;
  const ink = Number.parseInt(parts[2] ?? '0', 16);
  const cross = parts[1] === 'cross';
  return draw(ink, 0.62, (x, y) => {
    const up = nearLine(x + y);
    return cross ? Math.max(up, nearLine(x - y)) : up;
  });
}

function dotPattern(ink: number): Pattern {
  return draw(ink, 0.9, (x, y) => {
    const d = Math.hypot(x - SIDE / 2 + 0.5, y - SIDE / 2 + 0.5);
    return Math.min(1, Math.max(0, 3.2 - d));
  });
}

// How much of a pixel a 45° line covers; lines repeat every SIDE pixels.
function nearLine(at: number): number {
  const off = (((at + 0.5) % SIDE) + SIDE) % SIDE;
  const d = Math.min(off, SIDE - off) / Math.SQRT2;
  return Math.min(1, Math.max(0, STROKE - d + 0.5));
}

function draw(ink: number, alpha: number, cover: (x: number, y: number) => number): Pattern {
  const data = new Uint8ClampedArray(SIDE * SIDE * 4);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const at = (y * SIDE + x) * 4;
      data[at] = ink >> 16;
      data[at + 1] = (ink >> 8) & 255;
      data[at + 2] = ink & 255;
      data[at + 3] = Math.round(255 * alpha * cover(x, y));
    }
  }
  return { width: SIDE, height: SIDE, data };
}
