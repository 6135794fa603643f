import { signal } from '@preact/signals';
import type { Box } from '../bounds.ts';
import type { CollectionName } from '../catalogue.gen.ts';

/** Where the map is asked to go; a new object each time. */
export const wish = signal<{ readonly box: Box } | null>(null);

/** A thing that the pointer or the focus rests on, in the list or on the map. */
export const pointed = signal<{ readonly layer: CollectionName; readonly fid: number } | null>(null);

/** Where the pointer is on the map; null = elsewhere. */
export const pointerAt = signal<{ readonly lat: number; readonly lng: number } | null>(null);

/** What keeps the map from being drawn or filled; "" = nothing. */
export const mapTrouble = signal('');

export function flyTo(box: Box): void {
  wish.value = { box };
}
