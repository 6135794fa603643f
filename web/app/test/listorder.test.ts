import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrange } from '../src/listorder.ts';
import type { Item, Value } from '../src/types.ts';

const item = (id: string, properties: Record<string, Value>): Item => ({
  type: 'Feature',
  id,
  geometry: null,
  properties,
});
const ids = (rows: readonly Item[]) => rows.map((r) => r.id).join('');

const PARCELS = [
  item('A', { status: 'sold', list_to: '2020-01-01', start_wan: 900, mu: 3 }),
  item('B', { status: 'listed', list_to: '2026-12-03', start_wan: 500, mu: 10 }),
  item('C', { status: 'announced', list_to: '2026-12-01', start_wan: null, mu: 20 }),
  item('D', { status: 'bidding', list_to: null, start_wan: 100, mu: null }),
];

test('on offer are what is announced, listed or in bidding', () => {
  assert.equal(ids(arrange('parcels', PARCELS, 'offer', null)), 'BCD');
  assert.equal(ids(arrange('parcels', PARCELS, null, null)), 'ABCD');
});

test('parcels are ordered by closing day, price or size; what has none comes last', () => {
  assert.equal(ids(arrange('parcels', PARCELS, 'offer', 'close')), 'CBD');
  assert.equal(ids(arrange('parcels', PARCELS, null, 'price')), 'DBAC');
  assert.equal(ids(arrange('parcels', PARCELS, null, 'size')), 'CBAD');
});

test('late areas come alone, the latest first', () => {
  const areas = [
    item('A', { late_days: 3 }),
    item('B', { late_days: null }),
    item('C', { late_days: 40 }),
    item('D', {}),
  ];
  assert.equal(ids(arrange('areas', areas, 'late', 'late')), 'CA');
  assert.equal(ids(arrange('areas', areas, null, 'late')), 'CABD');
});

test('a filter or an order of another list does nothing', () => {
  assert.equal(ids(arrange('areas', PARCELS, 'offer', 'close')), 'ABCD');
  assert.equal(ids(arrange('projects', PARCELS, 'late', 'size')), 'ABCD');
});
