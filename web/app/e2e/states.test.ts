import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { get } from './api.ts';
import { accessible } from './axe.ts';
import { DESKTOP, openPage } from './browser.ts';
import { browser, site } from './plainstage.ts';
import { login, planner } from './steps.ts';

// What a page shows while something is missing: answers, the line, colours, a pointer. No map is drawn.
const LATER_MS = 16_000;

test('rows that are on their way have a shape, and a word for who hears the page', async () => {
  const { page, faults, close } = await openPage(browser, site.url, '/signin', { viewport: DESKTOP });
  await login(page, site.url, 'leader');
  let release = () => {};
  const held = new Promise<void>((done) => {
    release = done;
  });
  await page.route(/\/api\/(?:collections\/areas\/items|board)/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(`${site.url}/map`);
  await page.locator('#list .bones span').first().waitFor();
  assert.equal(await page.locator('#list .bones [role=status]').innerText(), '正在载入…');
  await accessible(page, 'the map without its list');
  await page.goto(`${site.url}/board`);
  await page.locator('.board-part .bones span').first().waitFor();
  await accessible(page, 'the board without its figures');
  release();
  await page.locator('.board-cards li').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('.bones'));
  assert.deepEqual(faults, []);
  await close();
});

test('while the line is down, map and board say since when they stand', async () => {
  const { page, close } = await openPage(browser, site.url, '/signin', { viewport: DESKTOP });
  await login(page, site.url, 'leader');
  await page.clock.install();
  await page.goto(`${site.url}/map`);
  await page.locator('[data-live=live]').waitFor();
  assert.equal(await page.locator('.line-down').count(), 0);
  await page.route('**/api/live*', (route) => route.abort());
  await page.goto(`${site.url}/map#lang=zh-CN`);
  await page.reload();
  await page.locator('[data-live=reconnecting]').waitFor();
  await page.clock.fastForward(LATER_MS);
  const said = await page.locator('.line-down').innerText();
  assert.match(said, /^与服务器的连接已断开，地图和数字停在 \d{4}\/\d+\/\d+ \d+:\d+；/);
  await accessible(page, 'the map with its line down');
  await page.goto(`${site.url}/board`);
  await page.locator('.board-stale').waitFor();
  // The line comes back by itself.
  await page.goto(`${site.url}/map`);
  await page.locator('[data-live=reconnecting]').waitFor();
  await page.clock.fastForward(LATER_MS);
  await page.locator('.line-down').waitFor();
  await page.unroute('**/api/live*');
  await page.clock.fastForward(2 * LATER_MS);
  await page.locator('[data-live=live]').waitFor();
  await page.locator('.line-down').waitFor({ state: 'detached' });
  await close();
});

test('with the reader’s own colours every page keeps its states, its key and its lines', async () => {
  const { page, faults, close } = await openPage(browser, site.url, '/signin', { viewport: DESKTOP });
  await login(page, site.url, 'leader');
  await page.emulateMedia({ forcedColors: 'active' });
  await page.goto(`${site.url}/map#mode=auction&hide=sold`);
  await page.locator('.legend-row .count').first().waitFor();
  const style = (at: string, name: string) =>
    page
      .locator(at)
      .first()
      .evaluate((el, n) => getComputedStyle(el).getPropertyValue(n), name);
  // What is chosen differs by a line, and the key keeps the map's colours.
  assert.equal(await style('.legend-row[data-code=listed]', 'outline-style'), 'solid');
  assert.equal(await style('.legend-row[data-code=sold]', 'outline-style'), 'none');
  assert.equal(await style('.tabs [aria-selected=true]', 'outline-style'), 'solid');
  assert.equal(await style('.legend-row .swatch', 'forced-color-adjust'), 'none');
  assert.equal(await style('.legend-row .mark', 'forced-color-adjust'), 'none');
  assert.equal(await style('.mode input:checked + span', 'outline-style'), 'solid');
  assert.equal(await style('.live-dot', 'border-top-width'), '4px');
  await accessible(page, 'the map in forced colours');
  for (const [path, there] of [
    ['/board', '.board-cards li'],
    ['/listings', '.card'],
    ['/work', '.staff-main h1'],
    ['/', '.home-role'],
  ] as const) {
    await page.goto(site.url + path);
    await page.locator(there).first().waitFor();
    assert.ok(await page.evaluate(() => matchMedia('(forced-colors: active)').matches), path);
    await accessible(page, `${path} in forced colours`);
  }
  assert.deepEqual(faults, []);
  await close();
});

