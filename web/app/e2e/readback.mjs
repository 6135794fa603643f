// Reads the tiles of a folder with the packages that browsers use and compares
// what they find with expected.json beside them (cmd/tengdi/readback_test.go
// writes both). Plain JavaScript: it runs from the sources, without a build.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { classifyRings, VectorTile, VectorTileFeature } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';

const folder = process.argv[2];
assert.ok(folder, 'usage: node readback.mjs FOLDER');

let features = 0;
const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'));
for (const want of expected) {
  const tile = new VectorTile(new PbfReader(readFileSync(join(folder, want.file))));
  const names = want.layers.map((l) => l.name);
  assert.deepEqual(Object.keys(tile.layers).sort(), [...names].sort(), `${want.tile}: layers`);
  for (const layer of want.layers)
    readLayer(`${want.tile} ${layer.name}`, tile.layers[layer.name], layer.features);
}
console.log(`read ${expected.length} tiles, ${features} features`);

function readLayer(where, layer, want) {
  assert.equal(layer.version, 2, `${where}: version`);
  assert.equal(layer.extent, 4096, `${where}: extent`);
  assert.equal(layer.length, want.length, `${where}: number of features`);
  for (const [i, w] of want.entries()) {
    const f = layer.feature(i);
    const at = `${where} ${w.id}`;
    assert.equal(f.id, w.id, `${at}: id`);
    assert.deepEqual({ ...f.properties }, w.values, `${at}: attributes`);
    if (w.polygons) readPolygons(at, f, w.polygons);
    else readPoints(at, f, w.points);
    features++;
  }
}

function readPoints(at, feature, want) {
  assert.equal(VectorTileFeature.types[feature.type], 'Point', at);
  assert.deepEqual(feature.loadGeometry().flat().map(pair), want, `${at}: points`);
}

// Which rings are holes is for the reader to tell, by the way they turn.
function readPolygons(at, feature, want) {
  assert.equal(VectorTileFeature.types[feature.type], 'Polygon', at);
  const rings = feature.loadGeometry();
  assert.ok(turn(rings[0]) > 0, `${at}: the first ring is clockwise on the screen`);
  for (const ring of rings) {
    assert.ok(ring.length >= 4, `${at}: a ring has three corners and its end`);
    assert.deepEqual(pair(ring[0]), pair(ring[ring.length - 1]), `${at}: a ring is closed`);
  }
  const read = classifyRings(rings).map((polygon) => polygon.map((ring) => ring.slice(0, -1).map(pair)));
  assert.deepEqual(read, want, `${at}: polygons`);
}

function pair(p) {
  return [p.x, p.y];
}

// Twice the signed area; above zero where y grows downwards and the ring is clockwise.
function turn(ring) {
  let sum = 0;
  for (let i = 0; i + 1 < ring.length; i++) sum += ring[i].x * ring[i + 1].y - ring[i + 1].x * ring[i].y;
  return sum;
}
