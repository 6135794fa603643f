import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseChange } from '../src/live.ts';
import { parseTile, TileVersions } from '../src/map/tileversions.ts';

test('a change event is read, and what it lacks has a meaning', () => {
  const event = parseChange({
    revision: 7,
    changes: [
      { layer: 'parcels', id: 5, status: 'sold', h: 'bc', t: [17000, 17200, 'x'] },
      { layer: 'areas', id: 6, gone: true },
      { layer: 'areas', id: 'x' },
      null,
    ],
    tiles: ['12/3/4', 9],
  });
  assert.deepEqual(event, {
    revision: 7,
    changes: [
      { layer: 'parcels', id: 5, status: 'sold', gone: false, h: 'bc', t: [17000, 17200] },
      { layer: 'areas', id: 6, status: '', gone: true, h: '', t: [] },
    ],
    tiles: ['12/3/4'],
    all: false,
  });
  assert.equal(parseChange({ changes: [] }), null);
  assert.equal(parseChange(null), null);
  assert.deepEqual(parseChange({ revision: 8, all: true })?.changes, []);
});

test('a tile name is three numbers', () => {
  assert.deepEqual(parseTile('14/13337/6799'), { z: 14, x: 13337, y: 6799 });
  for (const bad of ['', '1/2', '1/2/3/4', 'a/b/c', '1/-2/3', '1/2/3.5'])
    assert.equal(parseTile(bad), null, bad);
});

test('only a touched tile is asked for at a new revision', () => {
  const v = new TileVersions(10);
  const url = (z: number, x: number, y: number) => v.stamp(`http://host/tiles/public/${z}/${x}/${y}.mvt`);
  assert.equal(url(5, 1, 2), 'http://host/tiles/public/5/1/2.mvt?v=10');
  v.touch(12, [{ z: 5, x: 1, y: 2 }]);
  assert.equal(url(5, 1, 2), 'http://host/tiles/public/5/1/2.mvt?v=12');
  assert.equal(url(5, 1, 3), 'http://host/tiles/public/5/1/3.mvt?v=10');
  v.touchAll(15);
  assert.equal(url(5, 1, 3), 'http://host/tiles/public/5/1/3.mvt?v=15');
  assert.equal(v.revision(), 15);
});

test('a tile that was on its way while its change came is known to be late', () => {
  const v = new TileVersions(10);
  const id = { z: 5, x: 1, y: 2 };
  assert.equal(v.late(id), false);
  v.stamp('http://host/tiles/staff/5/1/2.mvt');
  assert.equal(v.late(id), false);
  v.touch(11, [id]);
  assert.equal(v.late(id), true);
  v.stamp('http://host/tiles/staff/5/1/2.mvt');
  assert.equal(v.late(id), false);
});

test('the URLs of others are left alone', () => {
  const v = new TileVersions(10);
  for (const url of [
    'https://tiles.example/5/1/2.png?k=a',
    'http://host/api/reference',
    'https://t.example/tiles/a.json',
  ]) {
    assert.equal(v.stamp(url), url);
  }
});
