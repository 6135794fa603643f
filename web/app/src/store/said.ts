import { signal } from '@preact/signals';

/** What a screen reader hears of what happens by itself. */
export const announcement = signal('');
