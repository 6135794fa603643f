import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { VectorTile, type VectorTileFeature } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';
import { MAP_LAYERS, MAP_MAX_ZOOM, STATUSES } from '../src/catalogue.gen.ts';
import type { District, Item, TileJson } from '../src/types.ts';
import { everything, get, json } from './api.ts';
import { turn } from './geometry.ts';
import { type Server, server } from './server.ts';

type Values = Record<string, string | number | boolean>;

let site: Server;
let template: string;
let bounds: [number, number, number, number];
let items: Record<string, Map<number, Item>>;

before(async () => {
  site = await server();
  const district = await json<District>(`${site.url}/api/district`);
  assert.ok(district.bounds, 'the demo has bounds');
  bounds = district.bounds;
  template = (await json<TileJson>(`${site.url}/tiles/public.json`)).tiles[0] ?? '';
  const collections = ['areas', 'parcels', 'projects'];
  const all = await Promise.all(collections.map((c) => everything(site.url, c)));
  items = Object.fromEntries(
    collections.map((c, i) => [c, new Map((all[i] ?? []).map((f) => [Number(f.properties.fid), f]))]),
  );
});

after(() => site?.stop());

interface Read {
  readonly z: number;
  readonly x: number;
  readonly y: number;
  readonly tile: VectorTile;
}

async function tileAt(z: number, x: number, y: number): Promise<Read | null> {
  const path = new URL(template.replace('{z}', `${z}`).replace('{x}', `${x}`).replace('{y}', `${y}`));
  const answer = await get(`${site.url}${path.pathname}`);
  if (answer.status === 204) return null;
  assert.equal(answer.status, 200, path.pathname);
  assert.equal(answer.headers.get('content-type'), 'application/vnd.mapbox-vector-tile');
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return { z, x, y, tile: new VectorTile(new PbfReader(bytes)) };
}

