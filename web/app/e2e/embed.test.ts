import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { FrameLocator, Page, Request } from 'playwright-core';
import { parseHash } from '../src/url.ts';
import type { District, ItemPage } from '../src/types.ts';
import { everything, json } from './api.ts';
import { accessible } from './axe.ts';
import { DESKTOP, drawn, launch, openPage, PHONE, SMALL } from './browser.ts';
import { until } from './land.ts';
import { decodePng } from './png.ts';
import { browser, site } from './stage.ts';
import { login } from './steps.ts';

// A view handed on: as a link, as a QR code, and as a frame in another site's page.
// The other site, and what stands in its page.
let body = '';
let port = 0;
const other = createServer((_, res) => {
  res.setHeader('Content-Type', 'text/html; charset=utf-8');
  res.end(`<!doctype html><title>另一网站</title><h1>另一网站</h1>${body}`);
});

before(async () => {
  await new Promise<void>((done) => other.listen(0, done));
  port = (other.address() as AddressInfo).port;
});

after(async () => {
  other.closeAllConnections();
  other.close();
});

const frameIn = (page: Page): FrameLocator => page.frameLocator('iframe');

async function drawnIn(page: Page): Promise<void> {
  await frameIn(page).locator('.map-box[data-idle=yes]').waitFor({ state: 'attached', timeout: 60_000 });
}

/** The code that the share tool gives for a view. */
async function codeOf(page: Page, path: string): Promise<string> {
  await page.goto(site.url + path);
  await drawn(page);
  await page.locator('.toolbar [data-tool=share]').click();
  return page.locator('.share-code').inputValue();
}

/** How many colours a picture has, counted roughly. */
function colours(png: Buffer): number {
  const { data } = decodePng(png);
  const seen = new Set<number>();
  for (let i = 0; i < data.length; i += 4)
    seen.add(((data[i] ?? 0) >> 4) * 256 + ((data[i + 1] ?? 0) >> 4) * 16 + ((data[i + 2] ?? 0) >> 4));
  return seen.size;
}

test('the share tool hands on exactly the view: link, QR code, and code for a frame', async () => {
  const view = 'v=13.00/29.37000/113.12000&mode=auction&hide=sold&date=2018-06-30';
  const { page, faults, close } = await openPage(browser, site.url, `/map#${view}`, { viewport: DESKTOP });
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await drawn(page);
  await page.locator('.toolbar [data-tool=share]').click();
  const link = await page.locator('#share-link').inputValue();
  assert.equal(new URL(link).pathname, '/map');
  const { tool, lang, ...rest } = parseHash(new URL(link).hash);
  const { tool: own, lang: none, ...seen } = parseHash(new URL(page.url()).hash);
  assert.deepEqual(rest, seen);
  assert.deepEqual([tool, lang, own, none], [null, 'zh-CN', 'share', null]);
  await page.getByRole('button', { name: '复制链接' }).last().click();
  await page.getByText('已复制：').waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), link);
  // The code is a picture that came, square, of that link and no other.
  const qr = page.locator('.share-qr img');
  const asked = new URL(await qr.evaluate((img: HTMLImageElement) => img.src));
  assert.equal(asked.searchParams.get('path'), link.slice(site.url.length));
  await page.waitForFunction(() => document.querySelector<HTMLImageElement>('.share-qr img')?.complete);
  assert.ok((await qr.evaluate((img: HTMLImageElement) => img.naturalWidth)) > 0);
  await accessible(page, 'the share tool');
  // Another size than what works becomes the nearest that does.
  await page.locator('[name=frame-width]').fill('100');
  await page.locator('[name=frame-theme]').selectOption('dark');
  const code = await page.locator('.share-code').inputValue();
  assert.match(code, / width="320" /);
  assert.match(code, /&amp;theme=dark"/);
  await page.goto(link);
  await drawn(page);
  assert.equal(await page.locator('.tool-panel').count(), 0);
  assert.equal(await page.locator('.map-buttons [aria-expanded=true]').count(), 1, 'the time line is open');
  assert.deepEqual(faults, []);
  await close();
});

