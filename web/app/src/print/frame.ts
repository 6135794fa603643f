import type { Box } from '../bounds.ts';
import { A, type LngLat, RAD } from '../coords/ellipsoid.ts';
import { SCALES } from './layout.ts';

/** A point on the paper, in millimetres from the upper left corner of the map's frame. */
export interface OnPaper {
  readonly x: number;
  readonly y: number;
}

/** What is printed: a place at the middle of a frame of some millimetres, at 1 : scale. */
export interface Frame {
  readonly middle: LngLat;
  readonly width: number;
  readonly height: number;
  readonly scale: number;
}

const F = 1 / 298.257222101;
const E2 = F * (2 - F);

/** CSS has 96 pixels to the inch. */
export const CSS_PX = 96 / 25.4;

/**
 * Millimetres of paper for a radian of the Mercator plane, to the east and to the north. The map's
 * plane is that of a sphere, the ground that of the ellipsoid, whose radii along a parallel and along
 * a meridian differ by up to seven thousandths: so do these two.
 */
export function paperRadian(f: Frame): { readonly east: number; readonly north: number } {
  const s = Math.sin(f.middle.lat * RAD);
  const w = Math.sqrt(1 - E2 * s * s);
  const along = (Math.cos(f.middle.lat * RAD) * 1000) / f.scale;
  return { east: (A / w) * along, north: ((A * (1 - E2)) / w ** 3) * along };
}

function mercator(lat: number): number {
  return Math.asinh(Math.tan(lat * RAD));
}

/** Where a place lies on the paper. */
export function toPaper(f: Frame, at: LngLat): OnPaper {
  const { east, north } = paperRadian(f);
  return {
    x: f.width / 2 + (at.lng - f.middle.lng) * RAD * east,
    y: f.height / 2 - (mercator(at.lat) - mercator(f.middle.lat)) * north,
  };
}

/** The place at a point of the paper. */
export function fromPaper(f: Frame, at: OnPaper): LngLat {
  const { east, north } = paperRadian(f);
  const y = mercator(f.middle.lat) + (f.height / 2 - at.y) / north;
  return { lng: f.middle.lng + (at.x - f.width / 2) / east / RAD, lat: Math.atan(Math.sinh(y)) / RAD };
}

/** The box of degrees that the frame shows. */
export function boxIn(f: Frame): Box {
  const low = fromPaper(f, { x: 0, y: f.height });
  const high = fromPaper(f, { x: f.width, y: 0 });
  return [low.lng, low.lat, high.lng, high.lat];
}

/** The zoom of a map of 512-pixel tiles that shows the frame at its scale, a CSS pixel being 1/96 inch. */
export function zoomOf(f: Frame): number {
  return Math.log2((paperRadian(f).east * CSS_PX * 2 * Math.PI) / 512);
}

// What fits should not touch the frame.
const ROOM = 0.9;

/** The frame around a box of degrees at the largest of the scales at which it fits, else at the smallest. */
export function fitted(box: Box, width: number, height: number): Frame {
  const middle = { lng: (box[0] + box[2]) / 2, lat: (box[1] + box[3]) / 2 };
  const at = (scale: number): Frame => ({ middle, width, height, scale });
  const fits = (f: Frame) => {
    const low = toPaper(f, { lng: box[0], lat: box[1] });
    const high = toPaper(f, { lng: box[2], lat: box[3] });
    return high.x - low.x <= width * ROOM && low.y - high.y <= height * ROOM;
  };
  const scale = SCALES.find((s) => fits(at(s))) ?? SCALES[SCALES.length - 1];
  return at(scale ?? 1000);
}
