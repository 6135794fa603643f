import { signal } from '@preact/signals';
import { isAbort, type Problem } from '../api.ts';
import type { HistoryEvent, Item, Round } from '../types.ts';
import { type Selection, sameSelection } from '../url.ts';
import { api, asProblem } from './server.ts';

export interface Detail {
  readonly sel: Selection;
  readonly item: Item | null;
  readonly history: readonly HistoryEvent[];
  readonly rounds: readonly Round[];
  readonly loading: boolean;
  readonly error: Problem | null;
}

/** What the drawer shows; null when it is closed. */
export const detail = signal<Detail | null>(null);

let running: AbortController | null = null;

/** Opens the drawer on a thing, reads it again, or closes it. */
export async function loadDetail(sel: Selection | null): Promise<void> {
  running?.abort();
  running = null;
  if (!sel) {
    detail.value = null;
    return;
  }
  const mine = new AbortController();
  running = mine;
  const shown = detail.peek();
  const kept = sameSelection(shown?.sel ?? null, sel) ? shown : null;
  detail.value = kept ?? { sel, item: null, history: [], rounds: [], loading: true, error: null };
  try {
    const [item, history, rounds] = await Promise.all([
      api.item(sel.collection, sel.code, mine.signal),
      api.history(sel.collection, sel.code, mine.signal),
      sel.collection === 'parcels' ? api.rounds(sel.code, mine.signal) : [],
    ]);
    detail.value = { sel, item, history, rounds, loading: false, error: null };
  } catch (err) {
    if (isAbort(err)) return;
    detail.value = { sel, item: null, history: [], rounds: [], loading: false, error: asProblem(err) };
  }
}
