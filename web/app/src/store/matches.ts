import { computed, effect, signal, untracked } from '@preact/signals';
import { isAbort } from '../api.ts';
import type { CollectionName } from '../catalogue.gen.ts';
import { queryOf } from '../facets.ts';
import { sameFilter } from '../filter.ts';
import { PATIENCE_MS } from '../settle.ts';
import type { Counts } from '../types.ts';
import { ensureList, outdateLists } from './lists.ts';
import { revision } from './live.ts';
import { api, asProblem, problemText, staff } from './server.ts';
import { tab, view } from './view.ts';

/** What a collection is cut down to; {} = nothing. */
export function askedOf(collection: CollectionName): Record<string, string> {
  return queryOf(view.value.filter, collection, staff.value);
}

/** Collections that the reader has. */
export const mapped = computed<readonly CollectionName[]>(() =>
  staff.value ? ['areas', 'parcels', 'buildings', 'projects'] : ['areas', 'parcels', 'projects'],
);

/** By collection what the filter finds; a collection that it does not cut down is not there. */
export const matches = signal<ReadonlyMap<CollectionName, Counts>>(new Map());
/** Why the filter could not be asked; "" = it could. */
export const matchesTrouble = signal('');

let running: AbortController | null = null;
let old = false;
let since = 0; // when the running read began

async function load(): Promise<void> {
  running?.abort();
  running = null;
  old = false;
  const wanted = mapped.peek().filter((c) => Object.keys(askedOf(c)).length > 0);
  if (wanted.length === 0) {
    if (matches.peek().size > 0) matches.value = new Map();
    matchesTrouble.value = '';
    return;
  }
  const mine = new AbortController();
  running = mine;
  since = Date.now();
  try {
    const found = await Promise.all(
      wanted.map((c) => api.counts(c, { ...askedOf(c), ids: '1', by: 'status' }, mine.signal)),
    );
    matches.value = new Map(wanted.map((c, i) => [c, found[i] as Counts]));
    matchesTrouble.value = '';
  } catch (err) {
    if (!isAbort(err)) matchesTrouble.value = problemText(asProblem(err));
  }
  if (running !== mine) return;
  running = null;
  if (old) await load();
}

/** Follows the filter for as long as the page lives. */
export function startMatches(): void {
  let before = view.peek().filter;
  const filter = computed(() => {
    const now = view.value.filter;
    if (!sameFilter(now, before)) before = now;
    return before;
  });
  let asked = '';
  effect(() => {
    const key = JSON.stringify([filter.value, staff.value]);
    const changed = key !== asked;
    asked = key;
    void revision.value;
    // Another question puts an end to the one before; changes without end may not.
    if (!changed && running && Date.now() - since < PATIENCE_MS) old = true;
    else untracked(() => void load());
  });
  let first = true;
  effect(() => {
    void filter.value;
    if (!first) {
      untracked(() => {
        outdateLists();
        void ensureList(tab.value);
      });
    }
    first = false;
  });
}
