import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { areaOf, distance, lengthOf, type LngLat } from '../src/coords/ellipsoid.ts';
import { fromPlane, prefixed, toPlane, zoneAt } from '../src/coords/gauss.ts';
import { readings } from '../src/coords/parse.ts';
import { fromBd, fromGcj, toBd, toGcj } from '../src/coords/shift.ts';
import { sexagesimal, written } from '../src/coords/write.ts';

type Pair = [number, number];

/** What PostGIS and the importer say; web/coords_test.go holds the table to them. */
interface Table {
  points: { at: Pair; zone3: Pair; zone6: Pair; gcj: Pair; bd: Pair }[];
  shapes: { ring: Pair[]; metres: number; m2: number }[];
}

const table = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../test/coords.json'), 'utf8'),
) as Table;
const MILLIMETRE = 0.001;
const NEAR: LngLat = { lng: 113.13, lat: 29.37 };

const place = ([lng, lat]: Pair): LngLat => ({ lng, lat });

function close(got: number, want: number, by: number, what: string): void {
  assert.ok(Math.abs(got - want) <= by, `${what}: ${got}, want ${want}`);
}

test('zones, shifts and their way back agree with PostGIS and the importer', () => {
  assert.ok(table.points.length >= 20);
  for (const { at, zone3, zone6, gcj, bd } of table.points) {
    const p = place(at);
    for (const [width, want] of [
      [3, zone3],
      [6, zone6],
    ] as const) {
      const zone = zoneAt(width, p.lng);
      const plane = toPlane(p, zone);
      close(plane.north, want[0], MILLIMETRE, `${at} north in zone ${zone.number}`);
      close(prefixed(zone, plane.east), want[1], MILLIMETRE, `${at} east in zone ${zone.number}`);
      const back = fromPlane({ north: want[0], east: want[1] % 1e6 }, zone);
      close(distance(back, p), 0, 2 * MILLIMETRE, `${at} and back from zone ${zone.number}`);
    }
    close(distance(toGcj(p), place(gcj)), 0, MILLIMETRE, `${at} in GCJ-02`);
    close(distance(toBd(toGcj(p)), place(bd)), 0, MILLIMETRE, `${at} in BD-09`);
    close(distance(fromGcj(place(gcj)), p), 0, MILLIMETRE, `${at} from GCJ-02`);
    close(distance(fromGcj(fromBd(place(bd))), p), 0, MILLIMETRE, `${at} from BD-09`);
  }
});

test('lengths and areas are those of PostGIS on the ellipsoid', () => {
  assert.ok(table.shapes.length >= 5);
  for (const { ring, metres, m2 } of table.shapes) {
    const line = ring.map(place);
    close(lengthOf([...line, ...line.slice(0, 1)]), metres, metres * 1e-8 + MILLIMETRE, 'length');
    // 0.000 05 mu, or two tenths of a millionth.
    close(areaOf(line), m2, Math.max(0.03, m2 * 2e-7), 'area');
    close(areaOf(line.reverse()), m2, Math.max(0.03, m2 * 2e-7), 'area, the other way round');
  }
});

test('a pair of coordinates is understood in every notation', () => {
  const yueyang = { lng: 113.1, lat: 29.37 };
  const cases: [string, string, LngLat][] = [
    ['113.1, 29.37', 'wgs84', yueyang],
    ['29.37 113.1', 'wgs84', yueyang],
    ['１１３．１，２９．３７', 'wgs84', yueyang],
    ['113.1、29.37', 'wgs84', yueyang],
    ['113.1E 29.37N', 'wgs84', yueyang],
    ['N29.37 E113.1', 'wgs84', yueyang],
    ['29°22′12″N 113°06′00″E', 'wgs84', yueyang],
    ['29°22\'12.00"N, 113°6\'0"E', 'wgs84', yueyang],
    ['113°06′ 29°22.2′', 'wgs84', yueyang],
    ['东经113度6分0秒，北纬29度22分12秒', 'wgs84', yueyang],
    ['北纬29.37°东经113.1°', 'wgs84', yueyang],
    ['3250616.302, 38412617.230', 'zone3', yueyang],
    ['38412617.230 3250616.302', 'zone3', yueyang],
    ['X=3250616.302 Y=38412617.230', 'zone3', yueyang],
    ['3250616.302 412617.230', 'zone3', yueyang],
    ['wgs84: 113.1,29.37', 'wgs84', yueyang],
    ['gcj02 113.1,29.37', 'gcj02', fromGcj(yueyang)],
    ['高德 113.1,29.37', 'gcj02', fromGcj(yueyang)],
    ['百度：113.1 29.37', 'bd09', fromGcj(fromBd(yueyang))],
  ];
  for (const [text, notation, at] of cases) {
    const [first] = readings(text, NEAR);
    assert.equal(first?.notation, notation, text);
    close(distance(first?.at ?? NEAR, at), 0, 0.002, text);
  }
  assert.deepEqual(
    readings('113.1,29.37', NEAR).map((r) => r.notation),
    ['wgs84', 'gcj02', 'bd09'],
  );
  const six = readings('3251234.5, 19703912.611', NEAR);
  assert.deepEqual([six.length, six[0]?.notation, six[0]?.zone?.number], [1, 'zone6', 19]);
});

test('what is no pair is none: codes, names, single numbers, angles that do not exist', () => {
  for (const text of [
    '',
    'YYL-01',
    '岳楼示挂(2018)05号',
    '430602003012GB00045',
    '113.1',
    '113.129.37',
    '1 2 3',
    '200 100',
    '29°70′N 113°E',
    '29N 30N',
    '38412617 38412617',
    '99999999 3250616',
    'N29.37N E113.1',
    '1'.repeat(200),
    '３ 岁',
  ]) {
    assert.deepEqual(readings(text, NEAR), [], text);
  }
});

test('what is written can be read again', () => {
  for (const { at } of table.points) {
    const p = place(at);
    for (const w of written(p)) {
      const back = readings(w.text, p)[0];
      assert.equal(back?.notation, w.notation, w.text);
      close(distance(back?.at ?? NEAR, p), 0, 0.02, w.text);
    }
    const dms = readings(sexagesimal(p), p)[0];
    close(distance(dms?.at ?? NEAR, p), 0, 0.3, sexagesimal(p));
  }
  assert.equal(sexagesimal({ lng: 113.1, lat: -29.37 }), '29°22′12.00″S 113°06′00.00″E');
  assert.equal(sexagesimal({ lng: 59.999_999_9, lat: 0 }), '0°00′00.00″N 60°00′00.00″E');
});
