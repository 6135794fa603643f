import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import type { ItemPage, Summary } from '../src/types.ts';
import { everything, json } from './api.ts';
import { drawn, hashOf, openPage, PHONE } from './browser.ts';
import { browser, site } from './stage.ts';
import { IMPORT, planner, signIn } from './steps.ts';

const PHONE_OPTIONS: BrowserContextOptions = { viewport: PHONE, hasTouch: true, isMobile: true };
const ON_OFFER = ['announced', 'listed', 'bidding'];

const tabCounts = (page: Page) =>
  page.locator('[role=tab] .count').evaluateAll((all) => all.map((el) => Number(el.textContent)));

test('the parcels on offer alone, by closing day, with price and day', async () => {
  const { page, faults, close } = await openPage(browser, site.url, '/map#mode=auction');
  const summary = await json<Summary>(`${site.url}/api/summary`);
  const all = (await everything(site.url, 'parcels')).map((p) => p.properties);
  const open = all.filter((p) => ON_OFFER.includes(String(p.status)));
  assert.ok(open.length >= 2, 'the demo has parcels on offer');
  assert.equal(await page.getByRole('tab', { selected: true }).getAttribute('id'), 'tab-parcels');
  await page.locator('.chip[data-only=offer]').click();
  await page.locator('select[name=sort]').selectOption('close');
  await page.locator('.row .badge').first().waitFor();
  await page.waitForFunction((n) => document.querySelectorAll('.row').length === n, open.length);
  // The order is drawn a moment after it is chosen.
  const soonest = open.map((p) => String(p.list_to ?? '9999')).sort()[0] ?? '';
  await page.locator('.row').first().getByText(soonest.replaceAll('-', '/')).waitFor();
  const days = await page.locator('.row-terms').allTextContents();
  const closing = days.map((t) => /(\d{4}\/\d{2}\/\d{2}) 截止/.exec(t)?.[1] ?? '9999');
  assert.deepEqual(closing, [...closing].sort(), 'the first to close comes first');
  assert.ok(
    days.some((t) => t.includes('起始价')),
    days.join('\n'),
  );
  assert.deepEqual(await tabCounts(page), [
    summary.areas.total,
    summary.parcels.total,
    summary.projects.total,
  ]);
  assert.equal(hashOf(page).get('only'), 'offer');
  assert.ok(
    !(await page.locator('.figures').innerText()).includes('数据版本'),
    'the public sees no revision',
  );
  assert.deepEqual(faults, []);
  await close();
});

test('staff see how many areas are late, which, and by how many days', async () => {
  const { page, faults, close } = await openPage(browser, site.url, '/signin');
  await signIn(page, await planner(site.url));
  await page.locator('.late-figure').click();
  const n = Number(await page.locator('.late-figure b').innerText());
  assert.ok(n > 0, 'the demo has late areas');
  await page.waitForFunction((rows) => document.querySelectorAll('.row').length === rows, n);
  const marks = await page.locator('.row .late').allInnerTexts();
  const days = marks.map((t) => Number(/逾期 (\d+) 天/.exec(t)?.[1]));
  assert.equal(days.length, n);
  assert.deepEqual(
    days,
    [...days].sort((a, b) => b - a),
    'the latest comes first',
  );
  await page.locator('.row button').first().click();
  await page.locator('.drawer-head .late', { hasText: marks[0] ?? '?' }).waitFor();
  assert.deepEqual(faults, []);
  await close();
});

