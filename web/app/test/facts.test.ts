import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boxOf } from '../src/bounds.ts';
import { FIELDS, STATUSES } from '../src/catalogue.gen.ts';
import { factsOf } from '../src/facts.ts';
import { formats } from '../src/format.ts';
import { en } from '../src/i18n/en.ts';
import { zh } from '../src/i18n/zh.ts';
import type { Item } from '../src/types.ts';

const chinese = { lang: 'zh-CN', words: zh, fmt: formats('zh-CN', 'Asia/Shanghai') } as const;
const english = { lang: 'en', words: en, fmt: formats('en', 'Asia/Shanghai') } as const;

const PARCEL: Item = {
  type: 'Feature',
  id: 'P1',
  geometry: null,
  properties: {
    code: 'P1',
    name: '',
    status: 'sold',
    area: 'YYL-01',
    use_class: 'residential',
    years: 70,
    mu: 100.25,
    mode: 'listing',
    deal_wan: 47520,
    premium: 13.9,
    price_per_mu_wan: 474.01,
    sold_on: '2017-10-19',
    clean_complete: true,
    source_crs: 4526,
    density: 'x ≤ 30',
    buyer: null,
    fid: 5,
  },
};

const texts = (item: Item, t: typeof chinese | typeof english) =>
  Object.fromEntries(factsOf('parcels', item, t).map((f) => [f.name, f.text]));

test('facts carry their unit in the language of the reader', () => {
  const said = texts(PARCEL, chinese);
  assert.equal(said.mu, '100.25 亩');
  assert.equal(said.deal_wan, '4.75 亿元');
  assert.equal(said.premium, '13.9%');
  assert.equal(said.sold_on, '2017/10/19');
  assert.equal(said.mode, '挂牌');
  assert.equal(said.use_class, '居住');
  assert.equal(said.clean_complete, '是');
  assert.equal(said.years, '70 年');
  assert.equal(said.density, 'x ≤ 30 %');
  assert.equal(said.source_crs, 'EPSG:4526');
  const told = texts(PARCEL, english);
  assert.equal(told.mu, '100.25 mu');
  assert.equal(told.deal_wan, 'CNY 475.20 M');
  assert.equal(told.use_class, 'Housing');
});

test('a rate has the decimals that it has on the board', () => {
  const area: Item = {
    ...PARCEL,
    properties: { code: 'A1', status: 'signing', signed_rate: 86.03, vacated_rate: 99.98 },
  };
  const said = Object.fromEntries(factsOf('areas', area, chinese).map((f) => [f.name, f.text]));
  assert.equal(said.signed_rate, '86%');
  assert.equal(said.vacated_rate, '99.9%', 'what is not complete is never told as 100');
});

test('an area goes by its name where that is told, and by its code where it is not', () => {
  const rows = (item: Item) => factsOf('parcels', item, chinese).filter((f) => f.name.startsWith('area'));
  const link = { collection: 'areas', code: 'YYL-01' };
  assert.deepEqual(rows({ ...PARCEL, properties: { ...PARCEL.properties, area_name: '东风湖片区' } }), [
    { name: 'area_name', label: '片区', text: '东风湖片区', link },
  ]);
  assert.deepEqual(rows(PARCEL), [{ name: 'area', label: '片区编号', text: 'YYL-01', link }]);
});

test('a street goes by its name where the reader is told of it, and else as a code that is called one', () => {
  const item = { ...PARCEL, properties: { ...PARCEL.properties, street: '430602001' } };
  const said = (t: typeof chinese & { street?: (code: string) => string }) => {
    const { label, text } = factsOf('parcels', item, t).find((f) => f.name === 'street') ?? {};
    return [label, text];
  };
  assert.deepEqual(said({ ...chinese, street: (code) => `岳阳楼街道 ${code}` }), [
    '街道',
    '岳阳楼街道 430602001',
  ]);
  assert.deepEqual(said(chinese), ['街道代码', '430602001']);
});

test('what is not said is left out, and the head is not said twice', () => {
  const names = factsOf('parcels', PARCEL, chinese).map((f) => f.name);
  for (const gone of ['buyer', 'code', 'name', 'status', 'fid', 'reserve_wan'])
    assert.ok(!names.includes(gone), gone);
});

test('facts come in the order of the catalogue and lead to other things', () => {
  const facts = factsOf('parcels', PARCEL, chinese);
  const order = facts.map((f) => FIELDS.parcels.findIndex((x) => x.name === f.name));
  assert.deepEqual(
    order,
    [...order].sort((a, b) => a - b),
  );
  assert.deepEqual(facts.find((f) => f.name === 'area')?.link, { collection: 'areas', code: 'YYL-01' });
});

test('both languages say something for every word', () => {
  const walk = (a: object, b: object, path: string) => {
    assert.deepEqual(Object.keys(a).sort(), Object.keys(b).sort(), path);
    for (const [key, value] of Object.entries(a)) {
      const other = (b as Record<string, unknown>)[key];
      assert.equal(typeof value, typeof other, `${path}.${key}`);
      if (typeof value === 'string') assert.ok(value !== '' && other !== '', `${path}.${key}`);
      if (typeof value === 'object') walk(value, other as object, `${path}.${key}`);
    }
  };
  walk(zh, en, 'words');
  for (const rows of Object.values(STATUSES)) for (const s of rows) assert.ok(s.zh && s.en, s.code);
});

test('a box holds every position, at any depth, and nothing gives none', () => {
  const polygon = {
    type: 'Polygon',
    coordinates: [
      [
        [1, 2],
        [3, -4],
        [0, 5],
        [1, 2],
      ],
    ],
  };
  assert.deepEqual(boxOf(polygon), [0, -4, 3, 5]);
  assert.deepEqual(boxOf({ type: 'Point', coordinates: [7, 8] }), [7, 8, 7, 8]);
  assert.equal(boxOf(null), null);
  assert.equal(boxOf({ type: 'Polygon', coordinates: [] }), null);
});
