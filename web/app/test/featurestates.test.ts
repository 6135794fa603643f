import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Map as GlMap } from 'maplibre-gl';
import type { LiveChange } from '../src/live.ts';
import { FeatureStates } from '../src/map/featurestates.ts';

interface Feature {
  readonly sourceLayer: string;
  readonly id: number;
}

/** The feature state of a map: by layer and id, the fields that are set. */
function canvas() {
  const state = new Map<string, Map<string, unknown>>();
  let removed = 0;
  const of = (f: Feature) => {
    const key = `${f.sourceLayer}/${f.id}`;
    const found = state.get(key) ?? new Map<string, unknown>();
    state.set(key, found);
    return found;
  };
  const map = {
    setFeatureState: (f: Feature, values: object) => {
      for (const [name, value] of Object.entries(values)) of(f).set(name, value);
    },
    removeFeatureState: (f: Feature, name: string) => {
      removed++;
      of(f).delete(name);
    },
  };
  return {
    map: map as unknown as GlMap,
    status: (id: number) => state.get(`parcels/${id}`)?.get('status'),
    removed: () => removed,
  };
}

function moved(id: number, status: string): LiveChange {
  return { layer: 'parcels', id, status, gone: false, h: '', t: [] };
}

test('what was told gives way to tiles that were read after it, and to no others', () => {
  const c = canvas();
  const features = new FeatureStates(c.map);
  features.change(moved(1, 'listed'), false);
  features.change(moved(2, 'listed'), false);
  features.outdate();
  features.change(moved(2, 'sold'), false);
  features.giveUp();
  assert.deepEqual([c.status(1), c.status(2)], [undefined, 'sold']);
  features.giveUp();
  assert.equal(c.status(2), 'sold', 'nothing was read again since');
});

test('read again many times before it comes to rest, a map gives up once what was told until the last time', () => {
  const [once, often] = [canvas(), canvas()];
  const a = new FeatureStates(once.map);
  const b = new FeatureStates(often.map);
  for (const status of ['listed', 'suspended', 'sold']) {
    a.change(moved(1, status), false);
    b.change(moved(1, status), false);
    for (let n = 0; n < 50; n++) b.outdate();
  }
  a.outdate();
  a.giveUp();
  b.giveUp();
  assert.equal(often.status(1), undefined);
  assert.ok(once.removed() > 0);
  assert.equal(often.removed(), once.removed());
});
