import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STATUSES } from '../src/catalogue.gen.ts';
import { formats } from '../src/format.ts';
import { en } from '../src/i18n/en.ts';
import { staffEn } from '../src/i18n/staff.en.ts';
import { staffZh } from '../src/i18n/staff.zh.ts';
import { zh } from '../src/i18n/zh.ts';
import { today } from '../src/staff/days.ts';
import {
  knownOptions,
  MACHINE_OF_THING,
  MAIN_LINE,
  missing,
  placeOnLine,
  type ThingName,
} from '../src/staff/things.ts';
import { sizeText, type Speech, timeline, titleOf } from '../src/staff/timeline.ts';
import type { FileEvent } from '../src/staff/types.ts';
import { movesFrom, whyNot } from '../src/staff/whomay.ts';

const zone = 'Asia/Shanghai';
const kinds = [
  {
    of: 'household',
    code: 'visit',
    zh: '入户走访',
    en: 'Visit',
    inputs: [
      { name: 'topic', type: 'string', zh: '事由', en: 'Topic' },
      {
        name: 'outcome',
        type: 'string',
        zh: '结果',
        en: 'Outcome',
        options: [{ code: '同意', zh: '同意', en: 'agrees' }],
      },
    ],
  },
] as const;

const speech = (lang: 'zh-CN' | 'en'): Speech => ({
  t: { lang, words: lang === 'en' ? en : zh, fmt: formats(lang, zone) },
  w: lang === 'en' ? staffEn : staffZh,
  fields: [{ name: 'plan_mu', type: 'number', zh: '计划腾地', en: 'Planned', unit: 'mu', filter: false }],
  kinds,
  options: () => undefined,
  fileKinds: [{ code: 'photo', zh: '照片', en: 'picture' }],
  state: (code) => STATUSES.household.find((s) => s.code === code)?.zh ?? code,
  dayOf: (iso) => today(zone, new Date(iso)),
});

const event = (verb: string, more: Partial<FileEvent> = {}): FileEvent => ({
  verb,
  on: '2026-11-20',
  at: '2026-11-20T09:00:00+08:00',
  actor: 'field',
  ...more,
});

test('every verb of the log is worded in both languages', () => {
  const verbs = [
    'created',
    'moved',
    'corrected',
    'ended',
    'recorded',
    'amended',
    'struck',
    'attached',
    'detached',
    'noted',
  ];
  for (const lang of ['zh-CN', 'en'] as const) {
    for (const verb of verbs) {
      const e = event(verb, { from: 'signed', to: 'paid', data: { kind: 'visit', no: 2, name: 'a.jpg' } });
      const text = titleOf(e, speech(lang));
      assert.notEqual(text, verb, `${lang} ${verb}`);
      assert.ok(!text.includes('undefined') && text.trim() !== '', `${lang} ${verb}: ${text}`);
    }
  }
  assert.equal(
    titleOf(event('recorded', { data: { kind: 'visit', no: 2 } }), speech('zh-CN')),
    '登记入户走访（第 2 号）',
  );
  assert.equal(
    titleOf(event('attached', { data: { kind: 'photo', name: 'a.jpg' } }), speech('en')),
    'Paper added: picture, a.jpg',
  );
});

test('an event says what changed, by the names that the form had', () => {
  const [day] = timeline(
    [
      event('corrected', { data: { plan_mu: { from: 600, to: 620 } }, reason: '勘测复核' }),
      event('recorded', { data: { kind: 'visit', no: 1, values: { topic: '签约', outcome: '同意' } } }),
      event('moved', {
        from: 'negotiating',
        to: 'signed',
        data: { amount_wan: 85.5, mode: 'money', warnings: ['x'] },
      }),
    ],
    speech('en'),
  );
  assert.ok(day);
  const [moved, recorded, corrected] = day.entries;
  assert.deepEqual(corrected?.lines, [{ label: 'Planned', was: '600.00 mu', text: '620.00 mu' }]);
  assert.deepEqual(recorded?.lines, [
    { label: 'Topic', text: '签约' },
    { label: 'Outcome', text: 'agrees' },
  ]);
  assert.deepEqual(
    moved?.lines.map((l) => l.label),
    ['Amount', 'Mode'],
  );
  assert.equal(moved?.to, 'signed');
});