// 127.0.0.1 on another port is another origin of the same site, to which a browser would send our
// cookies; localhost is another site.
for (const host of ['localhost', '127.0.0.1']) {
  test(`a page at ${host} shows the public's map in a frame, to a planner as to anybody`, async () => {
    const { page, close } = await openPage(browser, site.url, '/signin', { viewport: SMALL });
    await login(page, site.url, 'planner');
    body = await codeOf(page, '/map#v=13.00/29.37000/113.12000');
    const hidden = await notPublic(page);
    const asked: Request[] = [];
    const faults: string[] = [];
    page.on('pageerror', (e) => faults.push(e.message));
    page.on('console', (m) => m.type() === 'error' && faults.push(m.text()));
    page.on('request', (r) => r.url().startsWith(site.url) && asked.push(r));
    await page.goto(`http://${host}:${port}/`);
    await drawnIn(page);
    assert.ok(colours(await page.locator('iframe').screenshot()) > 8, 'land is drawn');
    await frameIn(page).locator('.embed-foot').waitFor();
    // The cookies are there, and stay where they are.
    assert.ok((await page.context().cookies(site.url)).length > 0);
    const data = asked.filter((r) => /^\/(?:api|tiles|archives)\b/.test(new URL(r.url()).pathname));
    const paths = data.map((r) => new URL(r.url()).pathname);
    for (const needed of [
      /^\/api\/district$/,
      /^\/tiles\/public\.json$/,
      /^\/tiles\/public\/\d+\//,
      /^\/api\/live$/,
    ])
      assert.ok(
        paths.some((p) => needed.test(p)),
        `${needed} is asked: ${paths.join(' ')}`,
      );
    assert.ok(!paths.some((p) => /staff|session/.test(p)), paths.join(' '));
    for (const r of host === 'localhost' ? asked : data) {
      assert.equal((await r.allHeaders()).cookie, undefined, r.url());
      const answer = r.url().includes('/api/live') ? null : await r.response();
      assert.equal((await answer?.headerValue('set-cookie')) ?? null, null, r.url());
    }
    // What only staff may see is not there for the frame, though its reader is signed in.
    body = `<iframe src="${site.url}/embed#sel=parcels/${encodeURIComponent(hidden)}" width="320" height="240"></iframe>`;
    await page.goto(`http://${host}:${port}/again`);
    await frameIn(page).locator('.embed-card [role=alert]').waitFor();
    assert.deepEqual(
      faults.filter((f) => !f.startsWith('Failed to load resource')),
      [],
    );
    await close();
  });
}

/** The code of a parcel that the public does not have. */
async function notPublic(page: Page): Promise<string> {
  const open = new Set((await everything(site.url, 'parcels')).map((p) => p.id));
  const all = (await page.evaluate(
    async () => (await fetch('/api/collections/parcels/items?limit=500')).json(),
    null,
  )) as ItemPage;
  const found = all.features.find((p) => !open.has(p.id));
  assert.ok(found, 'the demo has a parcel that is not published');
  return found.id;
}

test('no other page can be put into a frame', async () => {
  for (const path of ['/map', '/', '/signin', '/listings', '/board']) {
    const { page, close } = await openPage(browser, site.url, '/signin', { viewport: SMALL });
    body = `<iframe src="${site.url}${path}"></iframe>`;
    const refused = page.waitForEvent('console', (m) => m.text().includes('frame-ancestors'));
    await page.goto(`http://localhost:${port}/`);
    await refused;
    await close();
  }
});

