import type { CollectionName } from './catalogue.gen.ts';

/**
 * What the things on the map are cut down to: field and value. A field holds for every collection
 * that has it; a status is one of a collection, under `status.areas` and so on.
 */
export type Filter = Readonly<Record<string, string>>;

const MAPPED: readonly CollectionName[] = ['areas', 'parcels', 'buildings', 'projects'];

interface Facet {
  readonly field: string;
  /** For staff alone. */
  readonly staff?: boolean;
}

/** What each collection can be filtered by, in the order of the chips. */
export const FACETS: Readonly<Record<CollectionName, readonly Facet[]>> = {
  areas: [
    { field: 'status' },
    { field: 'board' },
    { field: 'street' },
    { field: 'decided_year' },
    { field: 'batch', staff: true },
    { field: 'leader', staff: true },
  ],
  parcels: [
    { field: 'status' },
    { field: 'area' },
    { field: 'use_class' },
    { field: 'sold_year' },
    { field: 'mode' },
    { field: 'street' },
  ],
  buildings: [
    { field: 'status', staff: true },
    { field: 'area', staff: true },
    { field: 'legal', staff: true },
    { field: 'use', staff: true },
    { field: 'tenure', staff: true },
  ],
  projects: [{ field: 'status' }, { field: 'board' }, { field: 'industry' }, { field: 'area' }],
};

const KEYS: readonly string[] = [
  ...new Set(MAPPED.flatMap((c) => FACETS[c].map((f) => (f.field === 'status' ? '' : keyOf(c, f.field))))),
].filter((key) => key !== '');

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

/**
 * The filter as a query of a collection's items. Of areas, `area` is the one itself. What the
 * collection has not, or the reader may not ask for, is left out.
 */
export function queryOf(filter: Filter, collection: CollectionName, staff: boolean): Record<string, string> {
  const out: Record<string, string> = {};
  for (const { field, staff: closed } of FACETS[collection]) {
    const value = filter[keyOf(collection, field)];
    if (value && (staff || !closed)) out[field] = value;
  }
  if (collection === 'areas' && filter.area) out.code = filter.area;
  return out;
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
