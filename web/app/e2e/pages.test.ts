import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { accessible } from './axe.ts';
import { DESKTOP, drawn, launch, openPage, PHONE } from './browser.ts';
import { browser, onMap, site } from './stage.ts';
import { IMPORT, openDrawer, planner, signIn, tryImport } from './steps.ts';

const TOUCH_PX = 44;
const PHONE_OPTIONS: BrowserContextOptions = { viewport: PHONE, hasTouch: true, isMobile: true };

const MAPS: { name: string; hash: string; ready?: (page: Page) => Promise<void> }[] = [
  { name: 'map', hash: '' },
  { name: 'map in English and dark', hash: '#lang=en&theme=dark&mode=auction&tab=parcels' },
  { name: 'map with a parcel open', hash: '#mode=auction&tab=parcels', ready: openDrawer },
  { name: 'map with an area open, dark', hash: '#theme=dark', ready: openDrawer },
  { name: 'map of a past day', hash: '#mode=auction&date=2018-05-31' },
];

const SCREENS: { name: string; path: string }[] = [
  { name: 'sign-in', path: '/signin' },
  { name: 'sign-in, dark', path: '/signin#theme=dark&lang=en' },
  { name: 'import without an account', path: '/import' },
  { name: 'not found', path: '/no/such/page' },
];

for (const [name, options] of [
  ['1440x900', { viewport: DESKTOP }],
  ['390x844', PHONE_OPTIONS],
] as const) {
  for (const { name: what, hash, ready } of MAPS) {
    test(`axe has no serious finding: ${what}, ${name}`, () =>
      onMap(
        hash,
        async (page) => {
          await ready?.(page);
          await accessible(page, what);
        },
        { options },
      ));
  }

  for (const screen of SCREENS) {
    test(`axe has no serious finding: ${screen.name}, ${name}`, async () => {
      const { page, faults, close } = await openPage(browser, site.url, screen.path, options);
      await page.locator('h1').waitFor();
      await accessible(page, screen.name);
      assert.deepEqual(faults, []);
      await close();
    });
  }

  test(`a planner signs in, tries an import and reads the report, ${name}`, async () => {
    const { page, faults, close } = await openPage(browser, site.url, '/signin?next=/import', options);
    await signIn(page, await planner(site.url));
    await page.waitForURL((u) => u.pathname === '/import');
    await tryImport(page, IMPORT);
    const rows = page.locator('.report tbody tr');
    await rows.first().waitFor();
    const texts = await rows.allInnerTexts();
    const refused = texts.filter((t) => t.includes('拒绝'));
    assert.ok(refused.length >= 1, texts.join('\n'));
    assert.ok(
      refused.some((t) => /^2\b/.test(t)),
      `the second row of the file is named:\n${refused.join('\n')}`,
    );
    assert.ok(
      refused.every((t) => /[\u4e00-\u9fff]{4}/.test(t)),
      'the reason is in Chinese',
    );
    await page.getByText('没有写入任何数据').waitFor();
    await accessible(page, 'the import report');
    assert.deepEqual(faults, []);
    await close();
  });
}

test('controls of a phone are 44 pixels or more', async () => {
  const { page, close } = await openPage(browser, site.url, '/map#mode=auction&tab=parcels', PHONE_OPTIONS);
  await drawn(page);
  for (const stop of ['收起', '半开', '全开']) {
    await page
      .locator('.panel .handle')
      .and(page.getByRole('button', { name: stop }))
      .waitFor();
    const small = await page.evaluate((least) => {
      const controls = [
        ...document.querySelectorAll<HTMLElement>('button, a[href], select, input:not([type=radio])'),
      ];
      return controls.flatMap((el) => {
        const box = el.getBoundingClientRect();
        const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        if (box.width === 0 || !hit || !(el === hit || el.contains(hit))) return [];
        return box.height >= least && box.width >= least
          ? []
          : [`${el.className} ${el.textContent} ${box.width}x${box.height}`];
      });
    }, TOUCH_PX);
    assert.deepEqual(small, [], stop);
    await page.locator('.panel .handle').click();
    await page.waitForTimeout(300);
  }
  await close();
});

