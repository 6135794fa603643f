import type { CollectionName } from '../catalogue.gen.ts';

/** A feature of the tiles: its layer and its integer id there. */
export interface Target {
  readonly layer: CollectionName;
  readonly fid: number;
}

/** The layers of the tiles that draw a thing: an area and a parcel are labelled from a layer of points. */
export function sourceLayers(layer: CollectionName): readonly string[] {
  if (layer === 'areas') return ['areas', 'arealabels'];
  return layer === 'parcels' ? ['parcels', 'parcellabels'] : [layer];
}

export function keyOf(t: Target): string {
  return `${t.layer}/${t.fid}`;
}

export function unkey(key: string): Target {
  const cut = key.indexOf('/');
  return { layer: key.slice(0, cut) as CollectionName, fid: Number(key.slice(cut + 1)) };
}

export function same(a: Target | null, b: Target | null): boolean {
  return a?.layer === b?.layer && a?.fid === b?.fid;
}
