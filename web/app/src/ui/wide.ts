import { signal } from '@preact/signals';

/** A screen with room for panel, map and drawer beside each other; else the panel is a sheet. */
export const WIDE = matchMedia('(min-width: 900px)');

/** The same, for what is drawn differently. */
export const wide = signal(WIDE.matches);

WIDE.addEventListener('change', (e) => {
  wide.value = e.matches;
});
