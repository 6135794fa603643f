import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { BrowserContextOptions } from 'playwright-core';
import { drawn, mapBox, openPage, PHONE } from './browser.ts';
import { type SlowLine, slowLine } from './slowline.ts';
import { browser, site } from './stage.ts';

const PHONE_OPTIONS: BrowserContextOptions = { viewport: PHONE, hasTouch: true, isMobile: true };
const KB = 1000;

let line: SlowLine;

before(async () => {
  line = await slowLine(site.url);
});

after(async () => {
  await line?.stop();
});

// How long it takes is told by `make bench-ui`; what has to come over the line is the same on every machine.
test('investor 10: a phone on a slow line reads the first parcel after 40 KB, has the map, and works by touch', async () => {
  const { page, faults, close } = await openPage(browser, line.url, '/livez', PHONE_OPTIONS);
  line.taken();
  await page.goto(`${line.url}/listings`, { waitUntil: 'commit' });
  const card = page.locator('.card').first();
  await card.locator('dd').first().waitFor();
  const first = line.taken();
  assert.ok(first > 0 && first <= 40 * KB, `${first} bytes until the first parcel can be read`);
  await page.waitForLoadState('load');
  assert.ok(first + line.taken() <= 40 * KB, 'and with its styles and scripts');
  await card.getByRole('link').last().tap();
  await page.waitForURL((u) => /^\/listings\/./.test(u.pathname));
  await page.locator('main h1').waitFor();

  line.taken();
  await page.goto(`${line.url}/map#mode=auction&tab=parcels&only=offer`, { waitUntil: 'commit' });
  await drawn(page);
  const whole = line.taken();
  assert.ok(whole <= 580 * KB, `${whole} bytes until the map is drawn, with its data`);
  const before = page.url();
  const box = await mapBox(page);
  const touch = await page.context().newCDPSession(page);
  const at = (y: number) => ({ touchPoints: [{ x: box.x + box.width / 2, y: box.y + y }] });
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', ...at(320) });
  for (const y of [300, 270, 240, 210])
    await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', ...at(y) });
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await page.waitForFunction((was) => location.href !== was, before);
  await page.locator('.panel .handle').tap();
  await page.locator('.row button').first().tap();
  await page.locator('.drawer .history').waitFor();
  assert.deepEqual(faults, []);
  await close();
});
