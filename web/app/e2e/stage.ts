import assert from 'node:assert/strict';
import { after } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { drawn, launch, openPage, type Watched } from './browser.ts';
import { server } from './server.ts';
import { login } from './steps.ts';

/** The server and the browser of a file of tests, there until its last test has ended. */
export const site = await server();
export const browser = await launch();

after(async () => {
  await browser.close();
  await site.stop();
});

const kept = new Map<string, Watched>();

/**
 * Runs a test on the map at a view, for somebody or for a role. All of a view stands in the link, so that the
 * tests of a file use one page after each other, which takes a fifth of loading a map anew; what else a test
 * leaves behind (focus, a chosen language, another page) is for a page of its own. The page must not misbehave,
 * and one on which a test failed is not used again.
 */
export async function onMap(
  hash: string,
  run: (page: Page) => Promise<void>,
  { role = '', options = {} as BrowserContextOptions } = {},
): Promise<void> {
  const key = `${role} ${JSON.stringify(options)}`;
  const used = kept.get(key);
  kept.delete(key);
  const watched =
    used ?? (await openPage(browser, site.url, role === '' ? `/map${hash}` : '/livez', options));
  const { page, faults } = watched;
  try {
    if (used) {
      await page.evaluate((h) => {
        location.hash = h;
      }, hash);
    } else if (role !== '') {
      await login(page, site.url, role);
      await page.goto(`${site.url}/map${hash}`);
    }
    await drawn(page);
    await run(page);
    assert.deepEqual(faults, []);
    kept.set(key, watched);
  } finally {
    if (!kept.has(key)) await watched.close();
  }
}
