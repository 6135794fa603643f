import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { areaOf, type LngLat } from '../src/coords/ellipsoid.ts';
import { written } from '../src/coords/write.ts';
import { fromGcj } from '../src/coords/shift.ts';
import { MU_M2 } from '../src/map/options.ts';
import { STATUSES } from '../src/catalogue.gen.ts';
import type { Counts, HistoryEvent, Item, ItemPage, Remains, Summary } from '../src/types.ts';
import { ask, everything, json } from './api.ts';
import { accessible } from './axe.ts';
import { drawn, hashOf, moveTo, PHONE } from './browser.ts';
import { inside, zoomFor } from './geometry.ts';
import { drawRing, drawSquare, fills, middle, show, tokenOf, until } from './land.ts';
import { leading, mean } from './png.ts';
import { onMap, site } from './stage.ts';

// The planners' tools over the map.
const HAND: BrowserContextOptions = { viewport: PHONE, hasTouch: true, isMobile: true };

async function codeOf(name: string): Promise<string> {
  const found = (await everything(site.url, 'areas')).find((a) => a.properties.name === name);
  assert.ok(found, `the demo has ${name}`);
  return found.id;
}

const table = (page: Page) => page.locator('.tool-table');
const codesIn = (page: Page) =>
  table(page)
    .locator('tbody tr')
    .evaluateAll((rows) => rows.map((r) => r.getAttribute('data-code')));

/** Waits until the table's rows are those of the server for a query. */
async function rowsAre(page: Page, path: string): Promise<ItemPage> {
  const want = await ask<ItemPage>(page, path);
  const codes = want.features.map((f) => f.id);
  await until(
    page,
    async () => JSON.stringify(await codesIn(page)) === JSON.stringify(codes),
    `the rows of ${path}`,
  );
  return want;
}

test('planner 4: at 2018-06-30 status, mu and counters equal the events up to that day', async () => {
  const day = '2018-06-30';
  const areas = await everything(site.url, 'areas');
  const states = new Map<string, string>();
  for (const a of areas) {
    const { events } = await json<{ events: HistoryEvent[] }>(`${site.url}/api/areas/${a.id}/history`);
    const moves = events.filter((e) => e.to && e.on <= day).sort((x, y) => x.on.localeCompare(y.on));
    const last = moves.at(-1)?.to;
    if (last) states.set(a.id, last);
  }
  assert.ok(new Set(states.values()).size >= 3, 'the areas stood in several states then');
  await onMap(
    '',
    async (page) => {
      const legend = (code: string) => page.locator(`.legend-row[data-code=${code}] .count`).innerText();
      const figures = page.locator('.figures');
      await page.evaluate((d) => {
        location.hash += `&date=${d}`;
      }, day);
      await page.locator(`.figures[data-as-of^="${day}"]`).waitFor();
      for (const { code } of STATUSES.area) {
        const n = [...states.values()].filter((s) => s === code).length;
        await until(page, async () => (await legend(code)) === String(n), `${n} areas were ${code}`);
      }
      const want = await ask<Summary>(page, `/api/summary?at=${day}`);
      const now = await ask<Summary>(page, '/api/summary');
      assert.ok(want.areas.cleared_mu < now.areas.cleared_mu, 'less was cleared then');
      const shown = (await figures.locator('dd').allInnerTexts()).map((t) =>
        Number(t.replace(/[^\d.]/g, '')),
      );
      const { areas: a, households: h, parcels: p } = want;
      assert.deepEqual(shown.slice(0, 5), [
        a.total,
        Math.round(a.cleared_mu * 100) / 100,
        h?.moved,
        p.sold,
        Math.round(p.sold_mu * 100) / 100,
      ]);
      // And the map paints an area as it was.
      const moved = areas
        .filter((x) => states.has(x.id) && states.get(x.id) !== x.properties.status)
        .map((item) => ({ item, ...inside(item.geometry as never) }))
        .filter(
          ({ item }) => tokenOf('area', states.get(item.id)) !== tokenOf('area', item.properties.status),
        )
        .sort((x, y) => y.room - x.room)[0];
      assert.ok(moved, 'an area has moved since');
      await show(page, moved.at, moved.room);
      const token = tokenOf('area', states.get(moved.item.id));
      await until(
        page,
        async () => leading(await middle(page), fills('area', 'light')).name === token,
        `${moved.item.id} is painted as ${token}`,
      );
    },
    { role: 'planner' },
  );
});

