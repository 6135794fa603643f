import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { parseChange } from '../src/live.ts';
import type { HistoryEvent, Item } from '../src/types.ts';
import { everything, json } from './api.ts';
import { drawn, openPage } from './browser.ts';
import { fills, middle, roomiest, show, tokenOf, until } from './land.ts';
import { leading } from './png.ts';
import { transition } from './server.ts';
import { browser, site } from './stage.ts';

/** Hears the public's stream until it tells of a thing; gives the tiles that it named. */
async function touchedBy(fid: number, signal: AbortSignal): Promise<string[]> {
  const answer = await fetch(`${site.url}/api/live?tileset=public`, { signal });
  assert.ok(answer.ok && answer.body);
  let text = '';
  for await (const part of answer.body.pipeThrough(new TextDecoderStream())) {
    text += part;
    for (const line of text.split('\n')) {
      if (!line.startsWith('data:') || !line.endsWith('}')) continue;
      const event = parseChange(JSON.parse(line.slice(5)));
      if (event?.changes.some((c) => c.layer === 'parcels' && c.id === fid)) return [...event.tiles];
    }
  }
  throw new Error('the stream ended');
}

/** Notes from now on every tile that the page asks for, as often as it does. */
function tilesAsked(page: Page): string[] {
  const asked: string[] = [];
  page.on('request', (r) => {
    const tile = /\/tiles\/public\/(\d+\/\d+\/\d+)\.mvt/.exec(r.url())?.[1];
    if (tile) asked.push(tile);
  });
  return asked;
}

/** Has another process move a parcel; gives the tiles that the stream names for it. */
async function moved(parcel: Item, to: string): Promise<string[]> {
  const stop = new AbortController();
  const touched = touchedBy(Number(parcel.properties.fid), stop.signal);
  await transition(site.data, `parcels/${parcel.id}`, to, ['--reason', '示例']);
  const named = await touched;
  stop.abort();
  return named;
}

/** The moves of a parcel that everybody may know of, the oldest first. */
async function movesOf(parcel: Item): Promise<HistoryEvent[]> {
  const { events } = await json<{ events: HistoryEvent[] }>(`${site.url}/api/parcels/${parcel.id}/history`);
  return events.filter((e) => e.to).sort((a, b) => a.on.localeCompare(b.on));
}

test("another user's edit is shown, with only the touched tiles asked for; the day before stays as it was", async () => {
  const parcels = await everything(site.url, 'parcels');
  const open = parcels.filter((p) => ['announced', 'listed'].includes(String(p.properties.status)));
  const [best] = roomiest(open);
  assert.ok(best, 'the demo has a parcel on offer');
  const { page, faults, close } = await openPage(browser, site.url, '/map#mode=auction');
  const loaded = tilesAsked(page);
  await drawn(page);
  // Far enough in for several tiles, and for the parcel to be seen.
  await show(page, best.at, best.room);
  await page.locator('.live.live').waitFor();
  const sight = new Set(loaded);
  const late = tilesAsked(page);
  const named = await moved(best.item, 'suspended');
  const painted = (want: string) => async () =>
    leading(await middle(page), fills('parcel', 'light')).name === want;
  await until(page, painted('aside'), 'recoloured');
  await until(page, async () => late.length > 0, 'a touched tile is read again');
  await page.waitForTimeout(1_000);
  assert.deepEqual(
    late.filter((t) => !named.includes(t)),
    [],
    'no other tile was asked for',
  );
  assert.equal(new Set(late).size, late.length, `each once: ${late}`);
  assert.ok(sight.size > new Set(late).size, `${late.length} of ${sight.size} tiles that were loaded`);

  const moves = await movesOf(best.item);
  const day = moves.at(-1)?.on ?? '';
  const before = new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
  const then = moves.filter((e) => e.on <= before).at(-1)?.to;
  assert.ok(then, 'it was published before');
  const paintedThen = tokenOf('parcel', then);
  await page.evaluate((date) => {
    location.hash += `&date=${date}`;
  }, before);
  await until(page, painted(paintedThen), `${then} on ${before}`);
  await page.getByRole('button', { name: '关闭时间轴' }).click();
  await until(page, painted('aside'), 'and today as it is');
  assert.deepEqual(faults, []);
  await close();
});

test('of two days side by side both follow an edit, and each asks for the touched tiles alone', async () => {
  const parcels = await everything(site.url, 'parcels');
  // One that can go back to where it was.
  const was = 'listed';
  const [best] = roomiest(parcels.filter((p) => p.properties.status === was));
  assert.ok(best, 'the demo has a parcel on offer');
  // The day before in China.
  const before = new Date(Date.now() - 16 * 3_600_000).toISOString().slice(0, 10);
  const then = (await movesOf(best.item)).filter((e) => e.on <= before).at(-1)?.to;
  assert.ok(then && tokenOf('parcel', then) !== tokenOf('parcel', 'suspended'), `it was ${then}`);
  const { page, faults, close } = await openPage(
    browser,
    site.url,
    `/map#mode=auction&tool=compare&with=${before}`,
  );
  const loaded = tilesAsked(page);
  await drawn(page);
  await page.locator('.compare-map[data-idle=yes]').waitFor({ state: 'attached' });
  await show(page, best.at, best.room);
  const paints = (map: string, code: string) =>
    until(
      page,
      async () =>
        leading(await middle(page, 40, map), fills('parcel', 'light')).name === tokenOf('parcel', code),
      `${code} in ${map}`,
    );
  await paints('.map-box', was);
  await paints('.compare-map', then);
  await page.locator('.live.live').waitFor();
  const sight = new Set(loaded);

  const edited = async (to: string, right: string) => {
    const late = tilesAsked(page);
    const named = await moved(best.item, to);
    await paints('.map-box', to);
    const times = (t: string) => late.filter((l) => l === t).length;
    await until(page, async () => late.some((t) => times(t) > 1), 'both maps read a touched tile again');
    await drawn(page);
    await page.locator('.compare-map[data-idle=yes]').waitFor({ state: 'attached' });
    await paints('.compare-map', right);
    assert.deepEqual(
      late.filter((t) => !named.includes(t)),
      [],
      'no other tile was asked for',
    );
    assert.ok(
      late.every((t) => times(t) <= 2),
      `once for each map: ${late}`,
    );
    assert.ok(sight.size > new Set(late).size, `${late.length} of ${sight.size} tiles that were loaded`);
  };
  await edited('suspended', then);
  await page.locator('.tool-compare .chip').nth(1).click();
  await paints('.compare-map', 'suspended');
  await edited(was, was);
  assert.deepEqual(faults, []);
  await close();
});
