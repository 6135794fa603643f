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

/** The image name of the diamond of a project: its fill and its rim. */
export function diamondName(fill: string, rim: string): string {
  return `diamond-${fill.slice(1).toLowerCase()}-${rim.slice(1).toLowerCase()}`;
}

/** Draws the picture of a name that one of the functions above gave; undefined for any other. */
export function pattern(name: string): Pattern | undefined {
  const dots = /^dots-([0-9a-f]{6})$/.exec(name);
  if (dots) return dotPattern(rgb(dots[1]));
  const diamond = /^diamond-([0-9a-f]{6})-([0-9a-f]{6})$/.exec(name);
  if (diamond) return diamondMark(rgb(diamond[1]), rgb(diamond[2]));
  const parts = /^hatch-(single|cross)-([0-9a-f]{6})$/.exec(name);
  if (!parts) return undefined;
  const ink = rgb(parts[2]);
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

function rgb(hex: string | undefined): number {
  return Number.parseInt(hex ?? '0', 16);
}

const DIAMOND = 36;
const RIM = 4;

// A square on its corner, DIAMOND pixels from corner to corner; the rim parts it from any ground.
function diamondMark(fill: number, rim: number): Pattern {
  const data = new Uint8ClampedArray(DIAMOND * DIAMOND * 4);
  const middle = (DIAMOND - 1) / 2;
  for (let y = 0; y < DIAMOND; y++) {
    for (let x = 0; x < DIAMOND; x++) {
      const inside = (middle - Math.abs(x - middle) - Math.abs(y - middle)) / Math.SQRT2;
      const alpha = Math.min(1, Math.max(0, inside + 0.5));
      const core = Math.min(1, Math.max(0, inside - RIM + 0.5));
      const at = (y * DIAMOND + x) * 4;
      for (const [i, shift] of [16, 8, 0].entries())
        data[at + i] = Math.round(((fill >> shift) & 255) * core + ((rim >> shift) & 255) * (1 - core));
      data[at + 3] = Math.round(255 * alpha);
    }
  }
  return { width: DIAMOND, height: DIAMOND, data };
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
