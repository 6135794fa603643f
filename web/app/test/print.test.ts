import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distance, type LngLat } from '../src/coords/ellipsoid.ts';
import { plane2000 } from '../src/coords/epsg.ts';
import { fromPlane, toPlane } from '../src/coords/gauss.ts';
import { stateThen } from '../src/map/shown.ts';
import { cornersOf } from '../src/print/corners.ts';
import { boxIn, CSS_PX, fitted, type Frame, fromPaper, toPaper, zoomOf } from '../src/print/frame.ts';
import { convergence, gridOf, minutes } from '../src/print/grid.ts';
import { barOf, layoutOf, PAPERS, SCALES, TURNS } from '../src/print/layout.ts';

const HERE: LngLat = { lng: 113.1, lat: 29.37 };
const PLANE = plane2000(4526);
assert.ok(PLANE);

const frameAt = (scale: number, middle = HERE): Frame => ({ middle, width: 190, height: 180, scale });

function close(got: number, want: number, by: number, what: string): void {
  assert.ok(Math.abs(got - want) <= by, `${what}: ${got}, want ${want}`);
}

test('a hundred metres of ground are as long on paper as the scale says, in every direction and latitude', () => {
  for (const lat of [0, 18, 29.37, 45, -33, 53]) {
    for (const scale of SCALES) {
      const f = frameAt(scale, { lng: 113.1, lat });
      for (const [dx, dy] of [
        [30, 0],
        [0, 30],
        [21, 21],
        [-21, 21],
      ] as const) {
        const from = { x: f.width / 2 - dx, y: f.height / 2 - dy };
        const to = { x: f.width / 2 + dx, y: f.height / 2 + dy };
        const metres = distance(fromPaper(f, from), fromPaper(f, to));
        const mm = Math.hypot(2 * dx, 2 * dy);
        // Mercator's scale changes across a sheet of a small scale; at its middle it is right.
        close((mm * scale) / 1000 / metres, 1, 5e-5, `1:${scale} at ${lat}°, ${dx} ${dy}`);
      }
      const back = toPaper(f, fromPaper(f, { x: 12.5, y: 160 }));
      close(back.x, 12.5, 1e-6, 'x and back');
      close(back.y, 160, 1e-6, 'y and back');
    }
  }
});

test('the zoom draws the frame at its scale from west to east', () => {
  for (const scale of SCALES) {
    const f = frameAt(scale);
    const [west, , east] = boxIn(f);
    const px = ((east - west) / 360) * 512 * 2 ** zoomOf(f);
    close(px / CSS_PX, f.width, 1e-6, `1:${scale}`);
  }
});

test('what fits is put in the middle at the largest of the scales', () => {
  const box = [113.1, 29.36, 113.11, 29.37] as const;
  const f = fitted(box, 190, 180);
  close(f.middle.lng, 113.105, 1e-9, 'middle');
  const width = distance({ lng: 113.1, lat: 29.365 }, { lng: 113.11, lat: 29.365 });
  const height = distance({ lng: 113.105, lat: 29.36 }, { lng: 113.105, lat: 29.37 });
  const least = Math.max(width / (190 * 0.9), height / (180 * 0.9)) * 1000;
  assert.equal(
    f.scale,
    SCALES.find((s) => s >= least),
  );
  assert.equal(fitted([73, 18, 135, 53], 190, 180).scale, SCALES.at(-1));
});

test('what fits a scale fills two thirds of the room at least, whatever its size', () => {
  for (const national of [500, 1000, 2000, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000])
    assert.ok((SCALES as readonly number[]).includes(national), `1:${national}`);
  for (let metres = 200; metres < 85_000; metres *= 1.07) {
    const degrees = metres / (Math.cos((HERE.lat * Math.PI) / 180) * 111_320);
    const box = [HERE.lng, HERE.lat, HERE.lng + degrees, HERE.lat + degrees / 2] as const;
    const f = fitted(box, 190, 180);
    const low = toPaper(f, { lng: box[0], lat: box[1] });
    const high = toPaper(f, { lng: box[2], lat: box[3] });
    const part = (high.x - low.x) / (190 * 0.9);
    assert.ok(part > 0.66 && part <= 1, `${Math.round(metres)} m take ${part} at 1:${f.scale}`);
  }
});

test('nothing of a sheet lies on another part of it or off the paper', () => {
  for (const paper of PAPERS) {
    for (const turn of TURNS) {
      const l = layoutOf(paper, turn);
      assert.deepEqual(
        [l.width, l.height].sort((a, b) => a - b),
        paper === 'a4' ? [210, 297] : [297, 420],
      );
      const parts = { head: l.head, map: l.map, notes: l.notes, foot: l.foot };
      for (const [a, p] of Object.entries(parts)) {
        assert.ok(p.x >= 10 && p.y >= 10, a);
        assert.ok(p.x + p.width <= l.width - 10 + 1e-9 && p.y + p.height <= l.height - 10 + 1e-9, a);
        for (const [b, q] of Object.entries(parts)) {
          const apart =
            p.x + p.width <= q.x || q.x + q.width <= p.x || p.y + p.height <= q.y || q.y + q.height <= p.y;
          assert.ok(a === b || apart, `${paper} ${turn}: ${a} on ${b}`);
        }
      }
    }
  }
});

test('a scale bar has round fields, true to scale, and room on the narrowest sheet', () => {
  for (const scale of SCALES) {
    const fields = barOf(scale);
    const end = fields.at(-1);
    assert.ok(end && fields.length === 5);
    close((end.x + end.width) * scale, end.metres * 1000, 1e-6, `1:${scale}`);
    assert.ok(end.x + end.width <= 55 && end.x + end.width >= 20, `${end.x + end.width} mm at 1:${scale}`);
    assert.match(String(fields[0]?.metres), /^[125]0*$/);
  }
});

