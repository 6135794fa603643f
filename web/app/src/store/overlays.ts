import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';

/** What names the layers at a place that was clicked; null until the first one is laid over the map. */
export const overlayCard = signal<ComponentType | null>(null);

/** The layers' part of the legend; null until the first one is laid over the map. Fixed = it takes none off. */
export const overlayLegend = signal<ComponentType<{ fixed?: boolean }> | null>(null);

/** Counts how often layers were laid over the map, for who draws the same elsewhere. */
export const laidOnMap = signal(0);