/** Every tile of a zoom over the data. */
async function cover(z: number): Promise<Read[]> {
  const column = (lng: number) => Math.floor((lng / 360 + 0.5) * 2 ** z);
  const row = (lat: number) => {
    const sin = Math.sin((lat * Math.PI) / 180);
    return Math.floor((0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * 2 ** z);
  };
  const [w, s, e, n] = bounds;
  const out: Read[] = [];
  for (let x = column(w); x <= column(e); x++) {
    for (let y = row(n); y <= row(s); y++) {
      const read = await tileAt(z, x, y);
      if (read) out.push(read);
    }
  }
  return out;
}

function features(read: Read, layer: string): VectorTileFeature[] {
  const from = read.tile.layers[layer];
  return from ? Array.from({ length: from.length }, (_, i) => from.feature(i)) : [];
}

function gather(reads: readonly Read[], layer: string): Map<number, Values> {
  const out = new Map<number, Values>();
  for (const read of reads) {
    for (const f of features(read, layer)) {
      assert.equal(typeof f.id, 'number', `${layer} has integer ids`);
      const id = f.id as number;
      const values = f.properties as Values;
      if (out.has(id))
        assert.deepEqual({ ...values }, { ...out.get(id) }, `${layer} ${id} says the same in every tile`);
      out.set(id, values);
    }
  }
  return out;
}

test('at zoom 14 the tiles hold the areas and parcels of the API, no more and no less', async () => {
  const reads = await cover(14);
  for (const layer of ['areas', 'parcels', 'projects'] as const) {
    const drawn = gather(reads, layer);
    const known = items[layer] ?? new Map();
    assert.deepEqual([...drawn.keys()].sort(), [...known.keys()].sort(), `${layer} by id`);
    for (const [id, values] of drawn) {
      const p = known.get(id)?.properties ?? {};
      assert.equal(values.code, p.code, `${layer} ${id}`);
      assert.equal(values.status, p.status, `${layer} ${id}`);
      if (layer !== 'parcels') continue;
      assert.equal(values.use, p.use_class, `${layer} ${id}`);
      assert.ok(
        Math.abs(Number(values.mu) - Number(p.mu)) <= 0.005 + 1e-9,
        `${id}: ${values.mu} and ${p.mu} mu`,
      );
    }
  }
});

test('every layer is one of the catalogue, with its fields and zooms, for the public', async () => {
  for (const z of [0, 5, 8, 9, 10, 11, 13, 14, MAP_MAX_ZOOM]) {
    const reads = z > 14 ? (await cover(z)).slice(0, 60) : await cover(z);
    // Below that the whole district is smaller than one unit of the grid.
    if (z >= 8) assert.ok(reads.length > 0, `zoom ${z} is not empty`);
    for (const read of reads) {
      for (const name of Object.keys(read.tile.layers)) {
        const layer = told(name);
        assert.ok(layer, `${name} is public`);
        assert.ok(z >= layer.minZoom && z <= layer.maxZoom, `${name} at zoom ${z}`);
        for (const f of features(read, name)) {
          for (const field of Object.keys(f.properties))
            assert.ok(layer.fields.includes(field), `${name}.${field}`);
        }
      }
    }
  }
});

interface Told {
  readonly minZoom: number;
  readonly maxZoom: number;
  readonly fields: readonly string[];
}

/** What a tile of the public may say in a layer: one of the catalogue's, the cells of one, or what was left out. */
function told(name: string): Told | undefined {
  if (name === 'left_out') return { minZoom: 0, maxZoom: MAP_MAX_ZOOM, fields: ['layer', 'n'] };
  const open = MAP_LAYERS.filter((l) => l.public);
  const of = open.find((l) => l.mosaic?.name === name);
  if (!of?.machine) return open.find((l) => l.name === name);
  const values = STATUSES[of.machine].flatMap((s) => [`m2_${s.code}`, `n_${s.code}`]);
  return { ...of, fields: ['lead', 'cover', 'n', 'm2', ...values] };
}

test('a tile has the parcels or the cells that stand for them, never both, and the cells add up', async () => {
  const of = MAP_LAYERS.find((l) => l.name === 'parcels')?.mosaic;
  assert.ok(of);
  const sums: number[] = [];
  for (const z of [8, of.maxZoom, of.maxZoom + 1]) {
    let [cells, parcels, n] = [0, 0, 0];
    for (const read of await cover(z)) {
      const here = [features(read, of.name), features(read, 'parcels')] as const;
      assert.ok(
        here.some((f) => f.length === 0),
        `${z}/${read.x}/${read.y} has one of them`,
      );
      cells += here[0].length;
      parcels += here[1].length;
      for (const c of here[0]) n += Number(c.properties.n);
    }
    assert.equal(cells > 0, z <= of.maxZoom, `cells at zoom ${z}`);
    assert.equal(parcels > 0, z > of.maxZoom, `parcels at zoom ${z}`);
    if (cells > 0) sums.push(n);
  }
  assert.deepEqual(sums, [items.parcels?.size, items.parcels?.size], 'each parcel counts once');
});

test('rings turn as the specification says: the outer one clockwise on the screen', async () => {
  let rings = 0;
  for (const z of [10, 13, 15]) {
    for (const read of (await cover(z)).slice(0, 40)) {
      for (const layer of ['areas', 'parcels', 'cleared']) {
        for (const f of features(read, layer)) {
          const geometry = f.loadGeometry();
          assert.equal(f.type, 3, `${layer} are polygons`);
          assert.ok(
            geometry[0] && turn(geometry[0]) > 0,
            `${layer} ${f.id} in ${read.z}/${read.x}/${read.y}`,
          );
          for (const ring of geometry) {
            assert.notEqual(turn(ring), 0, 'no ring is flat');
            assert.ok(ring.length >= 4, 'a ring has three corners and its end');
            rings++;
          }
        }
      }
    }
  }
  assert.ok(rings > 100, `${rings} rings were looked at`);
});

test('the staff tiles are not for everybody, and a tile that cannot be has a reason', async () => {
  for (const path of ['/tiles/staff.json', '/tiles/staff/14/13337/6799.mvt']) {
    assert.equal((await get(site.url + path)).status, 401, path);
  }
  assert.equal((await get(`${site.url}/tiles/public/${MAP_MAX_ZOOM + 1}/0/0.mvt`)).status, 404);
});
