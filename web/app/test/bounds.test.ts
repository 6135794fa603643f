import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Box, massOf, type Piece } from '../src/bounds.ts';

const piece = (w: number, s: number, side: number, weight: number): Piece => ({
  box: [w, s, w + side, s + side] as Box,
  weight,
});

test('a far outlier of little weight is left out', () => {
  const town = [piece(0, 0, 1, 40), piece(1, 0, 1, 30), piece(0, 1, 1, 25)];
  assert.deepEqual(massOf([...town, piece(50, 50, 1, 5)], 0.9), [0, 0, 2, 2]);
});

test('what weighs more than may be left out stays, however far', () => {
  const far = piece(50, 50, 1, 20);
  assert.deepEqual(massOf([piece(0, 0, 1, 80), far], 0.9), [0, 0, 51, 51]);
});

test('what lies within frees no ground and stays', () => {
  assert.deepEqual(massOf([piece(0, 0, 10, 90), piece(4, 4, 1, 1), piece(5, 5, 1, 1)], 0.9), [0, 0, 10, 10]);
});

test('no land is no box, and the whole share leaves nothing out', () => {
  assert.equal(massOf([], 0.9), null);
  assert.equal(massOf([piece(0, 0, 1, 0)], 0.9), null);
  assert.deepEqual(massOf([piece(0, 0, 1, 99), piece(9, 9, 1, 1)], 1), [0, 0, 10, 10]);
});
