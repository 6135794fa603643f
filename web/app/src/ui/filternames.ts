import { FIELDS, type CollectionName } from '../catalogue.gen.ts';
import { MACHINE_OF, nameOf, statusOf } from '../catalogue.ts';
import { factText, type Tongue } from '../facts.ts';
import { FACETS } from '../facets.ts';
import { keyOf } from '../filter.ts';
import { streetText } from '../staff/names.ts';
import { lists } from '../store/lists.ts';
import { fmt, staff } from '../store/server.ts';
import { lang, words } from '../store/view.ts';

/** How facts are written for the reader; the bodies that have the names of streets are told to staff alone. */
export function tongue(): Tongue {
  const plain = { lang: lang.value, words: words.value, fmt: fmt.value };
  return staff.value ? { ...plain, street: streetText } : plain;
}

/** What a field of a collection is called. */
export function fieldName(collection: CollectionName, field: string): string {
  if (field === 'area') return words.value.things.areas;
  if (field === 'street' && !staff.value) return words.value.drawer.streetCode;
  const found = FIELDS[collection].find((f) => f.name === field);
  return found ? nameOf(found, lang.value) : field;
}

/** A value of a field in words. */
export function valueName(collection: CollectionName, field: string, value: string): string {
  if (value === '') return '—';
  if (field === 'status') {
    const status = statusOf(MACHINE_OF[collection], value);
    return status ? nameOf(status, lang.value) : value;
  }
  if (field === 'area') {
    const row = lists.areas.value.rows.find((r) => r.id === value);
    return String(row?.properties.name ?? value);
  }
  const found = FIELDS[collection].find((f) => f.name === field);
  return found ? factText(found, value, tongue()) : value;
}

/** The collection and the field that a key of a filter is about. */
export function ofKey(key: string): { collection: CollectionName; field: string } {
  const [, collection] = /^status\.(.+)$/.exec(key) ?? [];
  if (collection) return { collection: collection as CollectionName, field: 'status' };
  for (const c of Object.keys(FACETS) as CollectionName[]) {
    const found = FACETS[c].find((f) => keyOf(c, f.field) === key);
    if (found) return { collection: c, field: found.field };
  }
  return { collection: 'areas', field: key };
}