test('within a day what was recorded last stands first, whatever the server sorted by', () => {
  const on = '2026-11-20';
  const list = ['12:00', '09:00', '15:00'].map((t) => event('corrected', { on, at: `${on}T${t}:00+08:00` }));
  const together = ['recorded', 'corrected'].map((v) => event(v, { on, at: `${on}T18:00:00+08:00` }));
  const [day] = timeline([...list, ...together], speech('zh-CN'));
  assert.deepEqual(
    day?.entries.map((e) => `${e.verb} ${e.at.slice(11, 13)}`),
    ['corrected 18', 'recorded 18', 'corrected 15', 'corrected 12', 'corrected 09'],
  );
});

test('what a bulletin counted and whom a record names are told in words', () => {
  const of = (inputs: readonly object[], code: string) => ({ of: 'area', code, zh: code, en: code, inputs });
  const s = {
    ...speech('zh-CN'),
    fields: [
      { name: 'bulletin_surveyed', type: 'integer', zh: '通报摸底户数', en: '', unit: '', filter: false },
      { name: 'bulletin_few', type: 'boolean', zh: '少于 5 户不公布', en: '', unit: '', filter: false },
    ],
    kinds: [
      of([], 'bulletin'),
      of([{ name: 'person', type: 'string', zh: '人员', en: '', ref: 'persons' }], 'assignment'),
    ],
    ref: (collection: string, code: string) =>
      collection === 'persons' && code === 'RY-024' ? '区领导' : '',
  } as unknown as Speech;
  const lines = (data: Record<string, unknown>) =>
    timeline([event('recorded', { data })], s)[0]?.entries[0]?.lines.map((l) => `${l.label} ${l.text}`);
  assert.deepEqual(lines({ kind: 'bulletin', no: 1, few: false, surveyed: 2600 }), [
    '少于 5 户不公布 否',
    '通报摸底户数 2,600',
  ]);
  assert.deepEqual(lines({ kind: 'assignment', no: 1, person: 'RY-024' }), ['人员 区领导']);
  assert.deepEqual(lines({ kind: 'assignment', no: 2, person: 'RY-025' }), ['人员 RY-025']);
});

test('why a step is not offered is told: it is done, elsewhere, for others, or there is no way', () => {
  const at = (asked: string, status: string, outside = false, offered: string[] = []) =>
    whyNot(asked, { status, outside, offered }, 'problem');
  assert.equal(at('assigned', 'opened', false, ['assigned']), 'offered');
  assert.equal(at('assigned', 'assigned'), 'there');
  assert.equal(at('assigned', 'opened', true), 'outside');
  assert.equal(at('verified', 'submitted'), 'role');
  assert.equal(at('closed', 'opened'), 'none');
  assert.deepEqual(movesFrom('problem', 'submitted'), [{ to: 'verified', roles: ['supervisor', 'admin'] }]);
  assert.deepEqual(movesFrom('problem', 'closed'), []);
});

test('days come newest first, and what was entered later says so', () => {
  const days = timeline(
    [
      event('created', { on: '2026-11-01', at: '2026-11-01T10:00:00+08:00' }),
      event('moved', {
        from: 'registered',
        to: 'surveyed',
        on: '2026-11-05',
        at: '2026-11-09T10:00:00+08:00',
      }),
      event('noted', { on: null, at: '2026-11-09T16:30:00Z', actor: 'system', data: { notice: 'overdue' } }),
    ],
    speech('zh-CN'),
  );
  assert.deepEqual(
    days.map((d) => d.day),
    ['2026-11-10', '2026-11-05', '2026-11-01'],
  );
  assert.equal(days[1]?.entries[0]?.late, true);
  assert.equal(days[2]?.entries[0]?.late, false);
  assert.equal(days[0]?.entries[0]?.who, '系统');
});

