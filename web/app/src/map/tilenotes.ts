import type { TileId } from './tileversions.ts';

/** What the tiles in sight say of themselves. */
export interface Notes {
  /** Somewhere cells stand for parcels. */
  readonly cells: boolean;
  /** How many things were too small and too many to be drawn. */
  readonly leftOut: number;
}

/** The layers of a decoded tile, as far as they are looked at here. */
export type DecodedLayers = Readonly<
  Record<string, { readonly length: number; feature(i: number): { properties: Record<string, unknown> } }>
>;

export const CELLS = 'parcelcells';
const LEFT_OUT = 'left_out';

/** Remembers what loaded tiles say of themselves, and adds it up for those in sight. */
export class TileNotes {
  private readonly of = new Map<string, Notes>();

  /** Notes a tile that has come in; one without anything to say is forgotten. */
  read(id: TileId, layers: DecodedLayers | null): void {
    const cells = (layers?.[CELLS]?.length ?? 0) > 0;
    const points = layers?.[LEFT_OUT];
    let leftOut = 0;
    for (let i = 0; points && i < points.length; i++) {
      const n = points.feature(i).properties.n;
      if (typeof n === 'number') leftOut += n;
    }
    if (cells || leftOut > 0) this.of.set(key(id), { cells, leftOut });
    else this.of.delete(key(id));
  }

  sum(inSight: readonly TileId[]): Notes {
    const said = [...new Set(inSight.map(key))].flatMap((k) => this.of.get(k) ?? []);
    return {
      cells: said.some((s) => s.cells),
      leftOut: said.reduce((n, s) => n + s.leftOut, 0),
    };
  }
}

function key(t: TileId): string {
  return `${t.z}/${t.x}/${t.y}`;
}
