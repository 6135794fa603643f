import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { COLOURS, STATUSES } from '../src/catalogue.gen.ts';
import { FILL_OPACITY } from '../src/map/options.ts';
import { PALETTES } from '../src/map/palette.ts';
import type { Item, Summary } from '../src/types.ts';
import { everything, json } from './api.ts';
import { drawn, hashOf, mapBox, openPage, type Watched } from './browser.ts';
import { project } from './geometry.ts';
import { fills, middle, roomiest, show, tokenOf, until } from './land.ts';
import { blend, leading } from './png.ts';
import { transition } from './server.ts';
import { browser, onMap, site } from './stage.ts';

// Hatches, labels and the dots of cleared land lie over a fill: so much of it must still be seen.
const SHARE = 0.3;

let areas: Item[];
let parcels: Item[];
let projects: Item[];

before(async () => {
  [areas, parcels, projects] = await Promise.all([
    everything(site.url, 'areas'),
    everything(site.url, 'parcels'),
    everything(site.url, 'projects'),
  ]);
});

/** Runs a test on the map that the file's tests share. */
function inTurn(name: string, hash: string, run: (page: Page) => Promise<void>): void {
  test(name, () => onMap(hash, run));
}

/** Runs a test on a page of its own; the page must not misbehave. */
function onPage(name: string, path: string, run: (page: Page) => Promise<void>): void {
  test(name, async () => {
    const watched: Watched = await openPage(browser, site.url, path);
    try {
      await drawn(watched.page);
      await run(watched.page);
      assert.deepEqual(watched.faults, []);
    } finally {
      await watched.close();
    }
  });
}

for (const theme of ['light', 'dark'] as const) {
  inTurn(`areas are painted in the colours of the catalogue (${theme})`, `#theme=${theme}`, async (page) => {
    const things = roomiest(areas);
    assert.ok(things.length >= 3, 'the demo has areas in several states');
    for (const { item, at, room } of things) {
      await show(page, at, room);
      const seen = leading(await middle(page), fills('area', theme));
      assert.equal(
        seen.name,
        tokenOf('area', item.properties.status),
        `${item.id} is ${item.properties.status}`,
      );
      assert.ok(seen.share >= SHARE, `${item.id}: ${seen.share}`);
    }
  });

  inTurn(
    `parcels are painted in the colours of the catalogue (${theme})`,
    `#mode=auction&theme=${theme}`,
    async (page) => {
      const things = roomiest(parcels);
      assert.ok(things.length >= 4, 'the demo has parcels in several states');
      for (const { item, at, room } of things) {
        await show(page, at, room);
        const seen = leading(await middle(page), fills('parcel', theme));
        assert.equal(
          seen.name,
          tokenOf('parcel', item.properties.status),
          `${item.id} is ${item.properties.status}`,
        );
        assert.ok(seen.share >= SHARE, `${item.id}: ${seen.share}`);
      }
    },
  );
}

inTurn('in land-use mode parcels have the colour of their use', '#mode=use', async (page) => {
  const [best] = roomiest(parcels).sort((a, b) => b.room - a.room);
  assert.ok(best);
  const uses = new Map(
    ['residential', 'commercial', 'industrial', 'logistics', 'public', 'green', 'transport', 'other'].map(
      (u) => [
        u,
        blend(COLOURS[`use-${u}` as keyof typeof COLOURS].light, PALETTES.light.ground, FILL_OPACITY),
      ],
    ),
  );
  await show(page, best.at, best.room);
  const seen = leading(await middle(page), uses);
  assert.equal(seen.name, best.item.properties.use_class);
});

