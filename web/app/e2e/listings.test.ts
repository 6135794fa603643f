import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { COLOURS, STATUSES } from '../src/catalogue.gen.ts';
import { json } from './api.ts';
import { accessible } from './axe.ts';
import { DESKTOP, openPage, PHONE } from './browser.ts';
import { fills, tokenOf, until } from './land.ts';
import { decodePng, type Rgb, rgb } from './png.ts';
import { browser, site } from './stage.ts';

const KB = 1000;
const PHONE_OPTIONS = { viewport: PHONE, hasTouch: true, isMobile: true } as const;

interface Numbers {
  readonly code: string;
  readonly status: string;
  readonly use_class: string;
  readonly mu: number;
  readonly start_wan?: number;
  readonly deal_wan?: number;
  readonly price_per_mu_wan?: number;
  readonly floor_price_yuan?: number;
  readonly list_to?: string;
}

let all: Numbers[];

before(async () => {
  all = await feed('status=all');
});

async function feed(search: string): Promise<Numbers[]> {
  const said = await json<{ items: { _tengdi: Numbers }[] }>(`${site.url}/feeds/listings.json?${search}`);
  return said.items.map((i) => i._tengdi);
}

function one(what: (n: Numbers) => boolean): Numbers {
  const found = all.find(what);
  assert.ok(found, 'the demo has such a parcel');
  return found;
}

const codes = (page: Page) =>
  page.locator('.card').evaluateAll((cards) => cards.map((c) => (c as HTMLElement).dataset.code ?? ''));

const path = (code: string) => `/listings/${encodeURIComponent(code)}`;

test('investor 1: who is not signed in sees announced, listed and sold parcels, and no household', async () => {
  const shown = new Set(all.map((n) => n.status));
  for (const status of ['reserved', 'planned', 'voided', 'allocated']) assert.ok(!shown.has(status), status);
  assert.ok(
    ['announced', 'listed', 'sold'].every((s) => shown.has(s)),
    [...shown].join(', '),
  );
  const { page, faults, close } = await openPage(browser, site.url, '/listings?status=all');
  const text = await page.locator('body').innerText();
  assert.ok(!/户|household/i.test(text), 'nothing of households');
  assert.deepEqual(await page.context().cookies(), []);
  assert.deepEqual(faults, []);
  await close();
});

test('investor 2: use, size, price and ratio cut the list down at once, with counts, and the address says it', async () => {
  const { page, faults, close } = await openPage(browser, site.url, '/listings?status=all');
  const wanted = all.filter((n) => n.use_class === 'residential' && n.mu >= 20);
  assert.ok(wanted.length > 2 && wanted.length < all.length);
  await page.locator('.pill', { hasText: '居住' }).click();
  await page.locator('input[name=mu_from]').fill('20');
  await page.waitForFunction((n) => document.querySelector('.big')?.textContent === String(n), wanted.length);
  const said = new URL(page.url()).searchParams;
  assert.deepEqual(
    [said.get('use_class'), said.get('mu_from'), said.get('status')],
    ['residential', '20', 'all'],
  );
  const dear = Math.max(...wanted.map((n) => n.deal_wan ?? n.start_wan ?? 0));
  await page.locator('input[name=price_from]').fill(String(dear));
  await page.waitForFunction(() => document.querySelectorAll('.card').length === 1);
  // The same address, opened anew and without scripts, shows the same.
  const other = await openPage(browser, site.url, new URL(page.url()).search.replace(/^/, '/listings'), {
    javaScriptEnabled: false,
  });
  assert.deepEqual(await codes(other.page), await codes(page));
  await other.close();
  assert.deepEqual(faults, []);
  await close();
});

