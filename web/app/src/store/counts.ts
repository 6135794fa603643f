import { computed, signal } from '@preact/signals';
import { isAbort } from '../api.ts';
import { USES } from '../catalogue.gen.ts';
import { api, asProblem, summary } from './server.ts';
import { view } from './view.ts';

const byUse = signal<ReadonlyMap<string, number> | null>(null);
let running: AbortController | null = null;

/** How many things each legend row stands for; null while it is not known. */
export const counts = computed<ReadonlyMap<string, number> | null>(() => {
  const { mode } = view.value;
  if (mode === 'use') return byUse.value;
  const s = summary.value;
  if (!s) return null;
  const rows = mode === 'clearance' ? s.areas.by_status : s.parcels.by_status;
  return new Map(rows.map((r) => [r.code, r.n]));
});

/** Asks how many parcels each family of uses has: the summary does not say. */
export async function loadUseCounts(): Promise<void> {
  running?.abort();
  const mine = new AbortController();
  running = mine;
  try {
    const pages = await Promise.all(
      USES.map((u) => api.items('parcels', { use_class: u.code, limit: '1' }, mine.signal)),
    );
    byUse.value = new Map(USES.map((u, i) => [u.code, pages[i]?.numberMatched ?? 0]));
  } catch (err) {
    if (!isAbort(err) && asProblem(err)) byUse.value = null;
  }
}
