import assert from 'node:assert/strict';
import { test } from 'node:test';
import { archiveDay, archiveIn, archiveListed, archiveNamed } from '../src/archive.ts';
import type { Archive } from '../src/types.ts';

const A: Archive = {
  name: 'land-2018',
  url: '/archives/land-2018.pmtiles',
  bytes: 1,
  sha256: '',
  changed: '2026-11-22T17:30:00Z',
  minzoom: 0,
  maxzoom: 16,
  bounds: [113, 29, 114, 30],
};

test('the query names the archive, or none', () => {
  assert.equal(archiveIn(''), null);
  assert.equal(archiveIn('?'), null);
  assert.equal(archiveIn('?archive='), null);
  assert.equal(archiveIn('?other=land-2018'), null);
  assert.equal(archiveIn('?archive=land-2018'), 'land-2018');
  assert.equal(archiveIn('?x=1&archive=%E5%9C%9F%E5%9C%B0.2018_a&y'), '土地.2018_a');
  assert.equal(archiveIn('?archive=first&archive=second'), 'first');
});

test('what is no name is still read as text, and not longer than one letter too many', () => {
  assert.equal(archiveIn('?archive=..%2F..%2Fetc%2Fpasswd'), '../../etc/passwd');
  assert.equal(archiveIn('?archive=%E0%A4%A'), '\ufffd%A');
  assert.equal(archiveIn(`?archive=${'a'.repeat(100)}`), 'a'.repeat(100));
  assert.equal(archiveIn(`?archive=${'a'.repeat(5_000)}`)?.length, 101);
  assert.equal([...(archiveIn(`?archive=${'𠀀'.repeat(200)}`) ?? '')].length, 101, 'no letter is cut in two');
});

test('only an archive that is listed under that very name is one', () => {
  assert.equal(archiveNamed([A], 'land-2018'), A);
  for (const name of ['land-201', 'LAND-2018', 'land-2018.pmtiles', '../land-2018', ''])
    assert.equal(archiveNamed([A], name), null, name);
});

test("an archive's time ends with the day that it shows, else with that of its file in the district", () => {
  assert.equal(archiveDay({ ...A, at: '2018-06-30' }, 'Asia/Shanghai'), '2018-06-30');
  assert.equal(archiveDay(A, 'Asia/Shanghai'), '2026-11-23');
  assert.equal(archiveDay(A, 'UTC'), '2026-11-22');
});

test('an archive that is still being read is waited for; one that is not there is not', async () => {
  const answers = [
    { archives: [], reading: 2 },
    { archives: [], reading: 1 },
    { archives: [A], reading: 1 },
  ];
  const ask = () => Promise.resolve(answers.shift() ?? { archives: [A] });
  assert.equal(await archiveListed(ask, 'land-2018'), A);
  assert.equal(answers.length, 0);
  answers.push({ archives: [], reading: 1 });
  assert.equal(await archiveListed(ask, 'another'), null);
});
