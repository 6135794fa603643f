import { signal } from '@preact/signals';

/** A screen with room for panel, map and drawer beside each other; else the panel is a sheet. */
export const WIDE = matchMedia('(min-width: 900px)');

/** The same, for what is drawn differently. */
export const wide = signal(WIDE.matches);

const SLIM = matchMedia('(width < 700px)');

/** A screen on which a drawing has half of its usual width. */
export const slim = signal(SLIM.matches);

SLIM.addEventListener('change', (e) => {
  slim.value = e.matches;
});

WIDE.addEventListener('change', (e) => {
  wide.value = e.matches;
});
