import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BrowserContextOptions } from 'playwright-core';
import type { Areas } from '../src/board/types.ts';
import { ask } from './api.ts';
import { accessible } from './axe.ts';
import { DESKTOP, openPage, PHONE, type Watched } from './browser.ts';
import { browser, site } from './stage.ts';
import { login } from './steps.ts';

// The ways into the board and out of it.
const WIDE: BrowserContextOptions = { viewport: DESKTOP };
const PHONE_OPTIONS: BrowserContextOptions = { viewport: PHONE, hasTouch: true, isMobile: true };

async function open(path: string, options: BrowserContextOptions = WIDE): Promise<Watched> {
  const watched = await openPage(browser, site.url, '/signin', options);
  await login(watched.page, site.url, 'leader');
  await watched.page.goto(site.url + path);
  return watched;
}

for (const [name, options] of [
  ['desktop', WIDE],
  ['phone', PHONE_OPTIONS],
] as const) {
  test(`a day that has not come is told once, with the way back to today, ${name}`, async () => {
    const { page, faults, close } = await open('/board?at=2099-01-01&leader=区领导07', options);
    for (const path of ['/board', '/board/report', '/board/wall', '/board']) {
      await page.goto(`${site.url}${path}?at=2099-01-01&leader=区领导07`);
      const notice = page.getByRole('alert');
      await notice.waitFor();
      assert.match(await notice.innerText(), /2099-01-01/);
      assert.equal(await notice.count(), 1);
      assert.equal(await page.locator('.board-part, .board-failed, a[href*="report.xlsx"]').count(), 0);
      await accessible(page, `a day to come, ${path}, ${name}`);
    }
    await page.getByRole('alert').getByRole('button', { name: '回到今天' }).click();
    await page.locator('.board-cards li').first().waitFor();
    assert.equal(await page.getByRole('alert').count(), 0);
    const now = new URL(page.url()).searchParams;
    assert.deepEqual([now.get('at'), now.get('leader')], [null, '区领导07']);
    assert.deepEqual(faults, []);
    await close();
  });
}

test('the board opens the areas worst first, with its own decimals, and no blank strip over their table', async () => {
  const { page, faults, close } = await open('/board');
  const { areas } = await ask<Areas>(page, '/api/board/areas');
  const link = page.locator('.board-cards li[data-figure="signed"] a');
  await link.waitFor();
  await link.click();
  await page.waitForFunction(
    (codes) =>
      [...document.querySelectorAll<HTMLElement>('.list-table tbody tr')]
        .map((r) => r.dataset.code)
        .join() === codes,
    areas.map((a) => a.code).join(),
  );
  for (const a of areas.slice(0, 10)) {
    if (a.rates.signed === null) continue;
    const cells = await page.locator(`.list-table tr[data-code="${a.code}"] td`).allInnerTexts();
    assert.ok(cells.includes(`${Math.round(a.rates.signed * 10) / 10}%`), `${a.rates.signed} in ${cells}`);
  }
  // Without a filter and with one, nothing blank stands between the filters and the table.
  for (const query of ['?sort=-light', '?sort=-light&status=vacating']) {
    await page.goto(`${site.url}/areas${query}`);
    await page.locator('.list-table tbody tr[data-code]').first().waitFor();
    const gap = await page.evaluate(() => {
      const edge = (sel: string) => document.querySelector(sel)?.getBoundingClientRect();
      return (edge('.list-scroll')?.top ?? Number.NaN) - (edge('.filter-row select')?.bottom ?? Number.NaN);
    });
    assert.ok(gap > 0 && gap < 30, `${gap} pixels between filters and table, ${query}`);
  }
  assert.deepEqual(faults, []);
  await close();
});

test('the map calls households that moved out as the board does', async () => {
  const { page, faults, close } = await open('/board');
  const name = await page.locator('.board-cards li[data-figure="vacated"] .name').innerText();
  await page.goto(`${site.url}/map`);
  const labels = page.locator('.figures dt');
  await labels.first().waitFor();
  assert.ok(
    (await labels.allInnerTexts()).some((t) => t.startsWith(name)),
    name,
  );
  assert.deepEqual(faults, []);
  await close();
});

test('a touch offers the way out of the wall screen for a while, and a mouse does not', async () => {
  const { page, faults, close } = await open('/board/wall?by=street', PHONE_OPTIONS);
  await page.locator('.wall .board-cards li').first().waitFor();
  const out = page.getByRole('button', { name: '退出大屏' });
  await page.mouse.click(20, 20);
  assert.equal(await out.count(), 0);
  await page.clock.install();
  await page.touchscreen.tap(20, 20);
  await out.waitFor();
  const box = await out.boundingBox();
  assert.ok(box && box.height >= 44 && box.y + box.height <= PHONE.height, JSON.stringify(box));
  await page.clock.runFor(9_000);
  await out.waitFor({ state: 'detached' });
  await page.touchscreen.tap(20, 20);
  await out.tap();
  await page.locator('.board-main h1').waitFor();
  const left = new URL(page.url());
  assert.deepEqual([left.pathname, left.search], ['/board', '?by=street'], 'what was chosen is kept');
  assert.deepEqual(faults, []);
  await close();
});

test('who recorded what came with the demo is told by a name, not by a login', async () => {
  const { page, faults, close } = await open('/board');
  const { areas } = await ask<Areas>(page, '/api/board/areas');
  await page.goto(`${site.url}/areas/${areas[0]?.code}`);
  const by = page.locator('.record-head .hint');
  await by.first().waitFor();
  const seen = await by.allInnerTexts();
  assert.ok(seen.includes('登记人 演示数据'), `${seen}`);
  assert.ok(!seen.some((t) => /demo/.test(t)));
  assert.deepEqual(faults, []);
  await close();
});
