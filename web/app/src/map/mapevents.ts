import type { Box } from '../bounds.ts';
import type { Camera, Selection } from '../url.ts';
import type { CellAt } from './cells.ts';
import type { Target } from './target.ts';
import type { Notes } from './tilenotes.ts';

/** What the map tells to whom it is shown. */
export interface MapEvents {
  moved(camera: Camera): void;
  /** A click: on what, and where on the canvas. */
  picked(sel: Selection | null, at: { x: number; y: number }): void;
  hovered(target: Target | null): void;
  /** The pointer came upon a cell of the mosaic, or left it. */
  cell(cell: CellAt | null): void;
  /** What the tiles in sight say of themselves, each time the map has come to rest. */
  notes(notes: Notes): void;
  pointer(at: { lat: number; lng: number } | null): void;
  /** What went wrong with tiles or drawing; "" when all is well again. */
  trouble(message: string): void;
}

/** A feature of a layer that is laid over the land. */
export interface Seen {
  readonly layer: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface Room {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

/** Where a map begins: at a camera, else so that a box is seen in the room that is left. */
export interface Start {
  readonly camera: Camera | null;
  readonly box: Box | null;
  readonly room: Room;
  /** No cookie goes with what the map asks for. */
  readonly asNobody?: boolean;
}