test('planner 5: a filter of an area and a status of buildings holds on the map, in the table and in the totals', async () => {
  const area = await codeOf('东风湖片区');
  await onMap(
    `#area=${area}`,
    async (page) => {
      const houses = await ask<ItemPage>(page, `/api/collections/buildings/items?area=${area}&limit=1000`);
      const standing = houses.features
        .filter((f) => !['demolished', 'site_cleared', 'kept'].includes(String(f.properties.status)))
        .map((item) => ({ item, ...inside(item.geometry as never) }))
        .sort((a, b) => b.room - a.room)[0];
      assert.ok(standing, 'a building stands there');
      await moveTo(page, { zoom: zoomFor(standing.room, 30), lat: standing.at[1], lng: standing.at[0] });
      const plain = mean(await middle(page, 20));

      // By the chips, as a planner would.
      await page.getByRole('button', { name: '筛选' }).click();
      const panel = page.locator('.tool-filter');
      await panel.getByRole('radio', { name: '建筑' }).check({ force: true });
      const chip = panel.locator('.chip[data-value=demolished]');
      await chip.waitFor();
      const gone = houses.features.filter((f) => f.properties.status === 'demolished');
      assert.ok(gone.length > 0 && gone.length < houses.features.length);
      assert.equal(await chip.locator('.count').innerText(), String(gone.length));
      await chip.click();
      await page.locator(`.filter-found[data-found~="buildings:${gone.length}"]`).waitFor();
      assert.equal(hashOf(page).get('status'), 'buildings:demolished');
      await page.keyboard.press('Escape');

      await drawn(page);
      await until(
        page,
        async () => mean(await middle(page, 20)) !== plain,
        'a standing building is off the map',
      );

      await page.getByRole('button', { name: '属性表' }).click();
      await table(page).getByRole('radio', { name: '建筑' }).check({ force: true });
      const path = `/api/collections/buildings/items?area=${area}&status=demolished&limit=50`;
      const rows = await rowsAre(page, path);
      assert.equal(rows.numberMatched, gone.length);
      assert.equal(
        await table(page).locator('[data-matched]').getAttribute('data-matched'),
        String(gone.length),
      );
      const floors = gone.reduce((sum, f) => sum + Number(f.properties.floor_m2 ?? 0), 0);
      const text = await table(page).locator('[data-sum=floor_m2] dd').innerText();
      assert.ok(Math.abs(Number(text.replace(/[^\d.]/g, '')) - floors) < 0.01, `${text} of ${floors}`);

      await table(page).getByRole('button', { name: '关闭' }).click();
      // The other status brings the building back: it was the filter that took it.
      await page.evaluate((s) => {
        location.hash = location.hash.replace('buildings:demolished', `buildings:${s}`);
      }, String(standing.item.properties.status));
      await until(page, async () => mean(await middle(page, 20)) === plain, 'it is back on the map');
    },
    { role: 'planner' },
  );
});

