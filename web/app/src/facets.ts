import { MACHINE_OF } from './catalogue.ts';
import { type CollectionName, STATUSES } from './catalogue.gen.ts';
import { type Filter, keyOf } from './filter.ts';

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

/** The chips of a field: states in the order of their machine, years in that of time, others as they came, most first. */
export function inOrder<C extends { readonly value: string }>(
  of: CollectionName,
  field: string,
  counted: readonly C[],
): readonly C[] {
  if (field.endsWith('_year')) return counted.toSorted((a, b) => Number(a.value) - Number(b.value));
  if (field !== 'status') return counted;
  const place = new Map<string, number>(STATUSES[MACHINE_OF[of]].map((s, i) => [s.code, i]));
  const at = (c: C) => place.get(c.value) ?? place.size;
  return counted.toSorted((a, b) => at(a) - at(b));
}