inTurn('the legend counts as the summary does, and hides and shows', '#mode=auction', async (page) => {
  const summary = await json<Summary>(`${site.url}/api/summary`);
  for (const { code, n } of summary.parcels.by_status) {
    const row = page.locator(`.legend-row[data-code="${code}"]`);
    assert.equal((await row.locator('.count').textContent())?.replace(/\D/g, ''), String(n), code);
  }
  const [best] = roomiest(parcels).sort((a, b) => b.room - a.room);
  assert.ok(best);
  const status = String(best.item.properties.status);
  const token = tokenOf('parcel', status);
  await show(page, best.at, best.room);
  const row = page.locator(`.legend-row[data-code="${status}"]`);
  await row.click();
  assert.equal(await row.getAttribute('aria-pressed'), 'false');
  assert.equal(hashOf(page).get('hide'), status);
  await until(
    page,
    async () => leading(await middle(page), fills('parcel', 'light')).name !== token,
    'the parcel is hidden',
  );
  await page.getByRole('tab', { name: '宗地' }).click();
  await page.locator('.list-foot').getByText('图例筛选隐去').waitFor();
  await row.click();
  assert.equal(hashOf(page).get('hide'), null);
  await until(
    page,
    async () => leading(await middle(page), fills('parcel', 'light')).name === token,
    'the parcel is back',
  );
});

inTurn('two presses leave two states on the map, and one brings all back', '#mode=auction', async (page) => {
  const shown = () => page.locator('.legend-item [data-code][aria-pressed=true]');
  const all = await shown().count();
  await page.getByRole('button', { name: '只看：公告' }).click();
  assert.equal(await shown().count(), 1);
  await page.locator('.legend-row[data-code=listed]').click();
  const left = await shown().evaluateAll((rows) => rows.map((r) => r.getAttribute('data-code')));
  assert.deepEqual(left, ['announced', 'listed']);
  assert.equal(await page.locator('.legend-row[data-code=projects]').getAttribute('aria-pressed'), 'true');
  await page.getByRole('button', { name: '全部显示' }).click();
  assert.equal(await shown().count(), all);
  assert.equal(hashOf(page).get('hide'), null);
});

inTurn('projects are hidden in every theme until they are called back', '#mode=auction', async (page) => {
  const row = page.locator('.legend-row[data-code=projects]');
  await row.click();
  assert.equal(hashOf(page).get('hide'), 'projects');
  await page.locator('.legend-row[data-code=sold]').click();
  await page.locator('input[name=mode][value=use]').check({ force: true });
  assert.equal(hashOf(page).get('hide'), 'projects');
  assert.equal(await row.getAttribute('aria-pressed'), 'false');
});

inTurn(
  'a click opens the parcel with its history, and Back returns to the one before',
  '#mode=auction',
  async (page) => {
    // A project's dot lies over its parcel and takes the click.
    const taken = new Set(projects.map((p) => p.properties.parcel));
    const bare = parcels.filter((p) => !taken.has(p.id));
    const [first, second] = roomiest(bare).sort((a, b) => b.room - a.room);
    assert.ok(first && second);
    for (const { at, room, item } of [first, second]) {
      await show(page, at, room);
      const box = await mapBox(page);
      const on = project(at, cameraOf(page), box);
      await page.mouse.click(box.x + on.x, box.y + on.y);
      await page.locator('.drawer .code', { hasText: item.id }).waitFor();
      assert.equal(hashOf(page).get('sel'), `parcels/${item.id}`);
    }
    const drawer = page.getByRole('complementary');
    await drawer.locator('.history li').first().waitFor();
    const status = STATUSES.parcel.find((s) => s.code === second.item.properties.status);
    assert.ok((await drawer.locator('.drawer-actions').textContent())?.includes(status?.zh ?? '?'));
    assert.ok((await drawer.locator('.fact', { hasText: '面积' }).first().textContent())?.includes('亩'));
    await page.goBack();
    await page.locator('.drawer .code', { hasText: first.item.id }).waitFor();
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });
    assert.equal(hashOf(page).get('sel'), null);
  },
);

inTurn('a click on an area opens the area', '', async (page) => {
  const [best] = roomiest(areas).sort((a, b) => b.room - a.room);
  assert.ok(best);
  await show(page, best.at, best.room);
  const box = await mapBox(page);
  const on = project(best.at, cameraOf(page), box);
  await page.mouse.click(box.x + on.x, box.y + on.y);
  await page.locator('.drawer .code', { hasText: best.item.id }).waitFor();
  await page.locator('.drawer .history li').first().waitFor();
  assert.ok((await page.locator('.drawer h2').textContent())?.includes(String(best.item.properties.name)));
});

