import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  changed,
  checkValue,
  faultsOf,
  given,
  movedUnder,
  plainNumber,
  rebase,
  refusalOf,
  startValues,
  tidy,
} from '../src/staff/formvalues.ts';
import type { InputField } from '../src/staff/types.ts';

const input = (
  name: string,
  type: InputField['type'] = 'string',
  more: Partial<InputField> = {},
): InputField => ({
  name,
  type,
  zh: name,
  en: name,
  ...more,
});

const INPUTS = [
  input('team', 'string', { required: true, value: '一组' }),
  input('start_wan', 'number'),
  input('persons', 'integer'),
  input('list_from', 'date'),
];

test('a form starts with what is known, and sends what is filled in', () => {
  const start = startValues(INPUTS);
  assert.deepEqual(start, { team: '一组', start_wan: '', persons: '', list_from: '' });
  assert.deepEqual(given({ ...start, start_wan: ' 12 ', persons: '  ' }), { team: '一组', start_wan: '12' });
});

test('a correction names what differs, also what is emptied', () => {
  const start = { name: '东风湖', street: '001', deadline: '' };
  assert.deepEqual(changed(start, { name: '东风湖 ', street: '', deadline: '2026-12-01' }), {
    street: '',
    deadline: '2026-12-01',
  });
});

test('after a conflict what was typed stays and what was only shown is what holds now', () => {
  const seen = { name: '甲', street: '001', board: '' };
  const typed = { name: '乙', street: '001', board: '' };
  const now = { name: '丙', street: '002', board: '文旅' };
  assert.deepEqual(rebase(typed, seen, now), { name: '乙', street: '002', board: '文旅' });
  const inputs = [input('name'), input('street'), input('board')];
  assert.deepEqual(
    movedUnder(inputs, seen, { ...now, street: '001' }).map((i) => i.name),
    ['name', 'board'],
  );
});

test('values are checked by their kind before they are sent', () => {
  const number = input('start_wan', 'number');
  assert.equal(checkValue(input('team', 'string', { required: true }), '  '), 'required');
  assert.equal(checkValue(number, ''), '');
  assert.equal(checkValue(number, '1,250.5'), '');
  assert.equal(checkValue(number, '１２５０'), '');
  assert.equal(checkValue(number, '1e5'), 'number');
  assert.equal(checkValue(number, '约 12'), 'number');
  assert.equal(checkValue(input('persons', 'integer'), '2.5'), 'integer');
  assert.equal(checkValue(input('list_from', 'date'), '2026/1/2'), 'date');
  assert.equal(checkValue(input('list_from', 'date'), '2026-01-02'), '');
});

test('numbers leave as the server reads them, texts as they are', () => {
  assert.equal(plainNumber('１，２５０．５'), '1250.5');
  assert.deepEqual(tidy(INPUTS, { team: ' 一，二组 ', start_wan: '1,250', persons: '１２', list_from: '' }), {
    team: '一，二组',
    start_wan: '1250',
    persons: '12',
    list_from: '',
  });
});

test('the faults of a problem document stand at their inputs, the others above the form', () => {
  const body = {
    fields: [
      { field: 'data.team', code: 'value', zh: '太长', en: 'too long' },
      { field: 'start_wan', code: 'value', zh: '不是数', en: 'no number' },
      { field: 'If-Match', code: 'invalid', zh: '标签不对', en: 'wrong tag' },
    ],
  };
  assert.deepEqual(faultsOf(body, INPUTS, 'zh-CN'), {
    fields: { team: '太长', start_wan: '不是数' },
    others: ['If-Match: 标签不对'],
  });
  assert.equal(faultsOf(body, INPUTS, 'en').fields.team, 'too long');
  assert.deepEqual(faultsOf({ fields: 'nonsense' }, INPUTS, 'en'), { fields: {}, others: [] });
});

test('a refusal names its guards and the moves there are', () => {
  const reasons = [{ guard: 'notice_20d', zh: '不足 20 日', en: 'not 20 days' }];
  assert.deepEqual(refusalOf({ reasons, allowed: ['announced', 7] }), { reasons, allowed: ['announced'] });
  assert.equal(refusalOf({ detail: 'no' }), null);
});
