import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VectorTile, type VectorTileFeature } from '@mapbox/vector-tile';
import { PbfReader, PbfWriter } from 'pbf';
import { readTile } from '../src/print/mvt.ts';

const zigzag = (n: number) => (n < 0 ? -2 * n - 1 : 2 * n);
const move = (x: number, y: number) => [9, zigzag(x), zigzag(y)];
const lines = (...steps: [number, number][]) => [
  steps.length * 8 + 2,
  ...steps.flatMap(([x, y]) => [zigzag(x), zigzag(y)]),
];
const CLOSE = 15;

type Shape = [kind: number, tags: number[], geometry: number[]];

/** A polygon that has a hole, a line and a point, one beyond the tile's edge. */
const SHAPES: readonly Shape[] = [
  [
    3,
    [0, 0, 1, 1],
    [
      ...move(-80, 10),
      ...lines([4000, 0], [0, 3000], [-4000, 0]),
      CLOSE,
      ...move(500, -2000),
      ...lines([0, 400], [400, 0], [0, -400]),
      CLOSE,
    ],
  ],
  [2, [], [...move(3, 4), ...lines([1, 1], [-300, 5000])]],
  [1, [0, 2], move(2048, 2047)],
];

/** A tile of one layer. */
function tile(shapes = SHAPES): ArrayBuffer {
  const w = new PbfWriter();
  w.writeMessage(
    3,
    (_: null, l: PbfWriter) => {
      l.writeStringField(1, '规划');
      for (const [kind, tags, geometry] of shapes)
        l.writeMessage(
          2,
          (_n: null, f: PbfWriter) => {
            f.writeVarintField(1, 70_000);
            f.writePackedVarint(2, tags);
            f.writeVarintField(3, kind);
            f.writePackedVarint(4, geometry);
          },
          null,
        );
      for (const key of ['name', 'no']) l.writeStringField(3, key);
      const value = (write: (v: PbfWriter) => void) => l.writeMessage(4, (_n: null, v) => write(v), null);
      value((v) => v.writeStringField(1, '都市商贸核心'));
      value((v) => v.writeVarintField(5, 300));
      value((v) => v.writeDoubleField(3, 1.5));
      l.writeVarintField(5, 8192);
      l.writeVarintField(15, 2);
    },
    null,
  );
  return w.finish().slice().buffer as ArrayBuffer;
}

test('a vector tile is read as the reader of the map reads it', () => {
  const data = tile();
  const [layer] = readTile(data);
  const want = new VectorTile(new PbfReader(new Uint8Array(data))).layers.规划;
  assert.ok(layer && want);
  assert.deepEqual([layer.name, layer.extent, layer.shapes.length], ['规划', 8192, want.length]);
  for (const [i, shape] of layer.shapes.entries()) {
    const feature: VectorTileFeature = want.feature(i);
    assert.equal(shape.kind, ['', 'dot', 'line', 'area'][feature.type]);
    const parts = feature.loadGeometry().map((part) => part.map((p) => [p.x, p.y]));
    // The other reader repeats the first point of a ring as its last.
    const closed = shape.kind === 'area' ? shape.parts.map((p) => [...p, p[0]]) : shape.parts;
    assert.deepEqual(closed, parts);
  }
  assert.deepEqual(layer.shapes[0]?.properties, { name: '都市商贸核心', no: 300 });
  assert.deepEqual(readTile(new ArrayBuffer(0)), []);
  assert.throws(() => readTile(data.slice(0, 40)), RangeError);
});

test('a line that promises more points than there are has those that there are', () => {
  const promised = [(1 << 20) * 8 + 2, zigzag(1), zigzag(1)];
  const [layer] = readTile(tile([[2, [], [...move(3, 4), ...promised]]]));
  assert.deepEqual(layer?.shapes[0]?.parts, [
    [
      [3, 4],
      [4, 5],
    ],
  ]);
});