inTurn('search finds by code and by name, from the keyboard', '', async (page) => {
  const area = areas.at(-1);
  assert.ok(area);
  await page.keyboard.press('/');
  await page.keyboard.type(area.id);
  const before = hashOf(page).get('v');
  await page.locator('.hit', { hasText: area.id }).first().waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.locator('.drawer .code', { hasText: area.id }).waitFor();
  await until(page, async () => hashOf(page).get('v') !== before, 'the map goes there');
  const name = String(areas[0]?.properties.name);
  await page.getByRole('combobox').fill(name);
  await page.locator('.hit', { hasText: name }).first().click();
  await page.locator('.drawer h2', { hasText: name }).waitFor();
  await page.getByRole('combobox').fill('没有这样的地块');
  await page.locator('.hit.none').waitFor();
});

test('a link restores place, mode, selection, filter, language, theme, search and tab', async () => {
  const parcel = parcels[0];
  assert.ok(parcel);
  const hash = `v=14.5/29.36/113.12&mode=auction&tab=projects&sel=parcels/${encodeURIComponent(parcel.id)}&hide=sold&q=YYL&lang=en&theme=dark`;
  const { page, faults, close } = await openPage(browser, site.url, `/map#${hash}`);
  await drawn(page);
  await page.locator('.drawer .code', { hasText: parcel.id }).waitFor();
  assert.equal(await page.locator('input[name=mode]:checked').inputValue(), 'auction');
  assert.equal(await page.getByRole('tab', { selected: true }).getAttribute('id'), 'tab-projects');
  assert.equal(await page.locator('.legend-row[data-code=sold]').getAttribute('aria-pressed'), 'false');
  assert.equal(await page.getByRole('combobox').inputValue(), 'YYL');
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
  assert.deepEqual(cameraOf(page), { zoom: 14.5, lat: 29.36, lng: 113.12 });
  assert.deepEqual(faults, []);
  await close();
});

onPage('the language switch changes every word and is kept', '/map', async (page) => {
  await page.getByRole('button', { name: 'English' }).click();
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  await page.getByRole('tab', { name: 'Areas' }).waitFor();
  await page.getByText('Legend', { exact: true }).waitFor();
  const legend = (await page.locator('.legend-rows').textContent()) ?? '';
  assert.ok(!/[\u4e00-\u9fff]{2}/.test(legend), legend);
  assert.equal(
    await page
      .locator('canvas')
      .getAttribute('aria-label')
      .then((t) => /^Map of/.test(t ?? '')),
    true,
  );
  await page.goto(`${site.url}/map`);
  await page.getByRole('tab', { name: 'Areas' }).waitFor();
});

inTurn('list and map point at each other', '#mode=auction&tab=parcels', async (page) => {
  const [best] = roomiest(parcels).sort((a, b) => b.room - a.room);
  assert.ok(best);
  await show(page, best.at, best.room);
  const box = await mapBox(page);
  const on = project(best.at, cameraOf(page), box);
  await page.mouse.move(box.x + on.x, box.y + on.y);
  while ((await page.locator('.row', { hasText: best.item.id }).count()) === 0) {
    await page.getByRole('button', { name: '再显示一些' }).click();
    await page.waitForTimeout(200);
  }
  await page.mouse.move(box.x + on.x + 2, box.y + on.y);
  await page.locator('.row.over', { hasText: best.item.id }).waitFor();
});

onPage('the keyboard reaches the list, opens a row and closes it', '/map', async (page) => {
  await page.locator('.row').first().waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await focused(page), 'skip');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'list');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  const drawer = page.getByRole('complementary');
  await drawer.waitFor();
  assert.equal(await page.locator('.row button[aria-current=true]').count(), 1);
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'detached' });
  assert.ok(
    await page.evaluate(() => document.activeElement?.closest('.row')),
    'the focus stays in the list',
  );
});