test('under a filter the late areas are counted among those it keeps, and streets go by name', async () => {
  const { page, faults, close } = await openPage(browser, site.url, '/signin');
  await signIn(page, await planner(site.url));
  await page.locator('.late-figure').waitFor();
  await page.goto(`${site.url}/map#tab=areas&status=areas:signing&tool=filter`);
  const { features } = (await (
    await page.request.get(`${site.url}/api/collections/areas/items?status=signing`)
  ).json()) as ItemPage;
  const late = features.filter((f) => Number(f.properties.late_days) > 0);
  assert.ok(late.length > 0 && late.length < features.length, 'some that sign are late, some in time');
  await page.locator(`.filter-found[data-found~="areas:${features.length}"]`).waitFor();
  await page.locator('.chip[data-only=late] .count', { hasText: new RegExp(`^${late.length}$`) }).waitFor();
  const panel = page.locator('.tool-filter');
  const street = features.map((f) => String(f.properties.street))[0] ?? '';
  const chip = panel.locator(`.chip[data-value="${street}"]`);
  await chip.getByText(/街道|乡|镇/).waitFor();
  const named = new RegExp(`[^\\d\\s]+ ${street}`).exec(await chip.innerText())?.[0];
  assert.ok(named, 'the chip has name and code');
  // States stand in the order that they are gone through.
  const states = await panel
    .locator('fieldset.facet')
    .first()
    .locator('.chip')
    .evaluateAll((all) => all.map((c) => (c as HTMLElement).dataset.value));
  assert.deepEqual(
    states.filter((s) => ['signing', 'cleared', 'handed_over'].includes(s ?? '')),
    ['signing', 'cleared', 'handed_over'],
  );
  // Drawer and table call the street the same.
  const one = features.find((f) => f.properties.street === street)?.id;
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `tab=areas&status=areas:signing&tool=table&sel=areas/${one}`);
  await page.locator('.drawer .fact dd', { hasText: named }).waitFor();
  await page.locator(`.tool-table tr[data-code="${one}"] td`, { hasText: named }).waitFor();
  assert.deepEqual(faults, []);
  await close();
});

test('a link to the late areas shows the public all of them, for it is told of none', async () => {
  const { page, faults, close } = await openPage(browser, site.url, '/map#tab=areas&only=late&sort=late');
  await page.locator('.row').first().waitFor();
  const summary = await json<Summary>(`${site.url}/api/summary`);
  assert.equal(await page.locator('.row').count(), summary.areas.total);
  assert.deepEqual(faults, []);
  await close();
});

test('the half-open sheet of a phone shows the list at once, and a link to a thing opens it', async () => {
  const { page, close } = await openPage(browser, site.url, '/map#mode=auction', PHONE_OPTIONS);
  await drawn(page);
  await page.locator('.panel .handle').click();
  const row = page.locator('.row').first();
  await row.waitFor();
  await page.waitForTimeout(300);
  const box = await row.boundingBox();
  assert.ok(box && box.y + box.height < PHONE.height, JSON.stringify(box));
  await close();
  const { features } = await json<ItemPage>(`${site.url}/api/collections/parcels/items?limit=1`);
  const link = `/map#sel=parcels/${encodeURIComponent(features[0]?.id ?? '')}`;
  const shared = await openPage(browser, site.url, link, PHONE_OPTIONS);
  await shared.page.locator('.drawer[data-stop=half] .facts').first().waitFor();
  await shared.close();
});

test('an English browser starts in English until Chinese is chosen', async () => {
  const { page, close } = await openPage(browser, site.url, '/map', { locale: 'en-GB' });
  await page.getByRole('tab', { name: 'Areas' }).waitFor();
  await page.getByRole('button', { name: '中文' }).click();
  await page.getByRole('tab', { name: '片区' }).waitFor();
  await page.goto(`${site.url}/map`);
  await page.getByRole('tab', { name: '片区' }).waitFor();
  await close();
});

test('a good try offers the import itself and takes the focus to the report', async () => {
  const { page, faults, close } = await openPage(browser, site.url, '/signin?next=/import');
  await signIn(page, await planner(site.url));
  await page.waitForURL((u) => u.pathname === '/import');
  assert.equal(await page.locator('select[name=layer]').inputValue(), '', 'no layer is chosen beforehand');
  const all = JSON.parse(IMPORT.buffer.toString()) as { features: unknown[] };
  const good = JSON.stringify({ ...all, features: all.features.slice(0, 1) });
  await page.locator('input[type=file]').setInputFiles({ ...IMPORT, buffer: Buffer.from(good) });
  await page.locator('.file-name', { hasText: IMPORT.name }).waitFor();
  await page.locator('select[name=layer]').selectOption('parcels');
  await page.locator('input[name=crs]').fill('EPSG:4326');
  await page.locator('.import-form button[type=submit]').click();
  await page.getByRole('button', { name: '正式导入这个文件' }).waitFor();
  await page.waitForFunction(() => document.activeElement?.id === 'report-title');
  await page.locator('select[name=layer]').selectOption('areas');
  await page.locator('.report').waitFor({ state: 'detached' });
  assert.deepEqual(faults, []);
  await close();
});
