import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BrowserContextOptions } from 'playwright-core';
import type { Summary } from '../src/types.ts';
import { json } from './api.ts';
import { accessible } from './axe.ts';
import { DESKTOP, drawn, hashOf, openPage, PHONE } from './browser.ts';
import { browser, site } from './stage.ts';
import { login } from './steps.ts';

const PHONE_OPTIONS: BrowserContextOptions = { viewport: PHONE, hasTouch: true, isMobile: true };

for (const [name, options] of [
  ['1440x900', { viewport: DESKTOP }],
  ['390x844', PHONE_OPTIONS],
] as const) {
  for (const hash of ['', '#lang=en&theme=dark']) {
    test(`the first page says what is here, three sentences a role, ${name} ${hash}`, async () => {
      const { page, faults, close } = await openPage(browser, site.url, `/${hash}`, options);
      await page.locator('.home-counts:not([aria-busy])').waitFor();
      const said = await page
        .locator('.home-role')
        .evaluateAll((all) =>
          all.map(
            (r) => [...r.querySelectorAll('ol > li')].filter((li) => /[。.]$/.test(li.textContent)).length,
          ),
        );
      assert.deepEqual(said, [3, 3, 3]);
      const { areas, parcels, projects } = await json<Summary>(`${site.url}/api/summary`);
      assert.deepEqual(
        await page
          .locator('.home-counts a')
          .evaluateAll((all) => all.map((a) => Number.parseInt(a.textContent, 10))),
        [areas.total, parcels.total, projects.total],
      );
      await accessible(page, 'the first page');
      assert.equal(
        await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
        true,
        'nothing hangs over the edge',
      );
      assert.deepEqual(faults, []);
      await close();
    });
  }

  test(`what was a year ago is of the district's day, ${name}`, async () => {
    const { page, faults, close } = await openPage(browser, site.url, '/signin', options);
    await page.route('**/api/summary', async (route) => {
      const answer = await route.fetch();
      const said = (await answer.json()) as Summary;
      // In the district it is the first of March.
      await route.fulfill({ response: answer, json: { ...said, as_of: '2025-02-28T17:30:00Z' } });
    });
    await page.goto(site.url);
    await page.locator('.home a[href="/map#date=2024-03-01"]').waitFor();
    assert.deepEqual(faults, []);
    await close();
  });

  test(`the bar leads to every part of the site and marks the one that is shown, ${name}`, async () => {
    const { page, faults, close } = await openPage(browser, site.url, '/signin', options);
    const names = async () => {
      const menu = page.getByRole('button', { name: '菜单' });
      if (await menu.isVisible()) await menu.click();
      return page.getByRole('navigation', { name: '网站导航' }).getByRole('link').allInnerTexts();
    };
    await page.locator('h1').waitFor();
    assert.deepEqual(await names(), ['地图', '土地出让']);
    await login(page, site.url, 'planner');
    await page.goto(`${site.url}/work`);
    await page.locator('.staff-main h1').waitFor();
    assert.deepEqual(await names(), ['地图', '土地出让', '看板', '工作台', '导入']);
    const marked = page.getByRole('navigation', { name: '网站导航' }).locator('[aria-current]');
    assert.deepEqual(await marked.allInnerTexts(), ['工作台']);
    await page.getByRole('navigation', { name: '网站导航' }).getByRole('link', { name: '导入' }).click();
    await page.waitForURL((u) => u.pathname === '/import');
    await page.locator('h1').waitFor();
    await names();
    assert.deepEqual(await marked.allInnerTexts(), ['导入']);
    await accessible(page, 'a page with its navigation open');
    // The district's name stands whole.
    const cut = await page.locator('.brand-name').evaluate((el) => el.scrollWidth > el.clientWidth);
    assert.ok(!cut, 'the name of the district is not cut off');
    assert.deepEqual(faults, []);
    await close();
  });
}

test('every way from the first page leads to a page that is there, for a reader and for a leader', async () => {
  const { page, faults, close } = await openPage(browser, site.url, '/', { viewport: DESKTOP });
  for (const role of ['', 'leader']) {
    if (role !== '') await login(page, site.url, role);
    await page.goto(`${site.url}/`);
    await page.locator('.home-counts a').first().waitFor();
    const hrefs = await page
      .locator('.home-counts a, .home-role a, .faces a')
      .evaluateAll((all) => all.map((a) => (a as HTMLAnchorElement).href));
    assert.ok(hrefs.length >= 12, hrefs.join('\n'));
    for (const href of hrefs) {
      const answer = await page.request.get(href, { headers: { Accept: 'text/html,*/*' } });
      assert.equal(answer.status(), 200, href);
      const to = new URL(href);
      assert.equal(
        to.pathname === '/signin',
        role === '' && /next=%2F(?:board|work|map%23)/.test(to.search),
        href,
      );
    }
    // Which areas are late is told to staff alone.
    const late = hrefs.find((h) => h.includes('only')) ?? '';
    assert.equal(new URL(late).pathname, role === '' ? '/signin' : '/map', late);
  }
  assert.deepEqual(faults, []);
  await close();
});

test('a link of before, a view at the root, opens the map with that view', async () => {
  const { page, faults, close } = await openPage(browser, site.url, '/#mode=auction&hide=sold');
  await drawn(page);
  assert.equal(new URL(page.url()).pathname, '/map');
  assert.equal(hashOf(page).get('mode'), 'auction');
  assert.equal(hashOf(page).get('hide'), 'sold');
  // A choice of language or theme alone is no view.
  await page.goto(`${site.url}/#theme=dark`);
  await page.locator('.home-role').first().waitFor();
  await page.evaluate(() => {
    location.hash = 'tab=areas&only=late';
  });
  await page.locator('.map-box').waitFor();
  await page.goBack();
  await page.locator('.home-role').first().waitFor();
  assert.deepEqual(faults, []);
  await close();
});

test('a question mark shows the shortcuts of any page, and Escape returns to where one was', async () => {
  for (const [path, there, rows] of [
    ['/', '.home-counts a', 2],
    ['/signin', 'input[name=login]', 2],
    ['/map', '.row button', 7],
  ] as const) {
    const { page, faults, close } = await openPage(browser, site.url, path);
    await page.locator(there).first().waitFor();
    const link = page.locator('.brand');
    await link.focus();
    await page.keyboard.press('?');
    const sheet = page.getByRole('dialog', { name: '键盘快捷键' });
    await sheet.waitFor();
    assert.equal(await sheet.locator('dt').count(), rows, path);
    if (path === '/') await accessible(page, 'the shortcuts');
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    assert.ok(await link.evaluate((el) => el === document.activeElement), `${path}: the focus is back`);
    assert.deepEqual(faults, []);
    await close();
  }
});
