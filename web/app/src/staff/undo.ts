import { signal } from '@preact/signals';
import { file, type OpenFile } from './file.ts';

/** A step that was just made and that its maker may take back. */
export interface Undo {
  readonly thing: string;
  readonly code: string;
  /** The state before, which the step back leads to. */
  readonly to: string;
}

/** How long a step back is offered beside what was done; the file's own list of steps has it for longer. */
export const UNDO_MS = 10_000;

export const undo = signal<Undo | null>(null);
/** The state whose form is to open; "" = none. */
export const wantedStep = signal('');

let timer: ReturnType<typeof setTimeout> | undefined;

/** Offers the way back from a move of a file, where the reader's role has it and nothing stands in its way. */
export function offerUndo(before: OpenFile): void {
  const now = file.peek();
  if (now?.thing !== before.thing || now.code !== before.code) return;
  const back = (now.moves.moves ?? []).find((m) => m.back && m.to === before.moves.status);
  const free = back && (back.reasons ?? []).every((r) => r.guard === 'reason');
  undo.value = free ? { thing: now.thing, code: now.code, to: back.to } : null;
  rest();
}

/** Begins the time of the offer anew. */
export function rest(): void {
  clearTimeout(timer);
  timer = setTimeout(endUndo, UNDO_MS);
}

/** Holds the offer for as long as the reader is at it. */
export function hold(): void {
  clearTimeout(timer);
}

export function endUndo(): void {
  clearTimeout(timer);
  undo.value = null;
}
