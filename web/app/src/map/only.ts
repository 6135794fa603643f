import type {
  ExpressionSpecification,
  FilterSpecification,
  LayerSpecification,
} from '@maplibre/maplibre-gl-style-spec';
import type { CollectionName } from '../catalogue.gen.ts';

/** By collection the ids of the things that a filter keeps; a collection that is not there keeps all. */
export type Only = Readonly<Partial<Record<CollectionName, readonly number[]>>>;

export const NOTHING_CUT: Only = {};

const COLLECTIONS: readonly CollectionName[] = ['areas', 'parcels', 'buildings', 'projects'];

/** Which collection a layer of the tiles draws things of. */
const DRAWS: Readonly<Record<string, CollectionName>> = {
  areas: 'areas',
  arealabels: 'areas',
  parcels: 'parcels',
  parcellabels: 'parcels',
  buildings: 'buildings',
  projects: 'projects',
};

/** The style's global state for a filter: by collection the ids, or null for all. */
export function onlyState(only: Only): readonly (readonly [string, number[] | null])[] {
  return COLLECTIONS.map((c) => [stateOf(c), only[c] ? [...only[c]] : null] as const);
}

function stateOf(c: CollectionName): string {
  return `only_${c}`;
}

function unfiltered(c: CollectionName): ExpressionSpecification {
  return ['==', ['typeof', ['global-state', stateOf(c)]], 'null'] as unknown as ExpressionSpecification;
}

/** Has a layer draw only what the filter keeps. Cells cannot be taken apart: under a filter of parcels none are drawn. */
export function cutDown(layer: LayerSpecification): LayerSpecification {
  const from = 'source-layer' in layer ? layer['source-layer'] : undefined;
  const c = DRAWS[from ?? ''];
  if (!c && from !== 'parcelcells') return layer;
  const kept = c
    ? ['any', unfiltered(c), ['in', ['id'], ['array', 'number', ['global-state', stateOf(c)]]]]
    : unfiltered('parcels');
  const before = 'filter' in layer && layer.filter ? [layer.filter] : [];
  return {
    ...layer,
    filter: ['all', ...before, kept] as unknown as FilterSpecification,
  } as LayerSpecification;
}
