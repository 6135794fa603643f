import { computed, effect, signal } from '@preact/signals';
import { isAbort } from '../api.ts';
import type { Summary } from '../types.ts';
import { shownDay } from './day.ts';
import { revision } from './live.ts';
import { api, asProblem, staff, summary, summaryError } from './server.ts';

// While the slider runs, days that are passed over are not asked for.
const WAIT_MS = 200;

const then = signal<{ readonly date: string; readonly summary: Summary } | null>(null);

/** The figures of the map's day, which staff may read of any day; null while they are of today, or on their way. */
export const pastFigures = computed<Summary | null>(() =>
  shownDay.value !== null && then.value?.date === shownDay.value ? then.value.summary : null,
);

/** The figures of the map's day where they are here, else of today. */
export const figures = computed(() => pastFigures.value ?? summary.value);

/** Follows the map's day for as long as the page lives. */
export function startPast(): void {
  const wanted = computed(() => (staff.value ? shownDay.value : null));
  effect(() => {
    const date = wanted.value;
    // A correction of the past changes its figures too.
    void revision.value;
    if (date === null) return;
    const stop = new AbortController();
    const read = async () => {
      try {
        const query = new URLSearchParams({ at: date });
        then.value = { date, summary: await api.read<Summary>(`/api/summary?${query}`, stop.signal) };
      } catch (err) {
        if (!isAbort(err)) summaryError.value = asProblem(err);
      }
    };
    const timer = setTimeout(() => void read(), WAIT_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  });
}
