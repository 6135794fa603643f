import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countDays, daysOf, kindOf, yearOf } from '../src/staff/yeardays.ts';

const off = (day: string) => ({ day, works: false, name: '春节' });
const on = (day: string) => ({ day, works: true, name: '' });

test('the notice goes before the week', () => {
  assert.equal(kindOf('2026-11-23', undefined), 'work');
  assert.equal(kindOf('2026-11-22', undefined), 'weekend');
  assert.equal(kindOf('2026-11-23', off('2026-11-23')), 'holiday');
  assert.equal(kindOf('2026-11-22', on('2026-11-22')), 'makeup');
  assert.equal(kindOf('2026-11-23', on('2026-11-23')), 'work');
});

test('a year has its months in whole weeks from Monday, with every day once', () => {
  for (const [year, days] of [
    [2026, 365],
    [2028, 366],
  ] as const) {
    const months = yearOf(year, []);
    assert.equal(months.length, 12);
    assert.ok(months.flat().every((week) => week.length === 7));
    const all = months.flat(2).flatMap((d) => (d ? [d.day] : []));
    assert.equal(new Set(all).size, days);
    assert.deepEqual([all[0], all.at(-1)], [`${year}-01-01`, `${year}-12-31`]);
  }
  // 1 November 2026 is a Sunday.
  assert.deepEqual(
    yearOf(2026, [])[10]?.[0]?.map((d) => d?.date ?? 0),
    [0, 0, 0, 0, 0, 0, 1],
  );
});

test('days are counted by kind', () => {
  const counts = countDays(yearOf(2026, [off('2026-02-16'), off('2026-02-17'), on('2026-02-14')]));
  assert.deepEqual(counts, { work: 259, weekend: 103, holiday: 2, makeup: 1 });
});

test('a span of days goes over the end of a month; a wrong order has none', () => {
  assert.deepEqual(daysOf('2026-02-27', '2026-03-02'), [
    '2026-02-27',
    '2026-02-28',
    '2026-03-01',
    '2026-03-02',
  ]);
  assert.deepEqual(daysOf('2026-03-02', '2026-03-01'), []);
  assert.equal(daysOf('2026-01-01', '2099-01-01').length, 366);
});
