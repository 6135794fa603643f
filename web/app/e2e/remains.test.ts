import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boxOf } from '../src/bounds.ts';
import type { Item } from '../src/types.ts';
import { everything } from './api.ts';
import { drawn, hashOf, PHONE } from './browser.ts';
import { project } from './geometry.ts';
import { until } from './land.ts';
import { decodePng } from './png.ts';
import { onMap, site } from './stage.ts';

const HAND = { viewport: PHONE, hasTouch: true, isMobile: true };

test('an area that is chosen for what remains is outlined on the map beside the panel, and in the link', async () => {
  for (const options of [{}, HAND])
    await onMap(
      '#v=9/29.2/113.6&tool=remains',
      async (page) => {
        const { id, geometry } = (await everything(site.url, 'areas')).find((a) => a.geometry) as Item;
        const box = boxOf(geometry);
        assert.ok(box);
        await page.locator(`select[name=remains-area] option[value="${id}"]`).waitFor({ state: 'attached' });
        await page.locator('select[name=remains-area]').selectOption(id);
        await page.locator('.tool-remains [data-left=unsigned]').waitFor();
        assert.equal(hashOf(page).get('remains'), id);
        const at = () => (hashOf(page).get('v') ?? '').split('/').map(Number);
        await until(page, async () => (at()[0] ?? 0) > 10, 'the map flies there');
        await drawn(page);
        assert.equal(await page.locator('.drawer').count(), 0);
        const inMap = (await page.locator('.map-box').boundingBox()) ?? assert.fail('no map');
        const panel = (await page.locator('.tool-remains').boundingBox()) ?? assert.fail('no panel');
        const [zoom, lat, lng] = at();
        const camera = { zoom: zoom ?? 0, lat: lat ?? 0, lng: lng ?? 0 };
        const [low, high] = [
          project([box[0], box[1]], camera, inMap),
          project([box[2], box[3]], camera, inMap),
        ];
        const phone = panel.width > inMap.width * 0.9;
        assert.ok(low.x > (phone ? 0 : panel.x + panel.width - inMap.x) && high.x < inMap.width, 'across');
        assert.ok(high.y > 0 && low.y < (phone ? panel.y - inMap.y : inMap.height), 'down');
        // The outline of what is selected is the darkest there is on the map.
        const clip = {
          x: inMap.x + low.x - 4,
          y: inMap.y + high.y - 4,
          width: high.x - low.x + 8,
          height: low.y - high.y + 8,
        };
        const dark = async () => {
          const { data } = decodePng(await page.screenshot({ clip }));
          let n = 0;
          for (let i = 0; i < data.length; i += 4)
            if (Math.max(data[i] ?? 0, data[i + 1] ?? 0, data[i + 2] ?? 0) < 30) n++;
          return n;
        };
        const marked = await dark();
        await page.locator('.tool-remains').getByRole('button', { name: '关闭' }).click();
        await page.locator('.tool-remains').waitFor({ state: 'detached' });
        await until(page, async () => (await dark()) + 200 < marked, `an outline of ${marked} dots is gone`);
        // A link with the choice brings it back.
        await page.evaluate(() => {
          location.hash += '&tool=remains';
        });
        await page.locator('.tool-remains [data-left=unsigned]').waitFor();
        assert.equal(await page.locator('select[name=remains-area]').inputValue(), id);
      },
      { role: 'planner', options },
    );
});
