import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayOf, isoOf, stopAt, stops, TODAY } from '../src/map/days.ts';

const day = (iso: string) => dayOf(iso);

test('a day has one number, and what is no day has that of today', () => {
  assert.equal(dayOf('1970-01-02'), 1);
  assert.equal(dayOf('2017-06-30'), 17_347);
  assert.equal(isoOf(17_347), '2017-06-30');
  for (const bad of [null, '', '2017-02-29', '2017-6-1', 'yesterday'])
    assert.equal(dayOf(bad), TODAY, `${bad}`);
});

test('the slider stops at the end of each month, and at last at today', () => {
  const all = stops(day('2015-11-20'), day('2016-03-10')).map(isoOf);
  assert.deepEqual(all, ['2015-11-30', '2015-12-31', '2016-01-31', '2016-02-29', '2016-03-10']);
  assert.deepEqual(stops(day('2016-03-31'), day('2016-03-31')).map(isoOf), ['2016-03-31']);
  assert.equal(stops(day('2015-01-01'), day('2019-12-31')).length, 60);
  assert.deepEqual(stops(day('2020-01-01'), day('2016-03-10')).map(isoOf), ['2016-03-10']);
});

test('a day between two stops stands at the one before it', () => {
  const all = stops(day('2015-11-20'), day('2016-03-10'));
  const at = (iso: string) => isoOf(all[stopAt(all, day(iso))] ?? 0);
  assert.equal(at('2015-12-31'), '2015-12-31');
  assert.equal(at('2016-01-30'), '2015-12-31');
  assert.equal(at('2016-03-10'), '2016-03-10');
  assert.equal(at('2010-01-01'), '2015-11-30');
});