test('the planes of CGCS2000 are known by their EPSG numbers, and no other is', () => {
  const said = (srid: number) => {
    const p = plane2000(srid);
    return p && [p.zone.width, p.zone.number, p.zone.meridian, p.prefix];
  };
  assert.deepEqual(said(4491), [6, 13, 75, true]);
  assert.deepEqual(said(4512), [6, 23, 135, false]);
  assert.deepEqual(said(4526), [3, 38, 114, true]);
  assert.deepEqual(said(4547), [3, 38, 114, false]);
  assert.deepEqual(said(4554), [3, 45, 135, false]);
  for (const other of [0, 4326, 4490, 4555, 3857, 32649]) assert.equal(said(other), null, `${other}`);
});

test('grid lines stand at round coordinates of the plane, with the zone before the easting', () => {
  for (const scale of SCALES) {
    const f = frameAt(scale);
    const grid = gridOf(f, PLANE);
    assert.match(String(grid.step), /^[125]0*$/);
    assert.ok(grid.crosses.length >= 4, `${grid.crosses.length} crosses at 1:${scale}`);
    for (const p of grid.crosses) {
      const { east, north } = toPlane(fromPaper(f, p), PLANE.zone);
      for (const v of [east, north])
        close(v, Math.round(v / grid.step) * grid.step, scale * 1e-6, `cross at 1:${scale}`);
    }
    const sides = new Set(grid.ticks.map((t) => t.side));
    assert.deepEqual([...sides].sort(), ['bottom', 'left', 'right', 'top']);
    for (const t of grid.ticks) {
      const on = {
        top: { x: t.at, y: 0 },
        bottom: { x: t.at, y: f.height },
        left: { x: 0, y: t.at },
        right: { x: f.width, y: t.at },
      }[t.side];
      const { east, north } = toPlane(fromPaper(f, on), PLANE.zone);
      const upright = t.side === 'top' || t.side === 'bottom';
      close(upright ? 38e6 + east : north, Number(t.label), scale * 1e-5, `${t.side} ${t.label}`);
    }
  }
});

test('without a plane the grid is one of degrees', () => {
  const f = frameAt(5000);
  const grid = gridOf(f, null);
  assert.equal(grid.step, 10);
  const t = grid.ticks.find((x) => x.side === 'bottom');
  assert.match(t?.label ?? '', /^113°0[56]′[0-5]0″E$/);
  for (const p of grid.crosses) {
    const { lng, lat } = fromPaper(f, p);
    for (const v of [lng, lat]) close(v * 360, Math.round(v * 360), 1e-6, 'cross');
  }
});

test('convergence: west of the central meridian grid north lies west of true north', () => {
  // By the first term of the series, the longitude from the meridian times the sine of the latitude.
  const rough = (lng: number) => (lng - 114) * Math.sin((HERE.lat * Math.PI) / 180);
  for (const lng of [112.6, 113.1, 114, 115.2])
    close(convergence({ ...HERE, lng }, PLANE), rough(lng), 0.001, `${lng}`);
  assert.equal(minutes(convergence(HERE, PLANE)), '0°26′');
});

test('corners run clockwise from the north-west, holes the other way, with their edges in metres', () => {
  const at = (east: number, north: number): [number, number] => {
    const p = fromPlane({ east: 412_000 + east, north: 3_250_000 + north }, PLANE.zone);
    return [Number(p.lng.toFixed(7)), Number(p.lat.toFixed(7))];
  };
  const ring = [at(0, 0), at(100, 0), at(100, 50), at(0, 50), at(0, 0)];
  const hole = [at(20, 10), at(20, 30), at(40, 30), at(40, 10), at(20, 10)];
  const made = cornersOf({ type: 'MultiPolygon', coordinates: [[ring, hole]] }, PLANE);
  const want: [string, number, number, number][] = [
    ['J1', 50, 0, 100],
    ['J2', 50, 100, 50],
    ['J3', 0, 100, 100],
    ['J4', 0, 0, 50],
    ['J5', 30, 20, 20],
    ['J6', 10, 20, 20],
    ['J7', 10, 40, 20],
    ['J8', 30, 40, 20],
  ];
  assert.equal(made.length, want.length);
  for (const [i, [no, north, east, edge]] of want.entries()) {
    const c = made[i];
    assert.equal(c?.no, no);
    close(Number(c?.x), 3_250_000 + north, 0.011, `${no} X`);
    close(Number(c?.y), 38_412_000 + east, 0.011, `${no} Y`);
    close(Number(c?.edge), edge, 0.021, `${no} edge`);
  }
  const plain = cornersOf({ type: 'Polygon', coordinates: [ring] }, null);
  assert.equal(plain[0]?.x, at(0, 50)[1].toFixed(7));
  close(Number(plain[0]?.edge), 100, 0.05, 'a geodesic edge');
  assert.deepEqual(cornersOf({ type: 'Point', coordinates: [113, 29] }, PLANE), []);
  assert.deepEqual(cornersOf(null, PLANE), []);
});

test('the state of a thing on a day is that of its last move by then', () => {
  const p = { status: 'sold', h: 'ab-', t0: 100, t1: 200, t2: 300 };
  assert.equal(stateThen(p, 'parcel', 0), 'sold');
  assert.equal(stateThen(p, 'parcel', 99), '');
  const first = stateThen(p, 'parcel', 100);
  assert.ok(first !== '' && stateThen(p, 'parcel', 199) === first);
  assert.notEqual(stateThen(p, 'parcel', 250), first);
  assert.equal(stateThen(p, 'parcel', 300), '');
});
