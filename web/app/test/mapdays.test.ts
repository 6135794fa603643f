import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayOf, isoOf, monthAt, stopAt, stopFrom, stops, TODAY, widen } from '../src/map/days.ts';

test('a day has one number, and what is no day has that of today', () => {
  assert.equal(dayOf('1970-01-02'), 1);
  assert.equal(dayOf('2017-06-30'), 17_347);
  assert.equal(isoOf(17_347), '2017-06-30');
  for (const bad of [null, '', '2017-02-29', '2017-6-1', 'yesterday'])
    assert.equal(dayOf(bad), TODAY, `${bad}`);
});

const span = (first: string, last: string) => ({ first: dayOf(first), last: dayOf(last) });

test('the slider stops at the end of each month in which something moved, and at last at today', () => {
  const shown = (first: string, last: string, today: string) =>
    stops(span(first, last), dayOf(today)).map(isoOf);
  assert.deepEqual(shown('2015-11-20', '2016-02-29', '2019-03-10'), [
    '2015-11-30',
    '2015-12-31',
    '2016-01-31',
    '2016-02-29',
    '2019-03-10',
  ]);
  assert.deepEqual(shown('2016-02-10', '2016-03-10', '2016-03-10'), ['2016-02-29', '2016-03-10']);
  assert.deepEqual(shown('2016-03-31', '2016-03-31', '2016-03-31'), ['2016-03-31']);
  assert.deepEqual(shown('2020-01-01', '2020-01-01', '2016-03-10'), ['2016-03-10']);
  assert.equal(stops(span('2015-01-01', '2019-12-31'), dayOf('2026-05-01')).length, 61);
  assert.deepEqual(stops(null, 17_000), [17_000]);
});

test('a day between two stops stands at the one before it', () => {
  const all = stops(span('2015-11-20', '2016-03-10'), dayOf('2016-03-10'));
  const at = (iso: string) => isoOf(all[stopAt(all, dayOf(iso))] ?? 0);
  assert.equal(at('2015-12-31'), '2015-12-31');
  assert.equal(at('2016-01-30'), '2015-12-31');
  assert.equal(at('2016-03-10'), '2016-03-10');
  assert.equal(at('2010-01-01'), '2015-11-30');
});

test('a step from a day between two stops goes to the next one on that side', () => {
  const all = stops(span('2018-03-20', '2019-03-10'), dayOf('2019-03-10'));
  const step = (iso: string, by: number) => {
    const to = stopFrom(all, dayOf(iso), by);
    return to && isoOf(to);
  };
  assert.equal(step('2018-06-01', -1), '2018-05-31');
  assert.equal(step('2018-06-01', 1), '2018-06-30');
  assert.equal(step('2018-05-31', -1), '2018-04-30');
  assert.equal(step('2018-05-31', 1), '2018-06-30');
  assert.equal(step('2019-02-01', -10), '2018-04-30');
  assert.equal(step('2018-06-01', -12), '2018-03-31');
  assert.equal(step('2018-06-01', 12), '2019-03-10');
  // Before the first stop and at both ends there is one way alone.
  assert.deepEqual([step('2018-03-01', -1), step('2018-03-01', 1)], [null, '2018-03-31']);
  assert.deepEqual([step('2018-03-31', -1), step('2018-03-31', 1)], [null, '2018-04-30']);
  assert.deepEqual([step('2019-03-10', -1), step('2019-03-10', 1)], ['2019-02-28', null]);
});

test('the bar of a day is that of its own month', () => {
  const all = stops(span('2015-11-20', '2016-03-10'), dayOf('2016-03-10'));
  const month = (iso: string) => isoOf(all[monthAt(all, dayOf(iso))] ?? 0).slice(0, 7);
  for (const day of ['2015-11-30', '2015-12-01', '2016-01-30', '2016-01-31', '2016-03-01', '2016-03-10'])
    assert.equal(month(day), day.slice(0, 7));
  assert.equal(month('2010-01-01'), '2015-11');
  assert.equal(month('2016-04-01'), '2016-03');
});

test('a span grows by what more is known of', () => {
  const a = { first: 5, last: 9 };
  assert.deepEqual(widen(a, { first: 3, last: 7 }), { first: 3, last: 9 });
  assert.deepEqual([widen(a, null), widen(null, a), widen(null, null)], [a, a, null]);
});