test('the sheet of a phone follows the finger and stays at the nearest stop', async () => {
  const { page, close } = await openPage(browser, site.url, '/map', PHONE_OPTIONS);
  await drawn(page);
  const handle = page.locator('.panel .handle');
  const box = await handle.boundingBox();
  assert.ok(box);
  await page.mouse.move(box.x + box.width / 2, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, PHONE.height / 2, { steps: 5 });
  await page.mouse.up();
  await page.locator('.panel[data-stop=half]').waitFor();
  await close();
});

test('signing in shows what is not published, signing out hides it', async () => {
  const { page, faults, close } = await openPage(browser, site.url, '/map#mode=auction');
  await drawn(page);
  assert.equal(await page.locator('.legend-row[data-code=reserved]').count(), 0);
  assert.ok(!(await page.locator('.figures').textContent())?.includes('户'));
  await page.getByRole('link', { name: '登录' }).click();
  await page.waitForURL(/\/signin/);
  await page.getByRole('textbox', { name: '账号' }).fill('nobody-here');
  await page.getByLabel('密码').fill('wrong-password');
  await page.locator('form button[type=submit]').click();
  await page.getByRole('alert').filter({ hasText: '账号或密码' }).waitFor();
  await signIn(page, await planner(site.url));
  await page.waitForURL((url) => url.pathname === '/map' && url.hash.includes('mode=auction'));
  await drawn(page);
  await page.locator('.legend-row[data-code=reserved]').waitFor();
  assert.ok((await page.locator('.figures').textContent())?.includes('户'));
  await page.getByRole('button', { name: '退出登录' }).click();
  await page.getByRole('link', { name: '登录' }).waitFor();
  await drawn(page);
  assert.equal(await page.locator('.legend-row[data-code=reserved]').count(), 0);
  assert.deepEqual(faults, []);
  await close();
});

test('without WebGL2 the page says so and the list does the work', async () => {
  const plain = await launch(false);
  const { page, faults, close } = await openPage(plain, site.url, '/map');
  await page.getByRole('alert').filter({ hasText: 'WebGL2' }).waitFor();
  await page.locator('.row button').first().click();
  await page.locator('.drawer .history').waitFor();
  await page.locator('.legend-row .count').first().waitFor();
  // Everything but drawing: search, filter, table, the file of what is found.
  assert.deepEqual(
    await page
      .locator('.toolbar [data-tool]')
      .evaluateAll((all) => all.map((b) => (b as HTMLElement).dataset.tool)),
    ['filter', 'table', 'overlays', 'print', 'share'],
  );
  await page.keyboard.press('Escape');
  await page.locator('.toolbar [data-tool=table]').click();
  await page.locator('.tool-table tbody tr').first().waitFor();
  await page.locator('.toolbar [data-tool=filter]').click();
  await page.locator('.tool-filter button').first().waitFor();
  await page.locator('.toolbar [data-tool=share]').click();
  await page.waitForFunction(
    () => (document.querySelector<HTMLImageElement>('.share-qr img')?.naturalWidth ?? 0) > 0,
  );
  // Layers are chosen for the sheet; nothing offers to go to a place on a map that is not there.
  await page.locator('.toolbar [data-tool=overlays]').click();
  await page.locator('input[name=over-streets]').check();
  await page.waitForFunction(() => location.hash.includes('over=streets'));
  assert.equal(await page.locator('.over-list button, .over-middle').count(), 0);
  await page.keyboard.press('Escape');
  await page.locator('.search input').fill('东风湖');
  await page.locator('.hit').first().click();
  await page.locator('.drawer h2', { hasText: '东风湖' }).waitFor();
  await page.locator('.drawer .history').waitFor();
  await accessible(page, 'the page without a map');
  assert.deepEqual(faults, []);
  await close();
  await plain.close();
});

test('an unknown path leads back to the map', async () => {
  const { page, close } = await openPage(browser, site.url, '/boards/of/nothing');
  await page.getByRole('heading', { name: '没有这一页' }).waitFor();
  await page.getByRole('link', { name: '去地图' }).click();
  await drawn(page);
  await close();
});
