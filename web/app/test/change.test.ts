import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeIn } from '../src/board/change.ts';
import { formats } from '../src/format.ts';

const zh = formats('zh-CN', 'Asia/Shanghai');
const en = formats('en', 'Asia/Shanghai');

test('a change has the unit of its figure and one sign in both languages', () => {
  assert.equal(changeIn(4_500, zh.money, '持平'), '+4,500 万元');
  assert.equal(changeIn(-12_000, zh.money, '持平'), '−1.20 亿元');
  assert.equal(changeIn(4_500, en.money, 'no change'), '+CNY 45.00 M');
  assert.equal(changeIn(-32, zh.plain, '持平'), '−32');
});

test('a change that would be written as nothing is none', () => {
  assert.equal(changeIn(0, zh.money, '持平'), '持平');
  assert.equal(changeIn(-0.004, zh.plain, '持平'), '持平');
  assert.equal(changeIn(0.2, en.money, 'no change'), 'no change');
  assert.equal(changeIn(0.01, zh.plain, '持平'), '+0.01');
});
