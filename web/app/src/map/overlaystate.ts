import { signal } from '@preact/signals';
import { isAbort } from '../api.ts';
import { api, asProblem, problemText } from '../store/server.ts';
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

/** Tells what lies in the middle of the map; null = no map has layers laid over it. */
export const lookAtMiddle = signal<(() => void) | null>(null);

/** Asks the server which layers there are. */
export async function listOverlays(signal: AbortSignal): Promise<void> {
  try {
    const { overlays } = await api.read<{ overlays: Overlay[] }>('/overlays', signal);
    if (signal.aborted) return;
    known.value = overlays;
    overlaysTrouble.value = '';
  } catch (err) {
    if (!isAbort(err) && !signal.aborted) overlaysTrouble.value = problemText(asProblem(err));
  }
}
