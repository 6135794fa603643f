import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';

const DIST = resolve(import.meta.dirname, '../../../dist');
const KB = 1000;

function packed(pattern: RegExp): number {
  const names = readdirSync(join(DIST, 'assets')).filter((n) => pattern.test(n));
  assert.ok(names.length > 0, `${pattern} is in the build`);
  return names.reduce((sum, n) => sum + statSync(join(DIST, 'assets', n)).size, 0);
}

test('the build keeps its budget: 48 KB for the shell, 500 KB with the map, 10 KB more for an archive, 72 KB more for staff and 8 KB for the account', () => {
  assert.ok(existsSync(join(DIST, 'index.html')), 'build the front end first: npm run build');
  const shell = packed(/^index-.+\.(?:js|css)\.gz$/);
  const all = packed(/^(?!staff-|account-|archivetiles-).+\.gz$/);
  const archive = packed(/^archivetiles-.+\.gz$/);
  const staff = packed(/^staff-.+\.gz$/);
  const account = packed(/^account-.+\.gz$/);
  assert.ok(shell <= 48 * KB, `shell ${shell} bytes, gzipped`);
  assert.ok(all <= 500 * KB, `with the map ${all} bytes, gzipped`);
  assert.ok(archive <= 10 * KB, `archive ${archive} bytes, gzipped`);
  assert.ok(staff <= 72 * KB, `staff ${staff} bytes, gzipped`);
  assert.ok(account <= 8 * KB, `account ${account} bytes, gzipped`);
});

test('every text has its packed twins, which hold the same', () => {
  const names = readdirSync(join(DIST, 'assets'));
  for (const name of names.filter((n) => /\.(?:js|css|svg)$/.test(n))) {
    assert.ok(names.includes(`${name}.br`), `${name}.br`);
    assert.deepEqual(
      gunzipSync(readFileSync(join(DIST, 'assets', `${name}.gz`))),
      readFileSync(join(DIST, 'assets', name)),
    );
  }
});

test('the page has no script or style of its own, so the policy can forbid them', () => {
  const page = readFileSync(join(DIST, 'index.html'), 'utf8');
  assert.ok(!/<style|\sstyle=|\son\w+=|javascript:/i.test(page));
  for (const tag of page.match(/<script[^>]*>/g) ?? []) assert.match(tag, /src="\/assets\//);
});
