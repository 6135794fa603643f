import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import type { ItemPage } from '../src/types.ts';
import { json } from './api.ts';
import { DESKTOP, drawn, launch, openPage, PHONE } from './browser.ts';
import { server } from './server.ts';
import { IMPORT, login, planner, signIn, tryImport } from './steps.ts';

// Takes the pictures of docs/screenshots from a running server, or from one that it starts.
const OUT = resolve(import.meta.dirname, '../../../../docs/screenshots');
const PHONE_OPTIONS: BrowserContextOptions = {
  viewport: PHONE,
  hasTouch: true,
  isMobile: true,
  deviceScaleFactor: 2,
};

const site = await server();
const browser = await launch();
mkdirSync(OUT, { recursive: true });

async function shot(
  name: string,
  path: string,
  options: BrowserContextOptions,
  ready: (page: Page) => Promise<void>,
) {
  const { page, faults, close } = await openPage(browser, site.url, path, options);
  await ready(page);
  await page.waitForTimeout(300);
  await page.screenshot({ path: resolve(OUT, `${name}.png`) });
  if (faults.length > 0) throw new Error(`${name}: ${faults.join('\n')}`);
  console.log(`docs/screenshots/${name}.png`);
  await close();
}

const wide = { viewport: DESKTOP };
// Screens of staff: the picture's name, whose it is, where, and what they show when they are whole.
const DESK: readonly [string, string, string, string][] = [
  ['board', 'leader', '/board', '.board-cards li'],
  ['work', 'leader', '/work', '.staff-main h1'],
];
try {
  await shot('map', '/map', wide, drawn);
  await shot('map-phone', '/map', PHONE_OPTIONS, drawn);
  const listed = await json<ItemPage>(`${site.url}/api/collections/parcels/items?status=listed&limit=1`);
  const code = listed.features[0]?.id ?? '';
  const dark = `v=13.3/29.374/113.124&mode=auction&tab=parcels&sel=parcels/${code}&lang=en&theme=dark`;
  await shot('map-dark-en', `/map#${dark}`, wide, async (page) => {
    await page.locator('.drawer .history').waitFor();
    await drawn(page);
  });
  await shot('home', '/', wide, (page) => page.locator('.home-counts a').first().waitFor());
  await shot('listings', '/listings', wide, (page) => page.locator('.card').first().waitFor());
  await shot('parcel', `/listings/${code}`, wide, (page) => page.locator('main h1').waitFor());
  await shot('signin', '/signin', wide, (page) => page.locator('.demo-logins').waitFor());
  await shot('import-report', '/signin?next=/import', wide, async (page) => {
    await signIn(page, await planner(site.url));
    await page.waitForURL((u) => u.pathname === '/import');
    await tryImport(page, IMPORT);
    await page.locator('.report').scrollIntoViewIfNeeded();
  });
  for (const [name, role, path, ready] of DESK) {
    await shot(name, '/signin', wide, async (page) => {
      await login(page, site.url, role);
      await page.goto(site.url + path);
      await page.locator(ready).first().waitFor();
      await page.waitForFunction(() => !document.querySelector('[aria-busy=true], .skeleton'));
    });
  }
} finally {
  await browser.close();
  await site.stop();
}
