import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inOrder } from '../src/facets.ts';

const rows = (...values: string[]) => values.map((value, i) => ({ value, n: 9 - i }));
const order = (field: string, ...values: string[]) =>
  inOrder('areas', field, rows(...values)).map((r) => r.value);

test('chips of states go by the machine, of years by time, others as they were counted', () => {
  assert.deepEqual(order('status', 'handed_over', 'cleared', 'signing', 'decided'), [
    'decided',
    'signing',
    'cleared',
    'handed_over',
  ]);
  assert.deepEqual(order('decided_year', '2017', '2015', '2026', '2016'), ['2015', '2016', '2017', '2026']);
  assert.deepEqual(order('board', '居住', '商贸', '文旅'), ['居住', '商贸', '文旅']);
  assert.deepEqual(order('status', 'unheard', 'planned'), ['planned', 'unheard']);
});
