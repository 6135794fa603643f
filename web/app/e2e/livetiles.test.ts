import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseChange } from '../src/live.ts';
import type { HistoryEvent } from '../src/types.ts';
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

function tileOf(url: string): string | undefined {
  return /\/tiles\/public\/(\d+\/\d+\/\d+)\.mvt/.exec(url)?.[1];
}

test("another user's edit is shown, with only the touched tiles asked for; the day before stays as it was", async () => {
  const parcels = await everything(site.url, 'parcels');
  const open = parcels.filter((p) => ['announced', 'listed'].includes(String(p.properties.status)));
  const [best] = roomiest(open);
  assert.ok(best, 'the demo has a parcel on offer');
  const { page, faults, close } = await openPage(browser, site.url, '/map#mode=auction');
  const loaded = new Set<string>();
  const late: string[] = [];
  page.on('request', (r) => {
    const tile = tileOf(r.url());
    if (tile) loaded.add(tile);
  });
  await drawn(page);
  // Far enough in for several tiles, and for the parcel to be seen.
  await show(page, best.at, best.room);
  await page.locator('.live.live').waitFor();
  const sight = new Set(loaded);
  page.on('request', (r) => {
    const tile = tileOf(r.url());
    if (tile) late.push(tile);
  });
  const stop = new AbortController();
  const touched = touchedBy(Number(best.item.properties.fid), stop.signal);
  await transition(site.data, `parcels/${best.item.id}`, 'suspended', ['--reason', '示例中止']);
  const named = await touched;
  stop.abort();
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

  const { events } = await json<{ events: HistoryEvent[] }>(
    `${site.url}/api/parcels/${best.item.id}/history`,
  );
  const moves = events.filter((e) => e.to).sort((a, b) => a.on.localeCompare(b.on));
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
