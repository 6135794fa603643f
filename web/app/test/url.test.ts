import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  firstLang,
  formatHash,
  namesView,
  parseHash,
  START,
  sameSelection,
  tabOf,
  type ViewState,
} from '../src/url.ts';

const FULL: ViewState = {
  camera: { zoom: 13.25, lat: 29.37012, lng: 113.1289 },
  mode: 'auction',
  sel: { collection: 'parcels', code: '岳楼示挂(2018)05号/A&B=1#%' },
  hide: ['sold', 'handed_over'],
  lang: 'en',
  theme: 'dark',
  q: '九华山 & 50%',
  tab: 'projects',
  only: 'offer',
  sort: 'close',
  date: '2017-02-28',
  filter: { 'status.areas': 'signing', 'status.buildings': 'demolished', area: '片区&1', sold_year: '2018' },
  tool: 'compare',
  with: '2019-06-30',
  remains: 'YYL-12',
  over: [
    { name: '避让区.1', percent: 60 },
    { name: 'streets', percent: 100 },
  ],
};

test('a link carries the whole view and brings it back', () => {
  assert.deepEqual(parseHash(`#${formatHash(FULL)}`), FULL);
});

test('the start view needs no words', () => {
  assert.equal(formatHash(START), '');
  assert.deepEqual(parseHash(''), START);
  assert.deepEqual(parseHash('#'), START);
});

test('a link reads like a path, not like an escape', () => {
  const text = formatHash({
    ...START,
    camera: { zoom: 12, lat: 29.3, lng: 113 },
    sel: { collection: 'areas', code: 'YYL-01' },
  });
  assert.equal(text, 'v=12/29.3/113&sel=areas/YYL-01');
});

test('what is wrong in a link falls back to the start and harms nothing else', () => {
  const bad = [
    'v=1/2',
    'v=99/29/113',
    'v=12/86/113',
    'v=12/29/181',
    'v=NaN/29/113',
    'v=1e3/29/113',
    'mode=nonsense',
    'mode=__proto__',
    'sel=households/1',
    'sel=areas/',
    'sel=areas',
    'lang=fr',
    'theme=pink',
    'tab=buildings',
    'date=2017-02-29',
    'date=2017-2-28',
    'date=yesterday',
    'over=',
    'over=:50',
    'over=zones:0,a:101,b:x',
    'q=%E0%A4%A',
    '=x',
    '&&&',
  ];
  for (const text of bad) {
    assert.deepEqual(parseHash(`#${text}`), START, text);
    assert.equal(parseHash(`#${text}&lang=en`).lang, 'en', text);
  }
});

test('hidden codes are plain words, once each, and not without end', () => {
  assert.deepEqual(parseHash('#hide=sold,sold,%3Cscript%3E,a-b,paid').hide, ['sold', 'paid']);
  const many = Array.from({ length: 500 }, (_, i) => `c_${'x'.repeat((i % 20) + 1)}${'y'.repeat(i % 7)}`);
  assert.ok(parseHash(`#hide=${many.join(',')}`).hide.length <= 64);
});

test('a code too long to be one is no selection', () => {
  assert.equal(parseHash(`#remains=${'x'.repeat(201)}`).remains, null);
  assert.equal(parseHash(`#sel=areas/${'x'.repeat(201)}`).sel, null);
  assert.equal(parseHash(`#sel=areas/${'x'.repeat(200)}`).sel?.code.length, 200);
});

test('selections are the same by collection and code', () => {
  assert.ok(sameSelection(null, null));
  assert.ok(sameSelection({ collection: 'areas', code: 'A' }, { collection: 'areas', code: 'A' }));
  assert.ok(!sameSelection({ collection: 'areas', code: 'A' }, { collection: 'parcels', code: 'A' }));
  assert.ok(!sameSelection({ collection: 'areas', code: 'A' }, null));
});

test('the list goes with the mode until one is chosen', () => {
  assert.equal(tabOf(parseHash('')), 'areas');
  assert.equal(tabOf(parseHash('#mode=auction')), 'parcels');
  assert.equal(tabOf(parseHash('#mode=use')), 'parcels');
  assert.equal(tabOf(parseHash('#mode=auction&tab=areas')), 'areas');
});

test('an English browser starts in English, unless another language was chosen', () => {
  assert.equal(firstLang(null, 'en-GB'), 'en');
  assert.equal(firstLang(null, 'en'), 'en');
  assert.equal(firstLang(null, 'zh-CN'), 'zh-CN');
  assert.equal(firstLang(null, 'de-DE'), 'zh-CN');
  assert.equal(firstLang('zh-CN', 'en-US'), 'zh-CN');
  assert.equal(firstLang('en', 'zh-CN'), 'en');
});

test('language and theme are no view, anything else is', () => {
  for (const hash of ['', '#', '#lang=en', '#theme=dark&lang=zh-CN', '#v=wrong', '#unknown=1'])
    assert.equal(namesView(parseHash(hash)), false, hash);
  for (const hash of ['#mode=use', '#v=12/29/113', '#sel=areas/YYL-01&lang=en', '#q=东', '#date=2018-06-30'])
    assert.equal(namesView(parseHash(hash)), true, hash);
});
