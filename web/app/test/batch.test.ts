import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchBody, batchValues, perRow, refusalsOf } from '../src/staff/batch.ts';
import type { InputField } from '../src/staff/types.ts';

const input = (name: string, type: InputField['type'] = 'string'): InputField => ({
  name,
  type,
  zh: name,
  en: name,
});

test('common values go once, own ones with their row, empty ones not at all', () => {
  const body = batchBody({
    to: 'signed',
    on: '',
    reason: ' ',
    common: { mode: 'money', flat: '' },
    rows: [
      { code: 'H1', version: 3, own: { agreement_no: ' 协-1 ', amount_wan: '12' } },
      { code: 'H2', version: 1, own: { agreement_no: '' } },
    ],
  });
  assert.deepEqual(body, {
    to: 'signed',
    data: { mode: 'money' },
    items: [
      { code: 'H1', version: 3, data: { agreement_no: '协-1', amount_wan: '12' } },
      { code: 'H2', version: 1 },
    ],
  });
});

test('an input is sent from where it is filled in, numbers as the server reads them', () => {
  const inputs = [input('mode'), input('amount_wan', 'number')];
  const typed = { mode: 'money', amount_wan: '１，２３４.5' };
  assert.deepEqual(batchValues(typed, inputs, new Set(['amount_wan']), true), { amount_wan: '1234.5' });
  assert.deepEqual(batchValues(typed, inputs, new Set(['amount_wan']), false), { mode: 'money' });
});

test('numbers of papers and amounts differ from row to row', () => {
  assert.deepEqual(
    [input('agreement_no'), input('amount_wan', 'number'), input('mode'), input('keys')].map(perRow),
    [true, true, false, true],
  );
});

test('refused rows are read by code; what is no row is left out', () => {
  const rows = refusalsOf({
    rows: [
      { code: 'H1', status: 409, detail: '不行', reasons: [{ guard: 'mode', zh: '须选', en: 'choose' }] },
      { code: 'H2', status: 412, detail: '旧' },
      null,
      { detail: '?' },
    ],
  });
  assert.deepEqual([...rows.keys()], ['H1', 'H2']);
  assert.equal(rows.get('H1')?.reasons[0]?.guard, 'mode');
  assert.deepEqual(rows.get('H2')?.reasons, []);
  assert.equal(refusalsOf({}).size, 0);
});
