import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auctionHints } from '../src/staff/auctionhints.ts';
import { addDays, addMonths, courtClock, daysBetween, isDay, today } from '../src/staff/days.ts';

test('days are civil days, whatever the clocks of the seasons do', () => {
  assert.equal(addDays('2024-02-28', 2), '2024-03-01');
  assert.equal(daysBetween('2026-03-28', '2026-03-30'), 2);
  assert.equal(daysBetween('2026-12-31', '2026-12-01'), -30);
  assert.equal(addMonths('2026-08-31', 6), '2027-02-28');
  assert.equal(addMonths('2026-11-30', 3), '2027-02-28');
  assert.equal(isDay('2026-02-3x'), false);
  assert.equal(today('Asia/Shanghai', new Date('2026-11-22T16:30:00Z')), '2026-11-23');
});

test('the court clock runs from service, and from a final judgment', () => {
  assert.deepEqual(courtClock('2026-01-31'), {
    reviewUntil: '2026-04-01',
    suitUntil: '2026-07-31',
    applyFrom: '2026-08-01',
    applyUntil: '2026-10-31',
  });
  const judged = courtClock('2026-01-31', '2026-05-10');
  assert.equal(judged.suitUntil, '2026-05-10');
  assert.equal(judged.applyFrom, '2026-05-11');
  assert.equal(judged.applyUntil, '2026-08-10');
  assert.deepEqual(courtClock('2026-01-31', '2025-12-01'), courtClock('2026-01-31'));
});

const hint = (values: Record<string, string>, field: string) =>
  auctionHints(values).find((h) => h.field === field);

test('an announcement is told while it is typed what its dates and deposit come to', () => {
  assert.deepEqual(hint({ notice_on: '2026-11-01' }, 'list_from'), {
    field: 'list_from',
    kind: 'earliest',
    day: '2026-11-21',
    warn: false,
  });
  const dates = { notice_on: '2026-11-01', list_from: '2026-11-20', list_to: '2026-11-30' };
  assert.deepEqual([hint(dates, 'list_from')?.days, hint(dates, 'list_from')?.warn], [19, true]);
  assert.deepEqual([hint(dates, 'list_to')?.days, hint(dates, 'list_to')?.warn], [10, false]);
  assert.equal(hint({ ...dates, list_to: '2026-11-29' }, 'list_to')?.warn, true);
  assert.equal(hint({ ...dates, mode: 'auction', list_to: '' }, 'list_to'), undefined);
  assert.equal(hint({ ...dates, deposit_by: '2026-12-01' }, 'deposit_by')?.warn, true);
  assert.equal(hint({ ...dates, apply_from: '2026-11-20' }, 'apply_from'), undefined);
});

test('a deposit is told as a share of the start price', () => {
  assert.deepEqual(hint({ start_wan: '10,695', deposit_wan: '2139' }, 'deposit_wan'), {
    field: 'deposit_wan',
    kind: 'deposit',
    share: 20,
    warn: false,
  });
  assert.equal(hint({ start_wan: '10000', deposit_wan: '1999' }, 'deposit_wan')?.warn, true);
  assert.equal(hint({ start_wan: '', deposit_wan: '1999' }, 'deposit_wan'), undefined);
});
