import type { CollectionName } from './catalogue.gen.ts';

/**
 * What the things on the map are cut down to: field and value. A field holds for every collection
 * that has it; a status is one of a collection, under `status.areas` and so on.
 */
export type Filter = Readonly<Record<string, string>>;

const MAPPED: readonly CollectionName[] = ['areas', 'parcels', 'buildings', 'projects'];

// What a link may say besides states; FACETS says which collection has which.
const KEYS: readonly string[] =
  'board street decided_year batch leader area use_class sold_year sale_mode legal use tenure industry'.split(
    ' ',
  );

const MAX_VALUE = 200;

/** The key of a facet in a filter: a link's `mode` is the map's. */
export function keyOf(collection: CollectionName, field: string): string {
  if (field === 'mode') return 'sale_mode';
  return field === 'status' ? `status.${collection}` : field;
}

/** Reads the filter of a link: `status=buildings:demolished,areas:signing&area=YYL-12`. */
export function parseFilter(said: ReadonlyMap<string, string>): Filter {
  const out: Record<string, string> = {};
  for (const part of (said.get('status') ?? '').split(',')) {
    const [, collection, code] = /^([a-z]+):([a-z_]{1,32})$/.exec(part) ?? [];
    const known = MAPPED.find((c) => c === collection);
    if (known && code) out[keyOf(known, 'status')] = code;
  }
  for (const key of KEYS) {
    const value = said.get(key) ?? '';
    if (value !== '' && value.length <= MAX_VALUE) out[key] = value;
  }
  return out;
}

/** Writes a filter for a link, as pairs of key and value. */
export function sayFilter(filter: Filter): readonly (readonly [string, string])[] {
  const states = MAPPED.flatMap((c) => {
    const code = filter[keyOf(c, 'status')];
    return code ? [`${c}:${code}`] : [];
  });
  const rest = KEYS.flatMap((key) => (filter[key] ? [[key, filter[key]] as const] : []));
  return states.length > 0 ? [['status', states.join(',')], ...rest] : rest;
}

/** The same filter with a value of a field chosen, or given back when it was. */
export function toggled(filter: Filter, key: string, value: string): Filter {
  const { [key]: now, ...rest } = filter;
  return now === value ? rest : { ...rest, [key]: value };
}

/** Whether two filters ask for the same. */
export function sameFilter(a: Filter, b: Filter): boolean {
  return JSON.stringify(sayFilter(a)) === JSON.stringify(sayFilter(b));
}
