import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STATUSES } from '../src/catalogue.gen.ts';
import { colourOf } from '../src/catalogue.ts';
import { readCell } from '../src/map/cells.ts';
import { mosaic } from '../src/map/mosaic.ts';
import { FILL_OPACITY, MU_M2, type StyleOptions } from '../src/map/options.ts';
import { TileNotes } from '../src/map/tilenotes.ts';
import { evaluate, paint } from './evaluate.ts';

const OPTIONS: StyleOptions = {
  theme: 'light',
  mode: 'auction',
  lang: 'zh-CN',
  hide: [],
  day: 0,
  only: {},
  staff: false,
  tiles: [],
  zooms: [0, 16],
  reference: '',
  base: { kind: '', url: '', attribution: '' },
};

// Sold leads, listed is second; the rest of the ground is bare.
const CELL = {
  lead: 'sold',
  cover: 40,
  n: 5,
  m2: 3000,
  m2_sold: 2000,
  n_sold: 2,
  m2_listed: 1000,
  n_listed: 3,
};

function cells(o: Partial<StyleOptions> = {}) {
  const layer = mosaic({ ...OPTIONS, ...o });
  assert.ok(layer.type === 'fill' && 'filter' in layer && layer.paint);
  return { filter: layer.filter, paint: layer.paint };
}

function colour(hide: readonly string[], theme: 'light' | 'dark' = 'light'): string {
  return paint(cells({ theme }).paint['fill-color'], CELL, {}, { hide });
}

function opacity(values: Record<string, unknown>, hide: readonly string[] = []): number {
  return evaluate(cells().paint['fill-opacity'], values, {}, 'number', { hide }) as number;
}

test('a cell has the colour of the state with the largest area, of those that the legend shows', () => {
  const of = (code: string, theme: 'light' | 'dark') => {
    const status = STATUSES.parcel.find((s) => s.code === code);
    assert.ok(status);
    return colourOf(status.token, theme).toLowerCase();
  };
  for (const theme of ['light', 'dark'] as const) {
    assert.equal(colour([], theme), of('sold', theme));
    assert.equal(colour(['listed'], theme), of('sold', theme));
    assert.equal(colour(['sold'], theme), of('listed', theme));
  }
  for (const s of STATUSES.parcel) {
    const alone = { lead: s.code, cover: 5, n: 1, m2: 10, [`m2_${s.code}`]: 10, [`n_${s.code}`]: 1 };
    assert.equal(paint(cells().paint['fill-color'], alone, {}), of(s.code, 'light'), s.code);
  }
});

test('a cell is the lighter the less of it is covered, never lost, and as strong as a parcel when full', () => {
  const full = { ...CELL, cover: 100 };
  const steps = [0.5, 2, 10, 25, 40, 70, 100].map((cover) => opacity({ ...full, cover }));
  for (const [i, o] of steps.entries()) assert.ok(i === 0 || o > (steps[i - 1] ?? 1), `${steps}`);
  assert.ok((steps[0] ?? 0) > 0.1, 'one parcel in a large cell can be seen');
  assert.equal(steps.at(-1), FILL_OPACITY);
});

test('what the legend hides takes no part, and a cell of nothing else is not drawn', () => {
  assert.ok(Math.abs(opacity(CELL, ['sold']) - opacity({ ...CELL, cover: 40 / 3 })) < 1e-9);
  assert.equal(opacity(CELL, ['sold', 'listed']), 0);
});

test('cells are of the present: on a past day they are not drawn', () => {
  const shows = (day: number) => evaluate(cells().filter, CELL, {}, 'boolean', { day });
  assert.equal(shows(0), true);
  assert.equal(shows(17_000), false);
});

test('cells meet without a seam: nothing is drawn along their edges', () => {
  assert.equal(cells().paint['fill-antialias'], false);
  assert.equal(cells().paint['fill-outline-color'], undefined);
});

test('the card of a cell lists its states, the largest first, and its sums are the totals', () => {
  const read = readCell(CELL);
  assert.deepEqual(
    read.parts.map((p) => [p.status.code, p.n]),
    [
      ['sold', 2],
      ['listed', 3],
    ],
  );
  const sum = read.parts.reduce((a, p) => a + p.mu, 0);
  assert.ok(Math.abs(sum - read.mu) < 1e-9 && Math.abs(read.mu - 3000 / MU_M2) < 1e-9);
  assert.deepEqual(readCell({}), { cover: 0, n: 0, mu: 0, parts: [] });
});

test('the tiles in sight are asked what they left out, each once, and a new reading takes the place of the old', () => {
  const notes = new TileNotes();
  const layer = (...values: Record<string, unknown>[]) => ({
    length: values.length,
    feature: (i: number) => ({ properties: values[i] ?? {} }),
  });
  const [a, b] = [
    { z: 12, x: 1, y: 1 },
    { z: 12, x: 2, y: 1 },
  ];
  notes.read(a, { parcelcells: layer({}) });
  notes.read(b, { left_out: layer({ layer: 'buildings', n: 70 }, { layer: 'cleared', n: 5 }) });
  assert.deepEqual(notes.sum([a]), { cells: true, leftOut: 0 });
  assert.deepEqual(notes.sum([a, b, b]), { cells: true, leftOut: 75 });
  notes.read(b, null);
  assert.deepEqual(notes.sum([b]), { cells: false, leftOut: 0 });
});
