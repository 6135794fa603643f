import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spread } from '../src/print/names.ts';
import { type LaidShape, namesOf, partsOf } from '../src/print/laidshape.ts';

const ring = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 0],
] as const;

test('every geometry of GeoJSON becomes areas, lines and dots, polygons one by one', () => {
  const said = (g: Parameters<typeof partsOf>[0]) => partsOf(g).map((s) => [s.kind, s.parts.length]);
  assert.deepEqual(said({ type: 'Polygon', coordinates: [ring, ring] }), [['area', 2]]);
  assert.deepEqual(said({ type: 'MultiPolygon', coordinates: [[ring], [ring, ring]] }), [
    ['area', 1],
    ['area', 2],
  ]);
  assert.deepEqual(said({ type: 'MultiLineString', coordinates: [ring, ring] }), [['line', 2]]);
  const points = { type: 'MultiPoint', coordinates: ring };
  const line = { type: 'LineString', coordinates: ring };
  const point = { type: 'Point', coordinates: [1, 2] };
  assert.deepEqual(said({ type: 'GeometryCollection', geometries: [points, line, point] }), [
    ['dot', 1],
    ['line', 1],
    ['dot', 1],
  ]);
  assert.deepEqual(partsOf(point)[0]?.parts, [[[1, 2]]]);
  assert.deepEqual(said(null), []);
});

test('a name stands once, in the middle of what the frame shows of its largest shape', () => {
  const square = (x: number, side: number, name: string): LaidShape => ({
    kind: 'area',
    parts: [
      [
        { x, y: 0 },
        { x: x + side, y: 0 },
        { x: x + side, y: side },
        { x, y: side },
      ],
    ],
    within: null,
    name,
  });
  const frame = { middle: { lng: 113, lat: 29 }, width: 100, height: 80, scale: 1000 };
  const shapes = [square(0, 10, 'a'), square(60, 60, 'a'), square(0, 10, ''), square(20, 20, 'b')];
  assert.deepEqual(namesOf(shapes, frame), [
    { name: 'a', size: 2400, x: 80, y: 30 },
    { name: 'b', size: 400, x: 30, y: 10 },
  ]);
});

test('no name is written over another: the larger thing keeps its name', () => {
  const at = (name: string, x: number, y: number, size: number) => ({ name, x, y, size });
  const said = (...all: ReturnType<typeof at>[]) => spread(all).map((n) => n.name);
  assert.deepEqual(said(at('东风湖片区', 50, 50, 1), at('金鹗山片区', 56, 51, 2)), ['金鹗山片区']);
  assert.deepEqual(said(at('东风湖片区', 50, 50, 1), at('金鹗山片区', 56, 54, 2)), [
    '金鹗山片区',
    '东风湖片区',
  ]);
  assert.deepEqual(said(at('东风湖', 50, 50, 2), at('岳州', 58, 50, 1)), ['东风湖', '岳州']);
  assert.deepEqual(said(at('East', 50, 50, 2), at('West', 57, 50, 1)), ['East', 'West']);
});
