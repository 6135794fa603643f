import { api } from '../store/server.ts';
import type { Hit, Item } from '../types.ts';

/** A thing that a form may name by its code. */
export interface Candidate {
  readonly code: string;
  readonly name: string;
}

const MOST = 12;
const SEARCHED = 50;
const WHOLE = 1000;
const KEPT_MS = 60_000;

// Registers are short: they are read whole, and kept for a minute.
const SHORT = ['organisations', 'persons', 'boards', 'areas', 'projects'];
const kept = new Map<string, { at: number; rows: readonly Candidate[] }>();

/** Reads what may match a text in a collection. */
export async function candidates(
  collection: string,
  text: string,
  signal: AbortSignal,
): Promise<readonly Candidate[]> {
  if (!SHORT.includes(collection)) {
    if (text.trim() === '') return [];
    const query = new URLSearchParams({ q: text.trim(), limit: String(SEARCHED) });
    const { hits } = await api.read<{ hits: Hit[] | null }>(`/api/search?${query}`, signal);
    return (hits ?? []).filter((h) => h.collection === collection);
  }
  const before = kept.get(collection);
  if (before && Date.now() - before.at < KEPT_MS) return before.rows;
  const page = await api.read<{ features: Item[] }>(
    `/api/collections/${collection}/items?limit=${WHOLE}`,
    signal,
  );
  const rows = page.features
    .filter((f) => !f.properties.ended_on)
    .map((f) => ({ code: f.id, name: String(f.properties.name || f.properties.post || '') }));
  kept.set(collection, { at: Date.now(), rows });
  return rows;
}

/** The best of what matches a text by code or name: those that begin with it come first. */
export function matching(rows: readonly Candidate[], text: string): readonly Candidate[] {
  const wanted = text.normalize('NFKC').trim().toLowerCase();
  const rank = (c: Candidate) => {
    const at = [c.code, c.name].map((s) => s.toLowerCase().indexOf(wanted)).filter((i) => i >= 0);
    return at.length === 0 ? -1 : Math.min(...at);
  };
  return rows
    .map((row) => ({ row, at: rank(row) }))
    .filter((r) => wanted === '' || r.at >= 0)
    .sort((a, b) => a.at - b.at)
    .slice(0, MOST)
    .map((r) => r.row);
}
