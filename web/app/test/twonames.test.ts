import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownHalf } from '../src/twonames.ts';

test('a name in both languages is told by its half, and no other is cut', () => {
  assert.equal(ownHalf('规划员 / planner', 'en'), 'planner');
  assert.equal(ownHalf('规划员 / planner', 'zh-CN'), '规划员');
  for (const whole of ['王芳', 'Wang / Li', '王芳 / 李强', '甲 / b / c', 'Anna', '', '王芳/wang'])
    for (const lang of ['en', 'zh-CN'] as const) assert.equal(ownHalf(whole, lang), whole);
});
