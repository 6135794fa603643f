import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shownRate } from '../src/rate.ts';

test('a rate is neither complete nor nothing too soon', () => {
  for (const [rate, decimals, want] of [
    [(100 * 2500) / 2501, 1, 99.9],
    [99.96, 1, 99.9],
    [99.999, 2, 99.99],
    [(100 * 1) / 2501, 1, 0.1],
    [100, 1, 100],
    [0, 1, 0],
    [107.25, 1, 107.3],
    [12.34, 1, 12.3],
  ] as const) {
    assert.equal(shownRate(rate, decimals), want, `${rate}`);
  }
});
