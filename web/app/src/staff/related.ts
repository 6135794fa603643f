import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { isAbort, type Problem } from '../api.ts';
import { api, asProblem } from '../store/server.ts';
import type { Item } from '../types.ts';

/** Items of another collection that belong to the thing whose file is open. */
export interface Related {
  readonly rows: readonly Item[];
  readonly matched: number;
  readonly loading: boolean;
  readonly error: Problem | null;
}

const START: Related = { rows: [], matched: 0, loading: true, error: null };

/** Reads the items of a collection that one filter holds for; again when mark changes. */
export function useRelated(
  collection: string,
  filter: Readonly<Record<string, string>>,
  mark: number,
  limit = 200,
): Signal<Related> {
  const found = useSignal<Related>(START);
  const query = new URLSearchParams({ ...filter, limit: String(limit) }).toString();
  useEffect(() => {
    const stop = new AbortController();
    const read = async () => {
      try {
        const page = await api.read<{ features: Item[]; numberMatched: number }>(
          `/api/collections/${collection}/items?${query}`,
          stop.signal,
        );
        found.value = { rows: page.features, matched: page.numberMatched, loading: false, error: null };
      } catch (err) {
        if (!isAbort(err)) found.value = { ...START, loading: false, error: asProblem(err) };
      }
    };
    void read();
    return () => stop.abort();
  }, [collection, query, mark]);
  return found;
}
