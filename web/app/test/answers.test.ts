import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemOf } from '../src/api.ts';
import { nextPlace } from '../src/nextplace.ts';
import { reportIn } from '../src/upload.ts';

test('after signing in one stays on this server', () => {
  const to = (next: string) => nextPlace(`?next=${encodeURIComponent(next)}`);
  assert.equal(to('/import'), '/import');
  assert.equal(to('/map#v=12/29/113&sel=areas/A'), '/map#v=12/29/113&sel=areas/A');
  for (const bad of [
    '//evil.example/',
    'https://evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
    '',
    'x',
  ]) {
    assert.equal(to(bad), '/', bad);
  }
  assert.equal(nextPlace(''), '/map');
});

test('a problem speaks its detail, then its title, then its number', () => {
  assert.equal(
    problemOf(409, { title: '冲突', detail: '已有此编号', request_id: 'r1' }).message,
    '已有此编号',
  );
  assert.equal(problemOf(409, { title: '冲突', request_id: 'r1' }).requestId, 'r1');
  assert.equal(problemOf(409, { title: '冲突' }).message, '冲突');
  assert.equal(problemOf(502, null).message, 'HTTP 502');
  assert.equal(problemOf(502, { detail: 7 }).message, 'HTTP 502');
});

test('the report of an import is the body of a success or a member of a refusal', () => {
  const report = { rows: 3, refused: 1 };
  assert.equal(reportIn(200, report), report);
  assert.equal(reportIn(422, { title: 'x', report }), report);
  assert.equal(reportIn(422, { title: 'x' }), null);
  assert.equal(reportIn(500, null), null);
});
