import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STATUSES } from '../src/catalogue.gen.ts';
import { deskEn } from '../src/i18n/desk.en.ts';
import { deskZh } from '../src/i18n/desk.zh.ts';
import { readFilters, writeFilters } from '../src/staff/listquery.ts';
import { newPassword } from '../src/staff/password.ts';
import { overdueFirst, stands } from '../src/staff/problemorder.ts';
import { areasByLeader, gapsOf } from '../src/staff/responsible.ts';
import { settingLines } from '../src/staff/settingtext.ts';
import { nextOrder, readOrder, sorted, writeOrder } from '../src/staff/sorting.ts';
import { monthsBetween, stageLight, stagesOf } from '../src/staff/stages.ts';
import type { Item, Value } from '../src/types.ts';

const item = (id: string, properties: Record<string, Value>): Item => ({
  type: 'Feature',
  id,
  geometry: null,
  properties,
});
const ids = (rows: readonly Item[]) => rows.map((r) => r.id).join('');

test('an address carries the filters that are known, once and with a value', () => {
  assert.deepEqual(readFilters('?status=listed&area=&x=1&kind=a&kind=b', ['status', 'area', 'kind']), {
    status: 'listed',
  });
  assert.equal(writeFilters('?tab=duties&area=A1', { area: '', gap: 'lead' }), '?tab=duties&gap=lead');
  assert.equal(writeFilters('?area=A1', { area: '' }), '');
});

test('a press on a head sorts up, then down, then not', () => {
  const up = nextOrder(null, 'due');
  const down = nextOrder(up, 'due');
  assert.deepEqual(
    [writeOrder(up), writeOrder(down), writeOrder(nextOrder(down, 'due'))],
    ['due', '-due', ''],
  );
  assert.deepEqual(readOrder('-due'), { by: 'due', down: true });
  assert.deepEqual(writeOrder(nextOrder(down, 'code')), 'code');
});

test('what has no value comes last in both orders', () => {
  const rows = [3, null, 1, 2];
  assert.deepEqual(
    sorted(rows, (n) => n, false),
    [1, 2, 3, null],
  );
  assert.deepEqual(
    sorted(rows, (n) => n, true),
    [3, 2, 1, null],
  );
  assert.deepEqual(
    sorted(['YYL-10', 'YYL-2'], (s) => s, false),
    ['YYL-2', 'YYL-10'],
  );
});

const PROBLEMS = [
  item('A', { status: 'closed', due: '2026-01-01', closed_on: '2026-01-05', light: null }),
  item('B', { status: 'assigned', due: '2026-12-01', late_days: null, light: 'amber' }),
  item('C', { status: 'opened', due: null, light: 'green' }),
  item('D', { status: 'in_progress', due: '2026-10-01', late_days: 53, light: 'red' }),
  item('E', { status: 'closed', due: '2026-01-01', closed_on: '2026-02-05', light: null }),
];

test('the longest overdue problem comes first, the closed ones last', () => {
  assert.equal(ids(overdueFirst(PROBLEMS)), 'DBCEA');
  const count = (how: string) => PROBLEMS.filter((p) => stands(p, how)).length;
  assert.deepEqual(['open', 'overdue', 'near', 'closed'].map(count), [3, 1, 1, 2]);
});

test('every stage of the pipeline is there, with its count, its sum and the longest in it first', () => {
  const stages = stagesOf(STATUSES.project, [
    item('P1', { status: 'signed', amount_wan: 9_999, stage_on: '2026-03-01' }),
    item('P2', { status: 'signed', amount_wan: 10_000, stage_on: '2026-01-01' }),
    item('P3', { status: 'lead', amount_wan: null, stage_on: null }),
  ]);
  assert.equal(stages.length, STATUSES.project.length);
  const signed = stages.find((s) => s.status.code === 'signed');
  assert.equal(ids(signed?.items ?? []), 'P2P1');
  assert.deepEqual([signed?.wan, signed?.large], [19_999, 1]);
  assert.equal(stages.find((s) => s.status.code === 'landed')?.items.length, 0);
});

test('months in a stage are whole ones; their light goes by the bounds, and ends with the project', () => {
  assert.equal(monthsBetween('2026-01-31', '2026-02-28'), 0);
  assert.equal(monthsBetween('2025-11-23', '2026-11-23'), 12);
  assert.equal(monthsBetween('', '2026-11-23'), 0);
  assert.deepEqual(
    [1, 2, 3].map((m) => stageLight('signed', m, 2, 3)),
    ['green', 'amber', 'red'],
  );
  assert.equal(stageLight('operating', 99, 2, 3), '');
});

test('an area without leader or body is a gap; leaders are counted', () => {
  const areas = [
    item('A', { leader: '区领导02', department: '住建局' }),
    item('B', { leader: '区领导02', department: '' }),
    item('C', { leader: null, department: null }),
  ];
  assert.deepEqual(areas.map(gapsOf), [[], ['contract'], ['lead', 'contract']]);
  assert.deepEqual(areasByLeader(areas), [['区领导02', 2]]);
});

test('changes of the settings are told in words of either language', () => {
  const data = {
    '2026-02-16': { from: null, to: { works: false, name: '春节' } },
    behind_red: { from: 30, to: 25 },
  };
  assert.deepEqual(
    settingLines(data, deskZh, (d) => d),
    [
      { label: '2026-02-16', was: '按周安排', text: '放假 · 春节' },
      { label: '进度红灯', was: '30', text: '25' },
    ],
  );
  assert.equal(settingLines(data, deskEn, (d) => d)[0]?.text, 'off · 春节');
});

test('first passwords are long, readable and never the same', () => {
  const many = new Set(Array.from({ length: 200 }, newPassword));
  assert.equal(many.size, 200);
  for (const p of many) assert.match(p, /^(?:[A-HJ-NP-Za-km-z2-9]{4}-){3}[A-HJ-NP-Za-km-z2-9]{4}$/);
});