onPage(
  'a status changed by another process recolours the map, the list and the drawer at once',
  '/map',
  async (page) => {
    const moving = areas.filter((a) => a.properties.status === 'vacating');
    const [best] = roomiest(moving);
    assert.ok(best, 'the demo has an area that is moving out');
    await show(page, best.at, best.room);
    await page.evaluate((sel) => {
      location.hash += `&sel=${sel}`;
    }, `areas/${best.item.id}`);
    await page.locator('.drawer .code', { hasText: best.item.id }).waitFor();
    await page.locator('.live.live').waitFor();
    assert.equal(leading(await middle(page), fills('area', 'light')).name, 'clear-vacated');
    const other = await openPage(browser, site.url, `/map#v=${hashOf(page).get('v')}&theme=dark`);
    await drawn(other.page);
    const heard = page
      .waitForFunction(() => document.querySelector('.row.flash') !== null, null, { polling: 'raf' })
      .then(() => Date.now());
    const told = await transition(site.data, `areas/${best.item.id}`, 'demolishing', [
      '--set',
      'contractor=示例拆除公司',
      '--set',
      'safety_file=示例备案1号',
    ]);
    assert.match(told, /demolishing/);
    const began = Date.now();
    console.log(`# heard ${(await heard) - began} ms after the command had ended`);
    await until(
      page,
      async () => leading(await middle(page), fills('area', 'light')).name === 'clear-demolished',
      'recoloured',
    );
    console.log(`# recoloured ${Date.now() - began} ms after the command had ended`);
    await until(
      other.page,
      async () => leading(await middle(other.page), fills('area', 'dark')).name === 'clear-demolished',
      'the other page too',
    );
    await page.locator('.drawer-actions', { hasText: '拆除' }).waitFor();
    await page.locator('.row', { hasText: best.item.id }).locator('.badge', { hasText: '拆除' }).waitFor();
    await page.locator('[aria-live=polite]', { hasText: '变为 拆除' }).waitFor({ state: 'attached' });
    await page.evaluate(() => {
      const gl = document.querySelector<HTMLCanvasElement>('.map-box canvas')?.getContext('webgl2');
      const lose = gl?.getExtension('WEBGL_lose_context');
      lose?.loseContext();
      setTimeout(() => lose?.restoreContext(), 100);
    });
    await page.waitForTimeout(500);
    await until(
      page,
      async () => leading(await middle(page), fills('area', 'light')).name === 'clear-demolished',
      'after a lost context',
    );
    assert.deepEqual(other.faults, []);
    await other.close();
  },
);

onPage(
  'a parcel that is suspended turns grey, hatched and dashed in its tile as well',
  '/map#mode=auction',
  async (page) => {
    const open = parcels.filter((p) => ['announced', 'listed'].includes(String(p.properties.status)));
    const [best] = roomiest(open);
    assert.ok(best, 'the demo has a parcel on offer');
    await show(page, best.at, best.room);
    await page.locator('.live.live').waitFor();
    await transition(site.data, `parcels/${best.item.id}`, 'suspended', ['--reason', '示例中止']);
    await until(
      page,
      async () => leading(await middle(page), fills('parcel', 'light')).name === 'aside',
      'recoloured',
    );
    // The legend works on what the tile says, so the tile must have been read again.
    await page.locator('.legend-row[data-code=suspended]').click();
    await until(
      page,
      async () => leading(await middle(page), fills('parcel', 'light')).name !== 'aside',
      'hidden by its new state',
    );
  },
);

function cameraOf(page: Page): { zoom: number; lat: number; lng: number } {
  const [zoom = 0, lat = 0, lng = 0] = (hashOf(page).get('v') ?? '').split('/').map(Number);
  return { zoom, lat, lng };
}

function focused(page: Page): Promise<string | undefined> {
  return page.evaluate(() => document.activeElement?.className);
}
