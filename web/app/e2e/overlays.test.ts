import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import type { Overlay } from '../src/map/overlaylook.ts';
import type { Histogram } from '../src/tools/bars.ts';
import type { HistoryEvent, Item } from '../src/types.ts';
import { everything, json } from './api.ts';
import { accessible } from './axe.ts';
import { drawn, hashOf, mapBox, openPage, PHONE } from './browser.ts';
import { middle, until } from './land.ts';
import { browser, site } from './stage.ts';

/** Runs a test on a page of its own; the page must not misbehave. */
async function onPage(
  path: string,
  run: (page: Page) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  const watched = await openPage(browser, site.url, path, options);
  try {
    await drawn(watched.page);
    await run(watched.page);
    assert.deepEqual(watched.faults, []);
  } finally {
    await watched.close();
  }
}

/** The middle of the map is here, in a zone of the demo that is not to be planned in. */
const ZONE = 'v=13.5/29.3625/113.184';

/** So wide that the panel of the tool leaves the middle of the map free. */
const ROOMY = { viewport: { width: 1500, height: 600 } };

const panel = (page: Page) => page.locator('.tool-overlays');
const row = (page: Page, name: string) => panel(page).locator(`[data-overlay="${name}"]`);

/** The colour in the middle of the map, as a number that any change of the picture changes. */
async function shade(page: Page): Promise<number> {
  const { data } = await middle(page);
  let sum = 0;
  for (const v of data) sum = (sum * 31 + v) % 1_000_003;
  return sum;
}

test('a newcomer finds a layer of each kind, switches it on, and the link keeps it', async () => {
  const { overlays } = await json<{ overlays: Overlay[] }>(`${site.url}/overlays`);
  const kinds = ['exclusion', 'board', 'street', 'blueprint'];
  for (const kind of kinds)
    assert.ok(
      overlays.some((o) => o.kind === kind),
      `the demo has a layer of kind ${kind}`,
    );
  await onPage(
    `/map#${ZONE}`,
    async (page) => {
      const bare = await shade(page);
      await page.locator('.toolbar [data-tool=overlays]').click();
      await row(page, 'exclusion-zones').waitFor();
      assert.equal(await panel(page).locator('li[data-overlay]').count(), overlays.length);
      await row(page, 'exclusion-zones').getByRole('checkbox').check();
      await until(page, async () => (await shade(page)) !== bare, 'the zone is drawn');
      assert.equal(hashOf(page).get('over'), 'exclusion-zones');
      const full = await shade(page);
      const seen = row(page, 'exclusion-zones').getByRole('slider');
      for (let i = 0; i < 6; i++) await seen.press('ArrowLeft');
      await until(page, async () => hashOf(page).get('over') === 'exclusion-zones:40', 'the link goes along');
      await until(page, async () => ![full, bare].includes(await shade(page)), 'less of it is seen');
      for (const o of overlays) await row(page, o.name).getByRole('checkbox').check();
      await drawn(page);
      await accessible(page, 'the list of layers');
      // The legend names them, and takes them off the map.
      const legend = page.locator('.over-legend');
      assert.equal(await legend.locator('li').count(), overlays.length);
      for (const o of overlays) await legend.locator(`[data-overlay="${o.name}"] button`).click();
      await until(page, async () => (await shade(page)) === bare, 'the map is as it was');
      assert.equal(hashOf(page).get('over'), null);
    },
    ROOMY,
  );
});

test('a click, and the keys, tell in which zone a place lies, in both languages', async () => {
  const path = `/map#${ZONE}&over=exclusion-zones,blueprint,streets`;
  await onPage(path, async (page) => {
    await page.locator('.over-legend li').nth(2).waitFor();
    await drawn(page);
    const box = await mapBox(page);
    const card = page.locator('.over-card');
    await until(
      page,
      async () => {
        await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
        return (await card.count()) > 0;
      },
      'the place is named',
    );
    const said = await card.innerText();
    assert.match(said, /经济技术开发区/);
    assert.match(said, /避让区/);
    assert.match(said, /街道/);
    await accessible(page, 'the card of a place');
    await card.getByRole('button', { name: '关闭' }).click();
    await card.waitFor({ state: 'detached' });
  });
  await onPage(`${path}&lang=en&theme=dark&tool=overlays`, async (page) => {
    await row(page, 'streets').waitFor();
    await drawn(page);
    const ask = page.getByRole('button', { name: 'What is in the middle of the map?' });
    await ask.focus();
    const here = panel(page).locator('.over-here li');
    await until(
      page,
      async () => {
        await page.keyboard.press('Enter');
        return (await here.count()) >= 2;
      },
      'the keys tell the same',
    );
    assert.match(await panel(page).locator('.over-here').innerText(), /Economic development zone/);
    await accessible(page, 'the middle of the map');
  });
});

