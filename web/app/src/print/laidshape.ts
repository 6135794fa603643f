import type { Overlay } from '../map/overlaylook.ts';
import type { Frame, OnPaper } from './frame.ts';
import type { Wanted } from './names.ts';

/** A shape of a layer over the map, in millimetres of the frame. */
export interface LaidShape {
  readonly kind: 'dot' | 'line' | 'area';
  readonly parts: readonly (readonly OnPaper[])[];
  /** What of it is to be seen: a tile repeats a little of its neighbours. */
  readonly within: PaperBox | null;
  readonly name: string;
}

/** A box on the paper, in millimetres of the frame. */
export interface PaperBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A layer over the map as it is drawn without one. */
export interface LaidShapes {
  readonly overlay: Overlay;
  /** How much of it is seen, 0 to 1. */
  readonly seen: number;
  readonly shapes: readonly LaidShape[];
}

/** A geometry of GeoJSON. */
export interface Geometry {
  readonly type: string;
  readonly coordinates?: unknown;
  readonly geometries?: readonly Geometry[];
}

type Positions = readonly (readonly [number, number])[];

/** The parts of a GeoJSON geometry, each polygon with its holes by itself. */
export function partsOf(g: Geometry | null): { kind: LaidShape['kind']; parts: readonly Positions[] }[] {
  const at = g?.coordinates;
  switch (g?.type) {
    case 'Point':
      return [{ kind: 'dot', parts: [[at as [number, number]]] }];
    case 'MultiPoint':
      return [{ kind: 'dot', parts: [at as Positions] }];
    case 'LineString':
      return [{ kind: 'line', parts: [at as Positions] }];
    case 'MultiLineString':
      return [{ kind: 'line', parts: at as Positions[] }];
    case 'Polygon':
      return [{ kind: 'area', parts: at as Positions[] }];
    case 'MultiPolygon':
      return (at as Positions[][]).map((parts) => ({ kind: 'area', parts }));
    case 'GeometryCollection':
      return (g?.geometries ?? []).flatMap(partsOf);
    default:
      return [];
  }
}

/** The box around points of the paper. */
export function spanOf(points: readonly OnPaper[]): PaperBox {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of points) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return { left, top, right, bottom };
}

/** One place for each name: in the middle of what is seen in the frame of its largest shape. */
export function namesOf(shapes: readonly LaidShape[], frame: Frame): Wanted[] {
  const best = new Map<string, { size: number; x: number; y: number }>();
  for (const s of shapes) {
    if (s.name === '' || s.kind === 'line') continue;
    const b = spanOf(s.parts.flat());
    const [left, right] = [Math.max(0, b.left), Math.min(frame.width, b.right)];
    const [top, bottom] = [Math.max(0, b.top), Math.min(frame.height, b.bottom)];
    const size = (right - left) * (bottom - top);
    const so = best.get(s.name);
    if (!so || size > so.size) best.set(s.name, { size, x: (left + right) / 2, y: (top + bottom) / 2 });
  }
  return [...best].map(([name, where]) => ({ name, ...where }));
}
