import { computed, signal } from '@preact/signals';
import { archiveIn } from '../archive.ts';
import type { Archive } from '../types.ts';
import { formatHash } from '../url.ts';
import { route } from './route.ts';
import { view } from './view.ts';

/** The archive that the link asks the map to be drawn from; null = the live map. */
export const archiveAsked = computed(() => archiveIn(route.value.search));

/** That archive once the server has told of it. */
export const archive = signal<Archive | null>(null);

/** The same view on the live map. */
export function liveHref(): string {
  return `${route.value.path}#${formatHash(view.value)}`;
}
