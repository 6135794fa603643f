import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WorkItem } from '../src/staff/desktypes.ts';
import { dueText, formOf, groupByDue, nearnessOf } from '../src/staff/due.ts';

const item = (code: string, days_left: number | null, light = ''): WorkItem => ({
  kind: 'problem',
  collection: 'problems',
  code,
  title: '',
  area: 'A01',
  due: days_left === null ? null : '2026-01-01',
  light,
  days_left,
});

test('a deadline is overdue from the day after, due on its day, near for a week', () => {
  assert.deepEqual([-1, 0, 1, 7, 8, null].map(nearnessOf), [
    'overdue',
    'today',
    'week',
    'week',
    'later',
    'undated',
  ]);
});

test('work is grouped by nearness: the longest overdue first, then the redder light, then the code', () => {
  const groups = groupByDue(
    [
      item('E', 3, 'green'),
      item('D', 3, 'red'),
      item('A', -1),
      item('B', -9),
      item('F', null),
      item('C', 0),
      item('G', 3, 'green'),
      { ...item('P', -2000, 'red'), kind: 'project' },
    ],
    { overdue: 356, today: 1 },
  );
  assert.deepEqual(
    groups.map((g) => `${g.nearness} ${g.items.map((i) => i.code).join('')}`),
    ['overdue BAP', 'today C', 'week DEG', 'undated F'],
  );
  assert.deepEqual(
    groups.map((g) => g.all),
    [356, 1, 3, 1],
    'those that are not listed count as well',
  );
});

test('days are told in words', () => {
  const w = { overdue: (n: string) => `-${n}`, today: '=', left: (n: string) => `+${n}`, none: '?' };
  assert.deepEqual(
    [-38, 0, 5, null].map((d) => dueText(d, w, String)),
    ['-38', '=', '+5', '?'],
  );
});

test('an item opens its file at the form that it waits for', () => {
  assert.equal(formOf('assign'), '?move=assigned');
  assert.equal(formOf('visit'), '?record=visit');
  assert.equal(formOf('area'), '');
});