test('investor 3: a listed parcel shows price, deposit, step, days, countdown, conditions and a way to ask', async () => {
  const n = one((p) => p.status === 'listed' && p.list_to !== undefined);
  const { page, faults, close } = await openPage(browser, site.url, '/listings');
  await page.locator(`.card[data-code="${n.code}"] h3 a`).click();
  await page.waitForURL((u) => u.pathname === path(n.code));
  const text = await page.locator('main').innerText();
  for (const want of [
    '起始价',
    '保证金',
    '加价幅度',
    '公告日',
    '挂牌截止',
    '容积率',
    '建筑密度',
    '绿地率',
    '咨询与意向',
    n.code,
  ])
    assert.ok(text.includes(want), want);
  assert.match(text, /[≤≥<]/);
  const due = page.locator('time[data-due]').first();
  assert.equal(
    new Date((await due.getAttribute('datetime')) ?? '').getTime(),
    Date.parse(`${n.list_to}T16:00:00Z`),
  );
  await page.waitForFunction(() =>
    /\d+ 分/.test(document.querySelector('time[data-due]')?.textContent ?? ''),
  );
  await accessible(page, 'parcel');
  assert.deepEqual(faults, []);
  await close();
});

test('investor 4: the sheet prints on one page of A4, and its bar measures right', async () => {
  const n = one((p) => p.status === 'sold');
  const { page, faults, close } = await openPage(browser, site.url, `${path(n.code)}/sheet`, {
    viewport: DESKTOP,
  });
  const made = await page.evaluate(() => {
    const box = (el: Element | null) => el?.getBoundingClientRect().width ?? 0;
    const svg = document.querySelector('svg.drawing');
    const bar = document.querySelector<SVGElement>('.scale');
    return {
      scale: Number(svg?.getAttribute('data-scale')),
      mm: box(svg) / 182,
      metres: Number(bar?.dataset.metres),
      px: [...document.querySelectorAll('.scale .dark, .scale .pale')].reduce((sum, el) => sum + box(el), 0),
      corners: [...document.querySelectorAll('.corners tbody tr')].map((r) =>
        [...r.querySelectorAll('td')].map((td) => Number(td.textContent)),
      ),
    };
  });
  assert.ok(made.metres > 0 && made.scale > 0);
  const drawn = made.px / made.mm; // millimetres on paper
  assert.ok(
    Math.abs(drawn * made.scale - made.metres * 1000) / (made.metres * 1000) < 0.02,
    JSON.stringify(made),
  );
  // A hundred metres of ground take 100,000 / scale millimetres: CSS says that a millimetre is 96 / 25.4 px.
  assert.ok(Math.abs(made.mm - 96 / 25.4) < 0.01, `${made.mm} px a millimetre`);
  for (const [i, [x, y, edge]] of made.corners.entries()) {
    const next = made.corners[(i + 1) % made.corners.length];
    assert.ok(x !== undefined && y !== undefined && edge !== undefined && next);
    assert.ok(x > 3_200_000 && x < 3_300_000 && y > 38_400_000 && y < 38_500_000, `${x} ${y}`);
    const [nx, ny] = next;
    if (made.corners.length < 12)
      assert.ok(Math.abs(Math.hypot((nx ?? 0) - x, (ny ?? 0) - y) - edge) < 0.02, `edge ${i}`);
  }
  const text = await page.locator('main').innerText();
  for (const want of ['比例尺 1:', '审图号', '界址点坐标', '点号', '边长', 'EPSG:4526', '北', n.code])
    assert.ok(text.includes(want), want);
  const pdf = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString('latin1');
  assert.equal(pdf.match(/\/Type\s*\/Page\b/g)?.length, 1, 'pages');
  const [, w, h] = /\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)/.exec(pdf) ?? [];
  assert.ok(Math.abs(Number(w) - 595.28) < 1.5 && Math.abs(Number(h) - 841.89) < 1.5, `${w} × ${h}`);
  assert.deepEqual(faults, []);
  await close();
});

test('investor 5: parcels ticked in the list stand side by side, with price per mu and floor price', async () => {
  const { page, faults, close } = await openPage(browser, site.url, '/listings', { viewport: DESKTOP });
  const two = (await codes(page)).slice(0, 2);
  for (const code of two) await page.locator(`.card[data-code="${code}"] .pick input`).check();
  await page.locator('.tray a.primary').click();
  await page.waitForURL('**/listings/compare?**');
  assert.deepEqual(
    await page
      .locator('.compare thead th[data-code]')
      .evaluateAll((all) => all.map((el) => (el as HTMLElement).dataset.code)),
    two,
  );
  for (const [label, of] of [
    ['亩均价', (n: Numbers) => n.price_per_mu_wan ?? 0],
    ['楼面地价', (n: Numbers) => Math.round(n.floor_price_yuan ?? 0)],
  ] as const) {
    const cells = await page
      .locator('.compare tbody tr', { has: page.getByRole('rowheader', { name: label }) })
      .locator('td')
      .allInnerTexts();
    assert.deepEqual(
      cells.map((t) => Number(/[\d,.]+/.exec(t)?.[0]?.replaceAll(',', ''))),
      two.map((code) => of(one((n) => n.code === code))),
      label,
    );
  }
  await accessible(page, 'comparison');
  assert.deepEqual(faults, []);
  await close();
});

