import { Problem } from '../api.ts';
import { goTo, route } from '../store/route.ts';
import { api } from '../store/server.ts';
import type { Item } from '../types.ts';
import { MOST_ROWS } from './batch.ts';

// The address says that a batch is under way. Which households it is of stands beside it in the browser's
// own history: a reload and the back button find them, and no server log and no link carries them.
const STEP = 'move';
const KEPT = 'batch';
const AT_ONCE = 6;
const NOT_FOUND = 404;

/** Whether the address is that of a batch. */
export function inBatch(): boolean {
  return new URLSearchParams(route.value.search).has(STEP);
}

/** Goes from a list to the batch of what is chosen in it, or back to the list with its filters. */
export function toBatch(on: boolean, how: 'push' | 'replace' = 'push'): void {
  const { path, search } = route.peek();
  const query = new URLSearchParams(search);
  if (on) query.set(STEP, 'yes');
  else query.delete(STEP);
  goTo(query.size > 0 ? `${path}?${query}` : path, how);
}

/** The codes that were kept with this address; what is not a code counts as none. */
export function keptCodes(): readonly string[] {
  const state: unknown = history.state;
  if (typeof state !== 'object' || state === null) return [];
  const codes = (state as Record<string, unknown>)[KEPT];
  if (!Array.isArray(codes)) return [];
  return codes.filter((c): c is string => typeof c === 'string' && c !== '').slice(0, MOST_ROWS);
}

/** Keeps the codes of a batch with its address. */
export function keepCodes(codes: readonly string[]): void {
  history.replaceState({ [KEPT]: [...codes] }, '');
}

/** Reads households by their codes, as they are now; those that the reader no longer sees are left out. */
export async function readKept(codes: readonly string[], signal: AbortSignal): Promise<Item[]> {
  const found = new Map<string, Item>();
  const left = [...codes];
  const reader = async () => {
    for (let code = left.shift(); code !== undefined; code = left.shift()) {
      try {
        const path = `/api/collections/households/items/${encodeURIComponent(code)}`;
        const { body, version } = await api.versioned<Item>(path, signal);
        found.set(code, { ...body, version });
      } catch (err) {
        if (!(err instanceof Problem && err.status === NOT_FOUND)) throw err;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, reader));
  return codes.flatMap((c) => found.get(c) ?? []);
}
