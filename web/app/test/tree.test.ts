import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flatten, forestOf } from '../src/staff/tree.ts';

type Row = readonly [code: string, parent: string];

const shape = (rows: readonly Row[]) =>
  flatten(
    forestOf(
      rows,
      (r) => r[0],
      (r) => r[1],
    ),
  )
    .map((n) => `${n.depth}${n.item[0]}`)
    .join(' ');

test('bodies stand below those above them, in their order', () => {
  assert.equal(
    shape([
      ['A', ''],
      ['A1', 'A'],
      ['B', ''],
      ['A2', 'A'],
      ['A1x', 'A1'],
    ]),
    '0A 1A1 2A1x 1A2 0B',
  );
});

test('a parent that is not there leaves a body at the top', () => {
  assert.equal(
    shape([
      ['A', 'gone'],
      ['B', 'A'],
    ]),
    '0A 1B',
  );
});

test('rings are cut, and every body is there once', () => {
  assert.equal(
    shape([
      ['A', 'B'],
      ['B', 'A'],
      ['C', 'C'],
      ['D', 'B'],
    ]),
    '0C 0A 1B 2D',
  );
});