test('investor 6: sold parcels show deal, premium and day, and a chart of prices by year and use', async () => {
  const sold = await feed('status=sold');
  const { page, faults, close } = await openPage(browser, site.url, '/listings?status=sold');
  assert.equal(await page.locator('.chart circle').count(), sold.length);
  const first = await page.locator('.card').first().innerText();
  for (const want of ['成交价', '溢价率', '成交日']) assert.ok(first.includes(want), want);
  await page.locator('.chart summary').click();
  const deals = await page.locator('.chart tbody td:nth-child(3)').allInnerTexts();
  assert.equal(
    deals.reduce((sum, t) => sum + Number(t), 0),
    sold.length,
  );
  await accessible(page, 'sold');
  assert.deepEqual(faults, []);
  await close();
});

test('investor 8: a parcel tells how far it is to the station, the expressway and the lake', async () => {
  const n = one((p) => p.status === 'listed');
  const { page, close } = await openPage(browser, site.url, path(n.code));
  const rows = await page.locator('section[aria-labelledby=nearby] .rows > div').allInnerTexts();
  for (const want of ['火车站', '高速公路', '湖泊']) {
    const row = rows.find((r) => r.startsWith(want));
    assert.match(row ?? '', /[\d.]+ (?:公里|米)/, `${want}: ${rows.join(' | ')}`);
  }
  await close();
});

test('investor 9: the feed of a search has what matches it, and nothing else', async () => {
  const search = 'use_class=commercial&price_from=5000';
  const items = await feed(`status=all&${search}`);
  const wanted = all.filter((n) => n.use_class === 'commercial' && (n.deal_wan ?? n.start_wan ?? 0) >= 5000);
  assert.ok(wanted.length > 0);
  assert.deepEqual(items.map((n) => n.code).sort(), wanted.map((n) => n.code).sort());
  const { page, close } = await openPage(browser, site.url, `/listings?${search}`);
  const href = (await page.locator('.follow a').first().getAttribute('href')) ?? '';
  assert.equal(href, `/feeds/listings.atom?price_from=5000&use_class=commercial`);
  const atom = await (await fetch(site.url + href)).text();
  for (const n of wanted) assert.ok(atom.includes(n.code), n.code);
  await close();
});

test('the first load of the listings is 40 KB, all in all, without the app and the map, and a phone filters by touch', async () => {
  const { page, faults, close } = await openPage(browser, site.url, '/livez', PHONE_OPTIONS);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Network.enable');
  let bytes = 0;
  const asked: string[] = [];
  cdp.on('Network.loadingFinished', (e) => {
    bytes += e.encodedDataLength;
  });
  page.on('request', (r) => asked.push(new URL(r.url()).pathname));
  await page.goto(`${site.url}/listings`);
  await page.locator('.pick').first().waitFor();
  await page.waitForFunction(() => /分/.test(document.querySelector('time[data-due]')?.textContent ?? ''));
  assert.ok(bytes > 5 * KB && bytes <= 40 * KB, `${bytes} bytes: ${asked.join(', ')}`);
  assert.ok(!asked.some((p) => /mapview|maplibre|index-|tiles/.test(p)), asked.join(', '));
  assert.equal(
    await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
    true,
    'nothing sticks out',
  );
  await page.locator('.filters summary').tap();
  await page.locator('.pill', { hasText: '居住' }).tap();
  await page.waitForURL(/use_class=residential/);
  await accessible(page, 'listings on a phone');
  assert.deepEqual(faults, []);
  await close();
});

