import { signal } from '@preact/signals';
import type { Box } from '../bounds.ts';
import type { CollectionName } from '../catalogue.gen.ts';

/** Where the map is asked to go; a new object each time. */
export const wish = signal<{ readonly box: Box } | null>(null);

/** A thing that the pointer or the focus rests on, in the list or on the map. */
export const pointed = signal<{ readonly layer: CollectionName; readonly fid: number } | null>(null);

/** A thing that a tool tells of, which the map outlines as it does what is selected; null = none. */
export const outlined = signal<{ readonly layer: CollectionName; readonly fid: number } | null>(null);

/** Where the pointer is on the map; null = elsewhere. */
export const pointerAt = signal<{ readonly lat: number; readonly lng: number } | null>(null);

/** What keeps the map from being drawn or filled; "" = nothing. */
export const mapTrouble = signal('');

/** Whether the map shows cells somewhere, in place of parcels. */
export const cellsShown = signal(false);

/** How many things the tiles in sight had no room for. */
export const leftOut = signal(0);

/** A place that was searched for by its coordinates, which the map marks; null = none. */
export const pin = signal<{ readonly lng: number; readonly lat: number } | null>(null);

/** Where the map was clicked last, on its canvas; a new object each time. */
export const clicked = signal<{ readonly x: number; readonly y: number } | null>(null);

export function flyTo(box: Box): void {
  wish.value = { box };
}
