import { signal } from '@preact/signals';
import type { Overlay } from './overlaylook.ts';

/** A feature of an overlay at a place: its name in both languages, "" for none. */
export interface Here {
  readonly overlay: Overlay;
  readonly zh: string;
  readonly en: string;
}

/** The layers that there are; null until the server has told. */
export const known = signal<readonly Overlay[] | null>(null);

/** Why the layers could not be listed; "" = they were. */
export const overlaysTrouble = signal('');

/** What lies at the place that was asked for, the highest first; null = no place. */
export const here = signal<readonly Here[] | null>(null);
