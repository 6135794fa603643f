import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { accessible } from './axe.ts';
import { DESKTOP, openPage, PHONE } from './browser.ts';
import { browser, site } from './stage.ts';

// The listings by keyboard, and while the line is down.

/** Where the keyboard is: a group, an id, or what surrounds it. */
const standing = (page: Page) =>
  page.evaluate(() => {
    const at = document.activeElement as HTMLElement | null;
    return at?.dataset.group ?? (at?.id || (at?.closest('.tray') ? 'tray' : (at?.localName ?? '')));
  });

test('by keyboard one stays where one was, and the count is read out from one and the same place', async () => {
  const { page, faults, close } = await openPage(browser, site.url, '/listings?status=all', {
    viewport: DESKTOP,
  });
  await page.locator('.pick').first().waitFor();
  await page.locator('#found').evaluate((el) => {
    el.dataset.same = 'yes';
  });
  const count = () => page.locator('#found[data-same=yes] .big').innerText();
  const all = Number(await count());

  await page.locator('[data-group=sold]').focus();
  await page.keyboard.press('Enter');
  await page.locator('[data-group=sold][aria-current=true]').waitFor();
  assert.equal(await standing(page), 'sold');
  assert.ok(Number(await count()) < all);
  assert.equal(await page.locator('.groups [aria-current]').count(), 1);
  assert.equal(await page.locator('.chart').count(), 1, 'sold parcels come with their chart');
  const sold = await page.locator('.card').first().getAttribute('data-code');

  await page.locator('[data-group=all]').focus();
  await page.keyboard.press('Enter');
  await page.locator('[data-group=all][aria-current=true]').waitFor();
  assert.deepEqual([await standing(page), Number(await count())], ['all', all]);
  assert.equal(await page.locator('.chart').count(), 0);

  await page.locator('.pages a[rel=next]').focus();
  await page.keyboard.press('Enter');
  await page.waitForURL('**page=2**');
  await page.locator('.pages a[rel=prev]').waitFor();
  assert.equal(await standing(page), 'found', 'a new page is read from its head');
  assert.equal(await page.locator('.mapbox').count(), 1);

  await page.goto(`${site.url}/listings?status=all&q=${encodeURIComponent(sold ?? '')}`);
  await page.locator('.chips a').first().focus();
  await page.keyboard.press('Enter');
  await page.waitForURL((u) => !u.searchParams.has('q'));
  await page.waitForFunction((n) => document.querySelector('.big')?.textContent === String(n), all);
  assert.equal(await standing(page), 'found', 'what was taken away leads back to the results');

  for (const i of [0, 1]) await page.locator('.pick input').nth(i).check();
  for (const left of [1, 0]) {
    await page.locator('.tray li button').first().focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction((n) => document.querySelectorAll('.tray li').length === n, left);
    assert.equal(await standing(page), left > 0 ? 'tray' : 'found');
  }
  await accessible(page, 'listings by keyboard');
  assert.deepEqual(faults, []);
  await close();
});

for (const [lang, options, text] of [
  ['zh-CN', { viewport: DESKTOP }, /^连接已断开，以下为 \d{4}\/\d\d\/\d\d \d\d:\d\d 的数据/],
  ['en', { viewport: PHONE }, /^The line is down\. What you see is of \w{3} \d\d, \d{4} \d\d:\d\d and may/],
] as const) {
  test(`listings that hear nothing of changes say so, and since when, until they do, ${lang}`, async () => {
    const { page, faults, close } = await openPage(browser, site.url, '/livez', options);
    let down = true;
    let tried = 0;
    await page.route('**/api/live?**', async (route) => {
      tried++;
      if (down) await route.fulfill({ status: 503, body: '' });
      else await route.continue();
    });
    await page.goto(`${site.url}/listings?lang=${lang}`);
    const note = page.locator('.news.lost');
    await note.waitFor();
    assert.match(await note.innerText(), text);
    assert.ok(tried > 1, 'it was tried again by then');
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
    down = false;
    await note.waitFor({ state: 'detached' });
    assert.deepEqual(faults, []);
    await close();
  });
}
