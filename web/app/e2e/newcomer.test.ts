import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import type { Remains } from '../src/types.ts';
import { everything, json } from './api.ts';
import { DESKTOP, openPage } from './browser.ts';
import { browser, site } from './plainstage.ts';
import { accountOf } from './steps.ts';

// docs/faces.md tells these ways, click by click; none takes more.
const MOST = 3;

/** Walks from the first page by clicks alone, and says how many it took. */
async function walk(
  run: (page: Page, click: (at: Locator) => Promise<void>) => Promise<void>,
): Promise<void> {
  const { page, faults, close } = await openPage(browser, site.url, '/', { viewport: DESKTOP });
  let clicks = 0;
  await run(page, async (at) => {
    clicks++;
    await at.click();
  });
  assert.ok(clicks <= MOST, `${clicks} clicks`);
  assert.deepEqual(faults, []);
  await close();
}

/** The button of a demo account on the sign-in page. */
async function account(page: Page, role: string): Promise<Locator> {
  const { login } = await accountOf(site.url, role);
  return page.locator('.demo-logins button', { hasText: login });
}

test('newcomer a: which cleared land in 东风湖 is not yet planned', async () => {
  const area = (await everything(site.url, 'areas')).find((a) =>
    String(a.properties.name).startsWith('东风湖'),
  );
  assert.ok(area, 'the demo has 东风湖');
  await walk(async (page, click) => {
    await click(page.getByRole('link', { name: '已腾地、还没规划的地' }));
    await click(await account(page, 'planner'));
    await click(page.locator('.row button', { hasText: String(area.properties.name) }));
    const line = page.locator('[data-left=unplanned]');
    await line.waitFor();
    const told = await page.request.get(`${site.url}/api/areas/${encodeURIComponent(area.id)}/remains`);
    const { unplanned_mu, reserved } = (await told.json()) as Remains;
    assert.ok(unplanned_mu > 0, 'some of it waits to be planned');
    assert.equal(Number(await line.getAttribute('data-raw')), unplanned_mu);
    const text = await line.innerText();
    assert.ok(text.replaceAll(',', '').includes(unplanned_mu.toFixed(2)), text);
    for (const p of reserved) assert.ok(text.includes(p.code), text);
    assert.ok(/无底色/.test(text), 'it says where on the map the rest is');
  });
});

test('newcomer b: the cheapest listed housing parcel per mu, and its deadline', async () => {
  interface Offer {
    readonly code: string;
    readonly price_per_mu_wan?: number;
  }
  const { items } = await json<{ items: { _tengdi: Offer }[] }>(
    `${site.url}/feeds/listings.json?use_class=residential`,
  );
  const offers = items.map((i) => i._tengdi).filter((o) => o.price_per_mu_wan !== undefined);
  assert.ok(offers.length > 0, 'housing land is on offer');
  const least = Math.min(...offers.map((o) => o.price_per_mu_wan ?? 0));
  await walk(async (page, click) => {
    await click(page.getByRole('link', { name: '住宅用地，按每亩单价从低到高' }));
    const card = page.locator('.card').first();
    await card.waitFor();
    const found = offers.find((o) => o.price_per_mu_wan === least);
    assert.equal(await card.getAttribute('data-code'), found?.code);
    const text = await card.innerText();
    assert.match(text, /亩均价/);
    assert.match(text, /挂牌截止\s*\d{4}/);
  });
});

test('newcomer c: the area most behind plan, and why', async () => {
  interface Area {
    readonly code: string;
    readonly name: string;
    readonly cause: { readonly zh: string };
  }
  await walk(async (page, click) => {
    await click(page.getByRole('link', { name: '打开看板' }));
    await click(await account(page, 'leader'));
    const first = page.locator('.causes li').first();
    await click(first.locator('summary'));
    const answer = await page.request.get(`${site.url}/api/board/areas`);
    const worst = ((await answer.json()) as { areas: Area[] }).areas[0];
    assert.ok(worst);
    assert.equal(await first.getAttribute('data-code'), worst.code);
    const text = await first.innerText();
    assert.ok(text.includes(worst.name) && text.includes(worst.cause.zh), text);
    assert.match(worst.cause.zh, /\d/, 'the cause names a number');
  });
});
