/** The papers of a map sheet. */
export const PAPERS = ['a4', 'a3'] as const;
export type Paper = (typeof PAPERS)[number];

/** Which way it is turned. */
export const TURNS = ['portrait', 'landscape'] as const;
export type Turn = (typeof TURNS)[number];

/**
 * The scales that a sheet can have, as the number after 1:, the largest scale first. They are those of
 * the national series (500, 1 000, 2 000, 5 000, 10 000, 25 000, 50 000, 100 000, 250 000, 500 000) and
 * round ones between: none is more than half again its neighbour, so that what just misses one still
 * takes two thirds of the room at the next. A district on A4 often wants 1:125 000.
 */
export const SCALES = [
  500, 750, 1000, 1500, 2000, 2500, 3000, 4000, 5000, 7500, 10_000, 15_000, 20_000, 25_000, 30_000, 40_000,
  50_000, 75_000, 100_000, 125_000, 150_000, 200_000, 250_000, 300_000, 400_000, 500_000,
] as const;

/** A box on the paper, in millimetres from its upper left corner. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where everything lies on a sheet. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly head: Place;
  readonly map: Place;
  /** Legend, scale and corner table: under an upright map, beside a wide one. */
  readonly notes: Place;
  readonly foot: Place;
  /** How many corners the table has room for. */
  readonly corners: number;
  /** Dots to the inch of the map's picture. */
  readonly dpi: number;
}

const MARGIN = 10;
const HEAD = 14;
const FOOT = 9;
const GAP = 4;
// Outside the frame, for the numbers of the grid.
const NUMBERS = 5;

const SIZES: Readonly<Record<Paper, readonly [number, number]>> = { a4: [210, 297], a3: [297, 420] };
const NOTES: Readonly<Record<Paper, Readonly<Record<Turn, number>>>> = {
  a4: { portrait: 62, landscape: 62 },
  a3: { portrait: 72, landscape: 76 },
};
const CORNERS: Readonly<Record<Paper, Readonly<Record<Turn, number>>>> = {
  a4: { portrait: 30, landscape: 14 },
  a3: { portrait: 60, landscape: 40 },
};

/** Lays a sheet out. */
export function layoutOf(paper: Paper, turn: Turn): Layout {
  const [short, long] = SIZES[paper];
  const [width, height] = turn === 'portrait' ? [short, long] : [long, short];
  const inner = width - 2 * MARGIN;
  const notes = NOTES[paper][turn];
  const top = MARGIN + HEAD + GAP;
  const bottom = height - MARGIN - FOOT;
  const left = MARGIN + NUMBERS;
  const wide = turn === 'landscape';
  const map = {
    x: left,
    y: top,
    width: inner - NUMBERS - (wide ? notes + GAP : 0),
    height: bottom - top - NUMBERS - (wide ? 0 : notes + GAP),
  };
  return {
    width,
    height,
    head: { x: MARGIN, y: MARGIN, width: inner, height: HEAD },
    map,
    notes: wide
      ? { x: width - MARGIN - notes, y: top, width: notes, height: bottom - top - GAP }
      : { x: MARGIN, y: bottom - notes, width: inner, height: notes - GAP },
    foot: { x: MARGIN, y: bottom, width: inner, height: FOOT },
    corners: CORNERS[paper][turn],
    dpi: paper === 'a4' ? 200 : 150,
  };
}

/** One field of a scale bar, in millimetres from its left end; it ends at `metres`. */
export interface BarField {
  readonly x: number;
  readonly width: number;
  readonly metres: number;
}

const FIELDS = 5;
const FIELD_MM = 11;

/** The scale bar of a sheet: five fields of a round length, at most 11 mm each. */
export function barOf(scale: number): readonly BarField[] {
  const mm = 1000 / scale;
  const metres = roundBelow(FIELD_MM / mm);
  return Array.from({ length: FIELDS }, (_, i) => ({
    x: i * metres * mm,
    width: metres * mm,
    metres: (i + 1) * metres,
  }));
}

/** The largest of 1, 2, 5 times a power of ten that is not larger. */
export function roundBelow(v: number): number {
  const power = 10 ** Math.floor(Math.log10(v) + 1e-9);
  return ([5, 2, 1].find((f) => f * power <= v * (1 + 1e-9)) ?? 1) * power;
}

/** The smallest of 1, 2, 5 times a power of ten that is not smaller. */
export function roundAbove(v: number): number {
  const power = 10 ** Math.floor(Math.log10(v) + 1e-9);
  return ([1, 2, 5, 10].find((f) => f * power >= v * (1 - 1e-9)) ?? 10) * power;
}