test('what a form asks for is no reason to wait', () => {
  const reasons = ['contractor', 'deposit', 'notice_20d', 'amount_or_flat', 'problems_closed'].map(
    (guard) => ({
      guard,
    }),
  );
  const names = ['contractor', 'deposit_wan', 'notice_on', 'list_from', 'amount_wan'];
  const found = missing(
    reasons,
    names.map((name) => ({ name, value: name === 'notice_on' ? '2026-11-01' : '' })),
  );
  assert.deepEqual(found.asked, ['contractor', 'deposit_wan', 'list_from']);
  assert.deepEqual(found.told, [{ guard: 'amount_or_flat' }]);
  assert.deepEqual(found.elsewhere, [{ guard: 'problems_closed' }]);
  // Nothing that the form of planning asks for is said to come from elsewhere.
  const plan = missing(
    ['clean_land', 'inside_cleared', 'use_rows', 'far', 'density', 'green', 'height'].map((guard) => ({
      guard,
    })),
    DATA_FIELDS_OF_PLANNING.map((name) => ({ name })),
  );
  assert.deepEqual(plan.asked, ['land_use', 'years', 'density_max', 'green_min', 'height_max']);
  assert.deepEqual(plan.told, [{ guard: 'clean_land' }, { guard: 'far' }]);
  assert.deepEqual(plan.elsewhere, [{ guard: 'inside_cleared' }]);
  const filled = missing([{ guard: 'notice_20d' }], [{ name: 'notice_on', value: '2026-11-01' }]);
  assert.deepEqual(filled, { asked: [], told: [{ guard: 'notice_20d' }], elsewhere: [] });
});

const DATA_FIELDS_OF_PLANNING = [
  ...['clean_title', 'clean_compensation', 'clean_no_dispute', 'clean_conditions', 'clean_utilities'],
  ...['land_use', 'years', 'far_min', 'far_max', 'density_max', 'green_min', 'height_max'],
];

test('the main lines are made of states that there are', () => {
  for (const [thing, line] of Object.entries(MAIN_LINE)) {
    for (const code of line) {
      const states = STATUSES[MACHINE_OF_THING[thing as ThingName]];
      assert.ok(
        states.some((s) => s.code === code),
        `${thing} ${code}`,
      );
    }
  }
  assert.equal(placeOnLine('parcels', 'bidding'), 3);
  assert.equal(placeOnLine('parcels', 'withdrawn'), -1);
});

test('a mode is named by what its machine knows', () => {
  const codes = (machine: 'parcel' | 'household' | 'area') =>
    knownOptions('mode', machine)?.map((o) => o.code);
  assert.deepEqual(codes('parcel'), ['listing', 'auction', 'tender', 'agreement']);
  assert.deepEqual(codes('household'), ['money', 'swap']);
  assert.equal(codes('area'), undefined);
});

test('a clock is told in its own words, a paper of a household without its name', () => {
  const noted = event('noted', { data: { notice: 'area_late', due: '2026-10-16' } });
  assert.equal(titleOf(noted, speech('zh-CN')), '片区超过清零期限，2026/10/16');
  assert.equal(titleOf(event('attached', { data: { kind: 'photo' } }), speech('zh-CN')), '上传材料：照片');
});

test('sizes are told as people read them', () => {
  assert.deepEqual([900, 2048, 52_428_800].map(sizeText), ['900 B', '2.0 KB', '50.0 MB']);
});

test('the two tables of staff words have the same shape, and no Chinese stays in the English one', () => {
  const flat = (o: object, at = ''): [string, unknown][] =>
    Object.entries(o).flatMap(([k, v]) =>
      typeof v === 'object' && v !== null ? flat(v, `${at}${k}.`) : [[`${at}${k}`, v] as [string, unknown]],
    );
  assert.deepEqual(
    flat(staffEn)
      .map(([k]) => k)
      .sort(),
    flat(staffZh)
      .map(([k]) => k)
      .sort(),
  );
  for (const [k, v] of flat(staffEn)) assert.ok(!/[\u4e00-\u9fff]/.test(String(v)), `${k}: ${String(v)}`);
});

test('the kind of a thing is one of the values that its making gives', () => {
  const problem: Speech = {
    ...speech('zh-CN'),
    fields: [
      { name: 'kind', type: 'string', zh: '类别', en: 'Kind', unit: '', filter: true },
      { name: 'title', type: 'string', zh: '问题', en: 'Problem', unit: '', filter: false },
    ],
    options: (name) => (name === 'kind' ? [{ code: 'visit', zh: '走访纠纷', en: 'visits' }] : undefined),
  };
  const [day] = timeline([event('created', { data: { kind: 'visit', title: '界址' } })], problem);
  assert.deepEqual(day?.entries[0]?.lines, [
    { label: '类别', text: '走访纠纷' },
    { label: '问题', text: '界址' },
  ]);
});