test('planner 8: what remains in an area names unsigned households, illegal floors and open problems', async () => {
  await onMap(
    '',
    async (page) => {
      // The area with most to be done.
      const areas = await ask<ItemPage>(page, '/api/collections/areas/items?limit=1000');
      const unsigned = ({ properties: p }: Item) => Number(p.households) - Number(p.signed);
      const area = areas.features.sort((a, b) => unsigned(b) - unsigned(a))[0]?.id;
      await page.evaluate((hash) => {
        location.hash += hash;
      }, `&sel=areas/${area}&tool=remains`);
      const want = await ask<Remains>(page, `/api/areas/${area}/remains`);
      const panel = page.locator('.tool-remains');
      await panel.locator('[data-left=unsigned]').waitFor();
      const raw = async (id: string) =>
        Number(await panel.locator(`[data-left=${id}]`).getAttribute('data-raw'));
      assert.ok(want.unsigned_households > 0 && want.standing > 0, 'there is something to be done');
      assert.equal(await raw('unsigned'), want.unsigned_households);
      assert.equal(await raw('illegal'), want.illegal_m2);
      assert.equal(await raw('problems'), want.problems_open);

      // The same from the rows.
      const houses = await ask<ItemPage>(page, `/api/collections/buildings/items?area=${area}&limit=1000`);
      const done = ['demolished', 'self_removed', 'removed', 'site_cleared', 'kept'];
      const left = houses.features.filter((f) => !done.includes(String(f.properties.status)));
      const illegal = left.filter((f) => ['illegal', 'expired'].includes(String(f.properties.legal)));
      const floors = illegal.reduce((sum, f) => sum + Number(f.properties.floor_m2 ?? 0), 0);
      assert.equal(want.standing, left.length);
      assert.equal(want.illegal, illegal.length);
      assert.ok(Math.abs(want.illegal_m2 - floors) < 0.01);
      const one = await ask<Item>(page, `/api/collections/areas/items/${area}`);
      assert.equal(
        want.unsigned_households,
        Number(one.properties.households) - Number(one.properties.signed),
      );
      assert.equal(want.problems_open, one.properties.problems_open);

      assert.equal(await panel.locator('[data-building]').count(), Math.min(500, left.length));
      await accessible(page, 'what remains');
      const first = panel.locator('[data-building]').first();
      const code = await first.getAttribute('data-building');
      await first.click();
      assert.equal(hashOf(page).get('sel'), `buildings/${code}`);
      // The building's file is opened, and the list stays that of the area.
      assert.equal(hashOf(page).get('remains'), area);
      await panel.locator(`[data-building="${code}"]`).waitFor();
    },
    { role: 'planner' },
  );
});

test('investor 7: a pair of coordinates in any notation flies there', async () => {
  const at: LngLat = { lng: 113.1302, lat: 29.3717 };
  const other = (await everything(site.url, 'areas'))[0];
  await onMap(`#sel=areas/${other?.id}`, async (page) => {
    await page.locator('.drawer .history').waitFor();
    const box = page.getByRole('combobox');
    for (const { notation, text } of written(at)) {
      await moveTo(page, { zoom: 11, lat: 29.3, lng: 113.2 });
      await box.fill(text);
      await page.locator(`.hit[data-notation=${notation}]`).waitFor();
      await box.press('Enter');
      await until(
        page,
        async () => {
          const [zoom, lat, lng] = (hashOf(page).get('v') ?? '').split('/').map(Number);
          return (
            Math.abs((lat ?? 0) - at.lat) < 2e-5 && Math.abs((lng ?? 0) - at.lng) < 2e-5 && (zoom ?? 0) > 15
          );
        },
        `${text} is at the middle of the map: ${page.url()}`,
      );
      assert.equal(hashOf(page).get('sel'), null, 'what was selected elsewhere gives way');
      assert.equal(await page.locator('.drawer').count(), 0);
    }
    // Degrees without a datum: the second reading is GCJ-02, some 600 m away.
    await box.fill('113.1302 29.3717');
    await page.locator('.hit[data-notation=gcj02]').waitFor();
    await box.press('ArrowDown');
    await box.press('ArrowDown');
    await box.press('Enter');
    const shifted = fromGcj(at);
    await until(
      page,
      async () => Math.abs(Number((hashOf(page).get('v') ?? '').split('/')[2]) - shifted.lng) < 2e-5,
      'GCJ-02 is taken for GCJ-02',
    );
    await accessible(page, 'coordinates in the search box');
  });
});