test('without scripts the list, the filter, the pages and the form work', async () => {
  const { page, faults, close } = await openPage(browser, site.url, '/listings?status=all', {
    javaScriptEnabled: false,
  });
  assert.equal((await codes(page)).length, Math.min(24, all.length));
  await page.locator('a[rel=next]').click();
  assert.ok((await codes(page)).length > 0);
  await page.locator('select[name=sort]').selectOption('price_per_mu');
  await page.locator('#filter button').click();
  const cheapest = Math.min(...all.map((n) => n.price_per_mu_wan ?? Infinity));
  assert.equal((await codes(page))[0], one((n) => n.price_per_mu_wan === cheapest).code);
  await page.locator('.card h3 a').first().click();
  await page.locator('input[name=company]').fill('一家公司');
  await page.locator('input[name=person]').fill('李四');
  await page.locator('input[name=phone]').fill('0730 1234567');
  await page.locator('.enquiry button').click();
  await page.getByRole('heading', { name: '已收到' }).waitFor();
  assert.deepEqual(faults, []);
  await close();
});

test('beside the list stands the map, whose code comes only then; keys go through it all', async () => {
  const { page, faults, close } = await openPage(browser, site.url, '/listings', { viewport: DESKTOP });
  const chunk = page.waitForRequest((r) => r.url().includes('mapview'));
  await page.locator('[data-view=split]').focus();
  await page.keyboard.press('Enter');
  await chunk;
  await page.waitForSelector('[data-map] .map-box[data-idle=yes]', { state: 'attached', timeout: 60_000 });
  assert.equal(new URL(page.url()).searchParams.get('view'), 'split');
  await accessible(page, 'list and map');
  await page.locator('[data-view=list]').click();
  await page.locator('.card h3 a').first().focus();
  await page.keyboard.press('Enter');
  await page.locator('main.parcel').waitFor();
  assert.deepEqual(faults, []);
  await close();
});

/** How many pixels of the map have a colour. */
async function pixels(page: Page, colour: Rgb): Promise<number> {
  const { data } = decodePng(await page.locator('[data-map]').screenshot());
  let n = 0;
  for (let i = 0; i < data.length; i += 4) {
    const far = colour.map((c, k) => Math.abs(c - (data[i + k] ?? 0)));
    if (Math.max(...far) <= 2) n++;
  }
  return n;
}

test('on a phone, from far off, the parcels of the list are dots on the map, in the colours of its key', async () => {
  const { page, faults, close } = await openPage(browser, site.url, '/listings?view=map', PHONE_OPTIONS);
  for (const status of new Set((await feed('status=offer')).map((n) => n.status))) {
    const { token } = STATUSES.parcel.find((s) => s.code === status) ?? assert.fail(status);
    const dots = () => pixels(page, rgb(COLOURS[token].light));
    await until(page, async () => (await dots()) > 50, `there are dots of what is ${status}`, 60_000);
  }
  assert.deepEqual(faults, []);
  await close();
});

test('the map beside the listings shows the parcels of the list and no others, and says what its colours mean', async () => {
  const { page, faults, close } = await openPage(browser, site.url, '/listings?view=map', {
    viewport: DESKTOP,
  });
  const colours = fills('parcel', 'light');
  const seen = (state: string) => pixels(page, colours.get(tokenOf('parcel', state)) ?? [-9, -9, -9]);
  const key = () => page.locator('.map-key li').allInnerTexts();
  const words = () =>
    page.locator('.card .badge').evaluateAll((all) => [...new Set(all.map((b) => b.textContent ?? ''))]);
  await until(
    page,
    async () => (await seen('listed')) > 0 && (await seen('handed_over')) === 0,
    'what is listed is on the map, and what is handed over is not',
    60_000,
  );
  assert.equal((await key()).length, (await words()).length);
  assert.ok((await key()).some((t) => t.includes('挂牌')) && !(await key()).some((t) => t.includes('交地')));
  await accessible(page, 'the map of the listings');
  await page.locator('[data-group=sold]').click();
  await until(
    page,
    async () => (await seen('handed_over')) > 0 && (await seen('listed')) === 0,
    'what is sold takes its place',
    60_000,
  );
  assert.ok((await key()).some((t) => t.includes('交地')));
  assert.deepEqual(faults, []);
  await close();
});
