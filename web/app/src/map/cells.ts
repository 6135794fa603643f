import { STATUSES, type Status } from '../catalogue.gen.ts';
import { MU_M2 } from './options.ts';

/** A cell of the mosaic that the pointer rests on, or that was tapped. */
export interface CellAt {
  readonly cell: Cell;
  /** Where on the canvas, in CSS pixels. */
  readonly at: { readonly x: number; readonly y: number };
}

/** What lies in a cell: how much of its ground is covered, and by parcels of which states. */
export interface Cell {
  readonly cover: number;
  readonly n: number;
  readonly mu: number;
  /** The states that occur, the largest area first. */
  readonly parts: readonly { readonly status: Status; readonly n: number; readonly mu: number }[];
}

/** Reads the attributes of a feature of the layer `parcelcells`; what is missing counts as none. */
export function readCell(values: Readonly<Record<string, unknown>>): Cell {
  const number = (name: string) => {
    const v = values[name];
    return typeof v === 'number' ? v : 0;
  };
  return {
    cover: number('cover'),
    n: number('n'),
    mu: number('m2') / MU_M2,
    parts: STATUSES.parcel
      .map((status) => ({
        status,
        n: number(`n_${status.code}`),
        mu: number(`m2_${status.code}`) / MU_M2,
      }))
      .filter((p) => p.n > 0 || p.mu > 0)
      .sort((a, b) => b.mu - a.mu),
  };
}