test('the table is sorted and paged by the server, and a row leads to its place', async () => {
  await onMap('#tab=parcels&tool=table', async (page) => {
    const at = '/api/collections/parcels/items?limit=50';
    await rowsAre(page, at);
    await table(page).locator('[data-sort=mu]').click();
    await rowsAre(page, `${at}&sort=-mu`);
    assert.equal(await table(page).locator('th:has([data-sort=mu])').getAttribute('aria-sort'), 'descending');
    await table(page).locator('[data-sort=mu]').click();
    const up = await rowsAre(page, `${at}&sort=mu`);
    assert.ok(up.numberMatched > 50, 'there is a second page');
    await table(page).getByRole('button', { name: '再显示 50 行' }).click();
    await rowsAre(page, `/api/collections/parcels/items?limit=1000&sort=mu`);
    await accessible(page, 'the table');
    const row = table(page).locator('tbody tr').nth(3);
    const code = await row.getAttribute('data-code');
    await row.click();
    assert.equal(hashOf(page).get('sel'), `parcels/${code}`);
    await page.locator('.drawer').waitFor();
    assert.equal(await row.getAttribute('class'), 'current');
  });
});

test('an area is measured on the ellipsoid as it is drawn, by mouse and by keyboard, and a place is told in every notation', async () => {
  await onMap('#tool=measure', async (page) => {
    await moveTo(page, { zoom: 14, lat: 29.37, lng: 113.13 });
    const panel = page.locator('.tool-measure');
    const raw = async (id: string) =>
      Number(await panel.locator(`[data-measured=${id}]`).getAttribute('data-raw'));
    const ring: LngLat[] = [
      { lng: 113.134, lat: 29.3655 },
      { lng: 113.144, lat: 29.3655 },
      { lng: 113.144, lat: 29.3745 },
      { lng: 113.134, lat: 29.3745 },
    ];
    await drawRing(page, ring);
    await panel.getByRole('button', { name: '结束' }).click();
    const want = areaOf(ring);
    // A click is right to half a pixel, which is four metres on a side of a kilometre.
    assert.ok(Math.abs((await raw('m2')) / want - 1) < 0.012, `${await raw('m2')} of ${want}`);
    assert.ok(Math.abs((await raw('mu')) - (await raw('m2')) / MU_M2) < 1e-3);
    assert.ok(Math.abs((await raw('ha')) - (await raw('m2')) / 10_000) < 1e-3);

    await panel.getByRole('radio', { name: '坐标' }).check({ force: true });
    await page.locator('.map-box canvas').focus();
    await page.keyboard.press('Space');
    const [, lat, lng] = (hashOf(page).get('v') ?? '').split('/').map(Number);
    await panel.locator('[data-measured=zone3]').waitFor();
    const near = written({ lng: lng ?? 0, lat: lat ?? 0 });
    for (const { notation, text } of near) {
      const got = (await panel.locator(`[data-measured=${notation}]`).getAttribute('data-raw')) ?? '';
      const numbers = (s: string) => (s.match(/\d+\.\d+/g) ?? []).map(Number);
      numbers(text).forEach((n, i) => {
        const far = Math.abs((numbers(got)[i] ?? 0) - n);
        assert.ok(far < (n > 1000 ? 2 : 2e-5), `${notation}: ${got}, want ${text}`);
      });
    }
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await panel.locator('[data-measured=zone3]').getByRole('button').click();
    await until(
      page,
      async () =>
        /^32\d{5}\.\d{3}, 38\d{6}\.\d{3}$/.test(await page.evaluate(() => navigator.clipboard.readText())),
      'northing and easting are in the clipboard',
    );
    await accessible(page, 'measuring');
  });
});