test('the first page has a way past the bar, and an icon is found where browsers look for it', async () => {
  const { page, faults, close } = await openPage(browser, site.url, '/', { viewport: DESKTOP });
  await page.locator('.home-role').first().waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement?.className), 'skip');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement?.className), 'home');
  const icon = await get(`${site.url}/favicon.ico`);
  assert.equal(icon.status, 200);
  assert.equal(icon.headers.get('Content-Type'), 'image/x-icon');
  const bytes = new Uint8Array(await icon.arrayBuffer());
  assert.deepEqual([...bytes.slice(0, 4)], [0, 0, 1, 0]);
  assert.deepEqual(faults, []);
  await close();
});

/** Goes on by Tab until a thing has the focus, as somebody without a pointer does. */
async function tabTo(page: Page, to: Locator): Promise<void> {
  await to.first().waitFor();
  for (let i = 0; i < 200; i++) {
    if (await to.first().evaluate((el) => el === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`Tab does not reach ${to}`);
}

test('a planner signs in, finds an area, opens its file and shares the view, by keyboard alone', async () => {
  const { page, faults, close } = await openPage(browser, site.url, '/map', { viewport: DESKTOP });
  const who = await planner(site.url);
  await tabTo(page, page.getByRole('link', { name: '登录' }));
  await page.keyboard.press('Enter');
  await tabTo(page, page.locator('input[name=login]'));
  await page.keyboard.type(who.login);
  await page.keyboard.press('Tab');
  await page.keyboard.type(who.password);
  await page.keyboard.press('Enter');
  await page.waitForURL((u) => u.pathname === '/map');
  await page.locator('.row').first().waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('东风湖');
  await page.locator('.hit').first().waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.locator('.drawer h2', { hasText: '东风湖' }).waitFor();
  await tabTo(page, page.locator('.toolbar [data-tool=share]'));
  await page.keyboard.press('Enter');
  await tabTo(page, page.locator('#share-link'));
  assert.match(await page.locator('#share-link').inputValue(), /sel=areas\//);
  await page.keyboard.press('Escape');
  await page.locator('.tool-panel').waitFor({ state: 'detached' });
  await tabTo(page, page.getByRole('link', { name: '打开档案' }));
  await page.keyboard.press('Enter');
  await page.locator('.staff-main h1').waitFor();
  assert.match(new URL(page.url()).pathname, /^\/areas\/./);
  assert.deepEqual(faults, []);
  await close();
});

test('a leader comes from the first page to the rows behind a figure, by keyboard alone', async () => {
  const { page, faults, close } = await openPage(browser, site.url, '/signin', { viewport: DESKTOP });
  await login(page, site.url, 'leader');
  await page.goto(`${site.url}/`);
  await tabTo(page, page.locator('.home-role a[href="/board"]'));
  await page.keyboard.press('Enter');
  await page.locator('.board-cards li').first().waitFor();
  await tabTo(page, page.locator('.skip'));
  await page.keyboard.press('Enter');
  await tabTo(page, page.locator('.board-cards a'));
  const to = new URL(
    await page
      .locator('.board-cards a')
      .first()
      .evaluate((a: HTMLAnchorElement) => a.href),
  );
  await page.keyboard.press('Enter');
  await page.waitForURL((u) => u.pathname === to.pathname);
  assert.deepEqual(faults, []);
  await close();
});

test('an investor opens a parcel and its sheet, by keyboard alone', async () => {
  const { page, faults, close } = await openPage(browser, site.url, '/listings', { viewport: DESKTOP });
  await tabTo(page, page.locator('.card h3 a'));
  await page.keyboard.press('Enter');
  await page.locator('main.parcel').waitFor();
  await tabTo(page, page.locator('a[href$="/sheet"], a[href*="/sheet?"]'));
  await page.keyboard.press('Enter');
  await page.locator('figure.qr svg').waitFor();
  assert.deepEqual(faults, []);
  await close();
});
