import { signal } from '@preact/signals';
import type { CellAt } from './cells.ts';

/** The cell of the mosaic that the page's map has the pointer on. */
export const cellAt = signal<CellAt | null>(null);