test('a drawn polygon selects what lies in it, with sums, also in the table', async () => {
  await onMap('#tool=select&mode=auction', async (page) => {
    await moveTo(page, { zoom: 12, lat: 29.37, lng: 113.13 });
    const ring: LngLat[] = [
      { lng: 113.15, lat: 29.345 },
      { lng: 113.19, lat: 29.345 },
      { lng: 113.19, lat: 29.395 },
      { lng: 113.15, lat: 29.395 },
    ];
    const asked = page.waitForRequest((r) => /parcels\/counts\?.*within=/.test(r.url()));
    await drawRing(page, ring);
    await page.keyboard.press('Enter');
    const request = new URL((await asked).url());
    const panel = page.locator('.tool-select [data-selected=parcels]');
    await panel.waitFor();
    const want = await json<Counts>(request.href);
    assert.ok(want.matched > 0 && want.matched < 52, `${want.matched} parcels in it`);
    assert.equal(await panel.getAttribute('data-matched'), String(want.matched));
    await accessible(page, 'selecting');
    await page.getByRole('button', { name: '列出来' }).click();
    await rowsAre(page, `${request.pathname.replace('counts', 'items')}${request.search}&limit=50`);
  });
});

test('two days stand side by side in maps that move together', async () => {
  const areas = await everything(site.url, 'areas');
  const day = '2016-06-30';
  const [place] = areas
    .filter((a) => a.properties.status === 'handed_over')
    .map((item) => ({ item, ...inside(item.geometry as never) }))
    .sort((x, y) => y.room - x.room);
  assert.ok(place);
  const { events } = await json<{ events: HistoryEvent[] }>(`${site.url}/api/areas/${place.item.id}/history`);
  const moves = events.filter((e) => e.to && e.on <= day).sort((x, y) => x.on.localeCompare(y.on));
  const then = moves.at(-1)?.to;
  assert.notEqual(then, 'handed_over', 'it has moved since');
  await onMap(`#tool=compare&with=${day}`, async (page) => {
    await page.locator('.compare-map[data-idle=yes]').waitFor({ state: 'attached', timeout: 60_000 });
    await show(page, place.at, place.room);
    const now = fills('area', 'light');
    const seen = async (map: string) => leading(await middle(page, 40, map), now).name;
    const token = tokenOf('area', 'handed_over');
    await until(page, async () => (await seen('.map-box')) === token, 'today on the left');
    const past = async () => seen('.compare-map');
    await until(
      page,
      async () => (then ? (await past()) === tokenOf('area', then) : (await past()) !== token),
      `${then ?? 'nothing'} on the right`,
    );
    // The days change places by the fields, and the link says so.
    await page.locator('input[name=compare-left]').fill(day);
    await page.locator('.tool-compare .chip').nth(1).click();
    assert.equal(hashOf(page).get('date'), day);
    assert.equal(hashOf(page).get('with'), null);
    await until(page, async () => (await past()) === token, 'today on the right');
    await accessible(page, 'two days');
  });
});

test('the tools are there on a phone, and lie over the sheet', async () => {
  await onMap(
    '',
    async (page) => {
      await page.getByRole('button', { name: '工具' }).click();
      await page.getByRole('button', { name: '筛选' }).click();
      const panel = page.locator('.tool-filter');
      await panel.locator('.chip[data-value=demolishing]').click();
      await page.locator('.filter-chips').waitFor({ state: 'attached' });
      const box = await panel.boundingBox();
      assert.ok(box && box.width === PHONE.width && box.y + box.height === PHONE.height);
      await accessible(page, 'the filter on a phone');
      await panel.getByRole('button', { name: '关闭' }).click();
      await panel.waitFor({ state: 'detached' });
      // Measuring, the panel does not grow over the corners to come.
      await page.getByRole('button', { name: '工具' }).click();
      await page.locator('.tool[data-tool=measure]').click();
      await page.locator('[data-measured=m2]').waitFor();
      const before = await page.locator('.tool-measure').boundingBox();
      await drawSquare(page);
      await page.locator('[data-measured=m2]:not([data-raw="0.00"])').waitFor();
      assert.deepEqual(await page.locator('.tool-measure').boundingBox(), before);
    },
    { options: HAND },
  );
});
