import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayOf, stops } from '../src/map/days.ts';
import { barsOf, spanOf } from '../src/tools/bars.ts';

const month = (name: string, n: number) => ({ month: name, n, to: [{ value: 'cleared', n }] });

test('each month with a move has one bar over its stop, and the highest is full', () => {
  const months = [month('2018-01', 4), month('2018-03', 16), month('2018-04', 1)];
  const all = stops({ first: dayOf('2018-01-05'), last: dayOf('2018-03-09') }, dayOf('2018-04-20'));
  assert.deepEqual(
    barsOf(all, months).map((b) => [b.i, b.moves.month, b.height]),
    [
      [0, '2018-01', 0.5],
      [2, '2018-03', 1],
      [3, '2018-04', 0.25],
    ],
  );
});

test('a month that has a stop of its own and today has its bar over today alone', () => {
  const all = [dayOf('2018-03-31'), dayOf('2018-04-20'), dayOf('2018-04-30')];
  assert.deepEqual(
    barsOf(all, [month('2018-04', 3)]).map((b) => b.i),
    [2],
  );
});

test('months beside the stops have no bar, and no months have no span', () => {
  assert.deepEqual(barsOf([dayOf('2018-03-31')], [month('2017-12', 3)]), []);
  assert.deepEqual(barsOf([], [month('2017-12', 3)]), []);
  assert.equal(spanOf([]), null);
  assert.deepEqual(spanOf([month('2017-12', 3), month('2018-02', 1)]), {
    first: dayOf('2017-12-01'),
    last: dayOf('2018-02-01'),
  });
});