test('drawings come out of a file of tiles, in ranges; a layer that is gone is said', async () => {
  const watched = await openPage(browser, site.url, '/map');
  try {
    const { page } = watched;
    await drawn(page);
    const ranges: string[] = [];
    page.on('request', (r) => {
      if (r.url().includes('blueprint.pmtiles')) ranges.push(r.headers().range ?? '');
    });
    await page.evaluate(() => {
      location.hash = 'v=14/29.374/113.114&over=blueprint,nowhere&tool=overlays';
    });
    await row(page, 'blueprint').waitFor();
    await until(page, async () => ranges.length > 0, 'the file is read');
    await drawn(page);
    assert.ok(
      ranges.every((r) => r.startsWith('bytes=')),
      ranges.join(' '),
    );
    const here = panel(page).locator('.over-here');
    await until(
      page,
      async () => {
        await page.getByRole('button', { name: '地图中心落在哪里？' }).click();
        return /都市商贸核心/.test((await here.count()) > 0 ? await here.innerText() : '');
      },
      'the drawing names the place',
    );
    assert.match(await panel(page).getByRole('alert').innerText(), /nowhere/);
    assert.deepEqual(watched.faults, []);
  } finally {
    await watched.close();
  }
});

test('layers on a phone lie in the sheet of tools, and the card of a place above the list', async () => {
  await onPage(
    `/map#${ZONE}&over=exclusion-zones&tool=overlays`,
    async (page) => {
      await row(page, 'exclusion-zones').waitFor();
      const box = await panel(page).boundingBox();
      assert.ok(box && box.width === PHONE.width && box.y + box.height === PHONE.height);
      await accessible(page, 'the layers on a phone');
    },
    { viewport: PHONE, hasTouch: true, isMobile: true },
  );
});

/** The moves of areas by month, by their public histories. */
async function recount(areas: readonly Item[]): Promise<Map<string, number>> {
  const months = new Map<string, number>();
  for (const a of areas) {
    const { events } = await json<{ events: HistoryEvent[] }>(`${site.url}/api/areas/${a.id}/history`);
    for (const e of events) {
      const day = /T00:00:00Z$/.test(e.on) ? e.on : new Date(Date.parse(e.on) + 8 * 3_600_000).toISOString();
      months.set(day.slice(0, 7), (months.get(day.slice(0, 7)) ?? 0) + 1);
    }
  }
  return months;
}

test('the bars over the time line are the moves of each month, under the filter, and a table has the same', async () => {
  const areas = await everything(site.url, 'areas');
  await onPage('/map', async (page) => {
    await page.getByRole('button', { name: '时间：看以前的状态' }).click();
    const bars = page.locator('.bars');
    await page.locator('.bars[data-bars]').waitFor();
    const want = await recount(areas);
    const total = [...want.values()].reduce((a, b) => a + b, 0);
    assert.equal(Number(await bars.getAttribute('data-bars')), total);
    await until(page, async () => (await bars.locator('.bar').count()) === want.size, 'a bar for each month');
    await bars.locator('summary').click();
    const rows = await bars
      .locator('tbody tr')
      .evaluateAll((all) => all.map((r) => [...r.children].map((c) => c.textContent ?? '')));
    assert.deepEqual(
      rows.map(([month, n]) => [month, Number(n)]),
      [...want].sort(([a], [b]) => a.localeCompare(b)),
    );
    await accessible(page, 'the table of moves');
    await page.keyboard.press('Escape');
    // The month that the line stands at is told with its moves, and by name to who listens.
    const [most] = [...want].sort(([, a], [, b]) => b - a);
    assert.ok(most);
    const slider = page.getByRole('slider', { name: '日期' });
    const place = await bars.locator(`[data-month="${most[0]}"]`).boundingBox();
    assert.ok(place);
    await page.mouse.move(place.x + place.width / 2, place.y + place.height / 2);
    await until(
      page,
      async () => (await bars.innerText()).includes(`${most[0]} 片区变动 ${most[1]} 次`),
      'the count',
    );
    await page.mouse.click(place.x + place.width / 2, place.y + place.height / 2);
    await until(
      page,
      async () => hashOf(page).get('date')?.startsWith(most[0]) ?? false,
      'the line goes there',
    );
    assert.equal(await slider.getAttribute('aria-describedby'), 'bars-now');
    // Under a filter they are those of what it keeps.
    const kept = areas.filter((a) => a.properties.status === 'handed_over');
    const left = await recount(kept);
    await page.evaluate(() => {
      location.hash += '&status=areas:handed_over';
    });
    const some = [...left.values()].reduce((a, b) => a + b, 0);
    assert.ok(some > 0 && some < total);
    await until(page, async () => Number(await bars.getAttribute('data-bars')) === some, 'the filter holds');
    const { total: sold } = await json<Histogram>(`${site.url}/api/collections/parcels/histogram`);
    await page.evaluate(() => {
      location.hash = 'mode=auction';
    });
    await until(
      page,
      async () => Number(await bars.getAttribute('data-bars')) === sold,
      'those of the parcels',
    );
  });
});
