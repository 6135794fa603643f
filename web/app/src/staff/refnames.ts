import { signal } from '@preact/signals';
import { candidates } from './candidates.ts';

const names = signal<ReadonlyMap<string, string>>(new Map());
const asked = new Set<string>();

/** The name behind a code of a register; "" until it is known, and where there is none. */
export function refName(collection: string, code: string): string {
  if (code === '') return '';
  if (!asked.has(collection)) {
    asked.add(collection);
    void load(collection);
  }
  return names.value.get(`${collection}/${code}`) ?? '';
}

// A name is a courtesy: where the register cannot be read, the code stands.
async function load(collection: string): Promise<void> {
  try {
    const rows = await candidates(collection, '', new AbortController().signal);
    names.value = new Map([...names.value, ...rows.map((r) => [`${collection}/${r.code}`, r.name] as const)]);
  } catch {
    asked.delete(collection);
  }
}
