import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { degrees, formats, metresPerPixel, scaleBar } from '../src/format.ts';

const zh = formats('zh-CN', 'Asia/Shanghai');
const en = formats('en', 'Asia/Shanghai');

// The server's pages write numbers in Go; web/listing/format_test.go reads the same table.
interface Example {
  readonly wan?: number;
  readonly m2?: number;
  readonly yuan?: number;
  readonly percent?: number;
  readonly day?: string;
  readonly zh: string;
  readonly en: string;
  readonly text?: string;
}

test('numbers are written as on the pages of the server', () => {
  const file = resolve(import.meta.dirname, '../../../listing/testdata/numbers.json');
  const table = JSON.parse(readFileSync(file, 'utf8')) as Record<string, readonly Example[]>;
  const write: Record<string, (f: typeof zh, e: Example) => string> = {
    money: (f, e) => f.money(e.wan ?? Number.NaN),
    perMu: (f, e) => f.pricePerMu(e.wan ?? Number.NaN),
    land: (f, e) => f.land(e.m2 ?? Number.NaN),
    floor: (f, e) => f.floorPrice(e.yuan ?? Number.NaN),
    percent: (f, e) => f.percent(e.percent ?? Number.NaN),
    day: (f, e) => f.date(e.day ?? ''),
  };
  assert.deepEqual(Object.keys(table).sort(), Object.keys(write).sort());
  for (const [kind, examples] of Object.entries(table)) {
    assert.ok(examples.length > 0, kind);
    for (const e of examples) {
      assert.equal(write[kind]?.(zh, e), e.text ?? e.zh, `${kind} ${JSON.stringify(e)}`);
      assert.equal(write[kind]?.(en, e), e.text ?? e.en, `${kind} ${JSON.stringify(e)}`);
    }
  }
});

test('money is in 万 below one 亿 and in 亿 from there', () => {
  assert.equal(zh.money(1_030_000), '103.00 亿元');
  assert.equal(zh.money(10_000), '1.00 亿元');
  assert.equal(zh.money(9_999.5), '9,999.5 万元');
  assert.equal(zh.money(0), '0 万元');
});

test('money in English is in millions and billions of CNY', () => {
  assert.equal(en.money(1_030_000), 'CNY 10.30 bn');
  assert.equal(en.money(100_000), 'CNY 1.00 bn');
  assert.equal(en.money(41_720), 'CNY 417.20 M');
});

test('a price per mu keeps its unit', () => {
  assert.equal(zh.pricePerMu(500), '500.00 万元/亩');
  assert.equal(en.pricePerMu(500), 'CNY 5.00 M/mu');
});

test('mu have two decimals', () => {
  assert.equal(zh.mu(2060), '2,060.00');
  assert.equal(en.mu(100.254), '100.25');
});

test('a day is a day wherever the reader sits', () => {
  assert.equal(zh.date('2019-09-28'), '2019/09/28');
  assert.equal(en.date('2019-09-28'), 'Sep 28, 2019');
});

test('a moment is told in the zone of the district', () => {
  assert.equal(zh.moment('2019-12-31T17:30:00Z'), '2020/01/01 01:30');
  assert.equal(zh.date('2019-12-31T17:30:00Z'), '2020/01/01');
  assert.equal(formats('zh-CN', 'UTC').date('2019-12-31T17:30:00Z'), '2019/12/31');
  assert.equal(en.dayOf('2019-12-31T17:30:00Z'), '2020-01-01');
  assert.equal(en.dayOf('soon'), '');
});

test('what is no date stays as it was said', () => {
  assert.equal(zh.date('不详'), '不详');
  assert.equal(zh.moment('soon'), 'soon');
});

test('the scale bar is a round length that fits its room', () => {
  for (let zoom = 0; zoom <= 20; zoom += 0.37) {
    for (const lat of [0, 29.37, 70]) {
      const { metres, pixels } = scaleBar(metresPerPixel(zoom, lat), 100);
      assert.ok(pixels <= 100 + 1e-9 && pixels > 45, `${zoom} ${lat}: ${pixels}`);
      assert.match(String(Number(metres.toPrecision(1))), /^[1235]0*$|^0\.\d*[1235]$/);
    }
  }
});

test('a pixel at the equator of zoom 0 is the equator over 512', () => {
  assert.ok(Math.abs(metresPerPixel(0, 0) - 78_271.517) < 0.001);
  assert.ok(Math.abs(metresPerPixel(1, 60) - 78_271.517 / 4) < 0.001);
});

test('coordinates name their hemisphere', () => {
  assert.equal(degrees(29.37, 113.12), '29.37000°N 113.12000°E');
  assert.equal(degrees(-3.5, -60), '3.50000°S 60.00000°W');
});
