import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import type { ItemPage } from '../src/types.ts';
import { json } from './api.ts';
import { openPage } from './browser.ts';
import { browser, site } from './stage.ts';

const QUIET_MS = 2_000;

/** Notes how often each path that has the code in it is asked for. */
function countAsked(page: Page, code: string): Map<string, number> {
  const asked = new Map<string, number>();
  page.on('request', (r) => {
    const path = decodeURIComponent(new URL(r.url()).pathname);
    if (path.includes(code)) asked.set(path, (asked.get(path) ?? 0) + 1);
  });
  return asked;
}

test('a selection is read once: the thing, its history and its rounds', async () => {
  const { features } = await json<ItemPage>(`${site.url}/api/collections/parcels/items?limit=2`);
  for (const { id } of features) {
    const { page, close } = await openPage(browser, site.url, '/signin');
    const asked = countAsked(page, id);
    await page.goto(`${site.url}/#sel=parcels/${encodeURIComponent(id)}`);
    await page.locator('.drawer .history').waitFor();
    await page.waitForTimeout(QUIET_MS);
    assert.deepEqual(Object.fromEntries(asked), {
      [`/api/collections/parcels/items/${id}`]: 1,
      [`/api/parcels/${id}/history`]: 1,
      [`/api/parcels/${id}/rounds`]: 1,
    });
    await close();
  }
});

test('a code that is not there is asked for once and the drawer says so', async () => {
  const { page, close } = await openPage(browser, site.url, '/signin');
  const asked = countAsked(page, 'NOSUCH-99');
  await page.goto(`${site.url}/#sel=areas/NOSUCH-99`);
  await page.locator('.drawer [role=alert]', { hasText: '找不到这一项' }).waitFor();
  await page.waitForTimeout(QUIET_MS);
  const counts = [...asked.values()];
  assert.ok(counts.length > 0, 'it was asked for');
  assert.ok(
    counts.every((n) => n === 1),
    JSON.stringify(Object.fromEntries(asked)),
  );
  await close();
});
