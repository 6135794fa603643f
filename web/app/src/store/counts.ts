import { computed, signal } from '@preact/signals';
import { isAbort } from '../api.ts';
import { queryOf } from '../facets.ts';
import { keyOf } from '../filter.ts';
import { matches } from './matches.ts';
import { figures, pastFigures } from './past.ts';
import { api, asProblem, staff } from './server.ts';
import { view } from './view.ts';

const byUse = signal<ReadonlyMap<string, number> | null>(null);
let running: AbortController | null = null;

/** How many things each legend row stands for; null while it is not known. */
export const counts = computed<ReadonlyMap<string, number> | null>(() => {
  const { mode } = view.value;
  if (mode === 'use') return byUse.value;
  const c = mode === 'clearance' ? 'areas' : 'parcels';
  const cut = matches.value.get(c);
  const only = view.value.filter[keyOf(c, 'status')];
  // A count by status leaves the filter's own status out of account.
  if (cut && !pastFigures.value)
    return new Map((cut.by.status ?? []).filter((r) => !only || r.value === only).map((r) => [r.value, r.n]));
  const s = figures.value;
  if (!s) return null;
  const rows = mode === 'clearance' ? s.areas.by_status : s.parcels.by_status;
  return new Map(rows.map((r) => [r.code, r.n]));
});

/** Asks how many parcels of the filter each family of uses has: the summary does not say. */
export async function loadUseCounts(): Promise<void> {
  running?.abort();
  const mine = new AbortController();
  running = mine;
  try {
    const filter = queryOf(view.peek().filter, 'parcels', staff.peek());
    const found = await api.counts('parcels', { ...filter, by: 'use_class' }, mine.signal);
    byUse.value = new Map(found.by.use_class?.map((r) => [r.value, r.n]));
  } catch (err) {
    if (!isAbort(err) && asProblem(err)) byUse.value = null;
  }
}