test('a frame of 320 by 240 pixels has the land, the key, the approval number and the way to the whole', async () => {
  const { page, faults, close } = await openPage(browser, site.url, '/signin', {
    viewport: { width: 320, height: 240 },
  });
  await page.route('**/api/district', async (route) => {
    const d = (await (await route.fetch()).json()) as District;
    await route.fulfill({ json: { ...d, approval_no: '湘S（2018）001号' } });
  });
  const { features } = await json<ItemPage>(`${site.url}/api/collections/areas/items?limit=1`);
  const [area] = features;
  assert.ok(area);
  const sel = `areas/${encodeURIComponent(area.id)}`;
  for (const look of ['lang=zh-CN&theme=light', 'lang=en&theme=dark']) {
    await page.goto('about:blank');
    await page.goto(`${site.url}/embed#${look}`);
    await drawn(page);
    await page.getByText('湘S（2018）001号').waitFor();
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    assert.ok(await page.evaluate(() => document.documentElement.scrollHeight <= innerHeight));
    const map = await page.locator('.map-box').boundingBox();
    assert.ok(map && map.height >= 150 && map.width === 320, JSON.stringify(map));
    await page.locator('.embed-key button').click();
    assert.ok((await page.locator('#embed-key li').count()) >= 4);
    await accessible(page, `a small frame with its key, ${look}`);
    await page.locator('.embed-key button').click();
    const full = page.locator('.embed-foot a');
    assert.equal(await full.getAttribute('target'), '_blank');
    const to = new URL((await full.getAttribute('href')) ?? '', site.url);
    assert.equal(to.pathname, '/map');
    assert.equal(parseHash(to.hash).lang, parseHash(`#${look}`).lang);
    await page.evaluate((s) => {
      location.hash += `&sel=${s}`;
    }, sel);
    await page.locator('.embed-card a').waitFor();
    await accessible(page, `a small frame with a thing, ${look}`);
    for (const part of await page.locator('.embed button, .embed a').all()) {
      const box = await part.boundingBox();
      assert.ok(
        box && box.x >= 0 && box.x + box.width <= 320 && box.y + box.height <= 240,
        await part.innerText(),
      );
    }
    await page.keyboard.press('Tab');
  }
  assert.deepEqual(faults, []);
  await close();
});

test('a frame has the layers over the map that its address names, in its key and by a click, and asks for them as nobody', async () => {
  const { page, close } = await openPage(browser, site.url, '/signin', { viewport: SMALL });
  await login(page, site.url, 'planner');
  const code = await codeOf(page, '/map#v=13.50/29.36250/113.18400&over=blueprint,exclusion-zones:60');
  const src = /src="([^"]+)"/.exec(code)?.[1]?.replaceAll('&amp;', '&');
  assert.ok(src);
  assert.deepEqual(
    parseHash(new URL(src).hash).over.map((o) => [o.name, o.percent]),
    [
      ['blueprint', 100],
      ['exclusion-zones', 60],
    ],
  );
  const asked: Request[] = [];
  page.on('request', (r) => new URL(r.url()).pathname.startsWith('/overlays') && asked.push(r));
  for (const look of ['', '&lang=en&theme=dark']) {
    await page.goto('about:blank');
    await page.setViewportSize({ width: 640, height: 480 });
    await page.goto(src + look);
    await drawn(page);
    await page.locator('.embed-key button').click();
    const rows = page.locator('.embed-key .over-legend li');
    await rows.nth(1).waitFor();
    assert.equal(await page.locator('.embed-key .over-legend button').count(), 0, 'the frame takes none off');
    await accessible(page, `the key of a frame with layers${look}`);
    await page.locator('.embed-key button').click();
    const map = await page.locator('.map-box').boundingBox();
    assert.ok(map);
    const card = page.locator('.over-card');
    await until(
      page,
      async () => {
        await page.mouse.click(map.x + map.width / 2, map.y + map.height / 2);
        return (await card.count()) > 0;
      },
      'the place is named',
    );
    assert.match(await card.innerText(), look === '' ? /经济技术开发区/ : /Economic development zone/);
    await accessible(page, `the card of a place in a frame${look}`);
  }
  assert.ok(
    asked.some((r) => r.url().endsWith('/overlays')) && asked.length >= 3,
    `${asked.length} requests`,
  );
  for (const r of asked) assert.equal((await r.allHeaders()).cookie, undefined, r.url());
  await close();
});

test('a frame without WebGL says so and leads to the list', async () => {
  const plain = await launch(false);
  const { page, close } = await openPage(plain, site.url, '/embed#lang=en', { viewport: PHONE });
  await page.getByText('the full map has a list').waitFor();
  await page.getByRole('link', { name: 'Open the full map' }).waitFor();
  assert.equal(await page.locator('.toolbar').count(), 0);
  await close();
  await plain.close();
});
