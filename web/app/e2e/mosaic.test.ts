import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { PALETTES } from '../src/map/palette.ts';
import { everything } from './api.ts';
import { drawn, look, mapBox, moveTo, openPage } from './browser.ts';
import { roomiest, until } from './land.ts';
import { rgb } from './png.ts';
import { browser, site } from './stage.ts';

/** How far the middle of the map is from the bare ground, by the colour channel that differs most. */
async function fromGround(page: Page): Promise<number> {
  const box = await mapBox(page);
  const { data } = await look(page, { x: box.width / 2, y: box.height / 2 }, 2);
  const ground = rgb(PALETTES.light.ground);
  return Math.max(...ground.map((c, i) => Math.abs(c - (data[i] ?? 0))));
}

test('cells turn into parcels and back, and the land is never bare in between', async () => {
  const parcels = await everything(site.url, 'parcels');
  const [best] = roomiest(parcels.filter((p) => p.properties.status !== 'planned')).sort(
    (a, b) => b.room - a.room,
  );
  assert.ok(best);
  const { page, faults, close } = await openPage(browser, site.url, '/map#mode=auction');
  await drawn(page);
  await moveTo(page, { zoom: 10.9, lat: best.at[1], lng: best.at[0] });
  assert.ok((await fromGround(page)) > 8, 'there is a cell');
  await page.locator('.legend', { hasText: '方格' }).waitFor();
  const box = await mapBox(page);
  for (const way of ['放大', '缩小']) {
    const last = await page.evaluate(() => location.hash);
    await page.getByRole('button', { name: way, exact: true }).click();
    const gaps: number[] = [];
    await until(
      page,
      async () => {
        gaps.push(await fromGround(page));
        const idle = await page.locator('.map-box[data-idle=yes]').count();
        return idle > 0 && last !== (await page.evaluate(() => location.hash));
      },
      `${way} is done`,
    );
    assert.ok(Math.min(...gaps) > 8, `${way}: ${gaps}`);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.move(box.x + box.width / 2 + 1, box.y + box.height / 2);
    const card = page.locator('.cell-card');
    if (way === '放大') {
      await until(
        page,
        async () => (await page.locator('.legend', { hasText: '方格' }).count()) === 0,
        'parcels',
      );
      assert.equal(await card.count(), 0, 'a parcel has no card of a cell');
      continue;
    }
    await card.waitFor();
    assert.match((await card.textContent()) ?? '', /[\d,.]+ 亩.*占本格土地/);
    const bounds = await card.boundingBox();
    assert.ok(bounds && bounds.x >= box.x && bounds.x + bounds.width <= box.x + box.width);
  }
  assert.deepEqual(faults, []);
  await close();
});
