import { type Signal, signal } from '@preact/signals';
import { Problem } from '../api.ts';
import { api } from '../store/server.ts';
import type { Item, ItemPage } from '../types.ts';

/** Collections that are small enough to be read whole, to be chosen from and to give their names. */
export type NamedCollection = 'areas' | 'boards' | 'organisations' | 'persons';

const MOST = 1000;
interface Kept {
  readonly items: Signal<readonly Item[]>;
  asked: boolean;
}

const fresh = (): Kept => ({ items: signal([]), asked: false });
const kept: Readonly<Record<NamedCollection, Kept>> = {
  areas: fresh(),
  boards: fresh(),
  organisations: fresh(),
  persons: fresh(),
};

/** The items of a collection, read at the first call; none until they came. */
export function itemsOf(collection: NamedCollection): readonly Item[] {
  const own = kept[collection];
  if (!own.asked) {
    own.asked = true;
    void readNames(collection);
  }
  return own.items.value;
}

/** Reads a collection again, after it was changed. */
export async function readNames(collection: NamedCollection): Promise<void> {
  const own = kept[collection];
  own.asked = true;
  try {
    const page = await api.read<ItemPage>(`/api/collections/${collection}/items?limit=${MOST}`);
    own.items.value = page.features;
  } catch (err) {
    // Names are an ornament: without them codes are shown, and the next screen asks again.
    own.asked = false;
    if (!(err instanceof Problem)) throw err;
  }
}

/** The name of an item, else its code. */
export function nameIn(collection: NamedCollection, code: string): string {
  if (code === '') return '';
  const found = itemsOf(collection).find((i) => i.id === code);
  return String(found?.properties.name || code);
}

/** A street as people name it, with its administrative code; the code alone where no body has it. */
export function streetText(code: string): string {
  if (code === '') return '';
  const found = itemsOf('organisations').find(
    (i) => i.properties.kind === 'street' && i.properties.admin_code === code && i.properties.name,
  );
  return found ? `${found.properties.name} ${code}` : code;
}
