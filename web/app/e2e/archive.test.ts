import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { before, test } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import type { MachineName } from '../src/catalogue.gen.ts';
import type { Camera } from '../src/url.ts';
import { everything } from './api.ts';
import { accessible } from './axe.ts';
import { DESKTOP, drawn, mapBox, openPage, PHONE } from './browser.ts';
import { inside, project } from './geometry.ts';
import { fills, type Roomy, tokenOf, until } from './land.ts';
import { decodePng, leading, type Picture } from './png.ts';
import { exportMap, transition } from './server.ts';
import { browser, site } from './stage.ts';

const NOW = '今日-map.1';
const THEN = 'land-2018';
const DAY = '2018-06-30';
// Outlines take up to 3 pixels at the border, hatches part of the rest.
const MIN_ROOM_PX = 9;
// So much of a fill is seen under a label and between the lines of a hatch.
const SHARE = 0.1;
// Tiles come in another order: a pixel on the seam of two may be the one's or the other's.
const SEAM_PX = 20;
// Few pixels, for a computer that draws them itself.
const NARROW = { viewport: { width: 1000, height: 500 } };
const PHONE_OPTIONS = { viewport: PHONE, hasTouch: true, isMobile: true };

let bytes: number;
let parcels: Roomy[];
let areas: Roomy[];

const roomy = async (collection: string): Promise<Roomy[]> =>
  (await everything(site.url, collection)).map((item) => ({ item, ...inside(item.geometry as never) }));

before(async () => {
  assert.ok(site.data, 'the archives lie in the data folder: set TENGDI_DATA');
  bytes = statSync(await exportMap(site.data, NOW)).size;
  await exportMap(site.data, THEN, ['--at', DAY, '--max-zoom', '13']);
  [parcels, areas] = await Promise.all([roomy('parcels'), roomy('areas')]);
});

/** A map, and what it asked the server for. */
interface Seen {
  readonly page: Page;
  /** Paths of tiles. */
  readonly tiles: string[];
  /** Of each reading of an archive the status and the length. */
  readonly parts: { readonly status: number; readonly length: number }[];
}

async function onMap(
  path: string,
  run: (seen: Seen) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  // Something small first: the map's own requests are then heard from the first on.
  const watched = await openPage(browser, site.url, '/api/session', options);
  const { page } = watched;
  const seen: Seen = { page, tiles: [], parts: [] };
  page.on('request', (r) => {
    const { pathname } = new URL(r.url());
    if (pathname.startsWith('/tiles/')) seen.tiles.push(pathname);
  });
  page.on('response', (r) => {
    if (!new URL(r.url()).pathname.endsWith('.pmtiles')) return;
    seen.parts.push({ status: r.status(), length: Number(r.headers()['content-length']) });
  });
  try {
    await page.goto(site.url + path);
    await run(seen);
    assert.deepEqual(watched.faults, []);
  } finally {
    await watched.close();
  }
}

function link(archive: string | null, camera: Camera, more = ''): string {
  const query = archive === null ? '' : `?archive=${encodeURIComponent(archive)}`;
  return `/map${query}#v=${camera.zoom}/${camera.lat}/${camera.lng}${more}`;
}

/** The map without what lies over it. */
async function picture(page: Page): Promise<Picture> {
  await page.evaluate(() => {
    for (const el of document.querySelectorAll<HTMLElement>('.map-region > :not(.map-box)'))
      el.style.visibility = 'hidden';
  });
  return decodePng(await page.screenshot({ clip: await mapBox(page) }));
}

/** How many pixels of two pictures are not the same. */
function differing(a: Picture, b: Picture): number {
  assert.deepEqual([a.width, a.height], [b.width, b.height]);
  let n = 0;
  for (let i = 0; i < a.data.length; i += 4) if ([0, 1, 2].some((c) => a.data[i + c] !== b.data[i + c])) n++;
  return n;
}

/** Things that are large enough in a view to be read off it: where each is, and how far it reaches there. */
function readable(things: readonly Roomy[], camera: Camera, size: { width: number; height: number }) {
  const perDegree = (512 * 2 ** camera.zoom) / 360;
  return things.flatMap((t) => {
    const { x, y } = project(t.at, camera, size);
    const reach = Math.floor(t.room * perDegree);
    const within = x > reach && y > reach && x < size.width - reach && y < size.height - reach;
    return within && reach >= MIN_ROOM_PX ? [{ code: t.item.id, x, y, reach, item: t.item }] : [];
  });
}

/** By code, the colour token that most of each readable thing is painted in. */
function painted(
  things: ReturnType<typeof readable>,
  machine: MachineName,
  all: Picture,
): Record<string, string> {
  const out: Record<string, string> = {};
  for (const t of things) {
    const side = Math.min(t.reach, 30);
    const [left, top] = [Math.round(t.x - side / 2), Math.round(t.y - side / 2)];
    const data = new Uint8Array(side * side * 4);
    for (let y = 0; y < side; y++) {
      const from = ((top + y) * all.width + left) * 4;
      data.set(all.data.subarray(from, from + side * 4), y * side * 4);
    }
    const colours = fills(machine, 'light');
    const [plain] = colours.keys();
    assert.ok(plain);
    // The first of all colours is nearly that of the ground, which labels have around them.
    colours.delete(plain);
    const found = leading({ width: side, height: side, data }, colours);
    out[t.code] = found.share >= SHARE ? found.name : plain;
  }
  return out;
}

/** The view of a zoom in which most things can be read, of several states. */
function bestView(things: readonly Roomy[], machine: MachineName, zoom: number): Camera {
  const views = things.map((t) => ({
    zoom,
    lat: Number(t.at[1].toFixed(5)),
    lng: Number(t.at[0].toFixed(5)),
  }));
  const worth = (c: Camera) => {
    const seen = readable(things, c, { width: 600, height: 400 });
    const states = new Set(seen.map((t) => tokenOf(machine, t.item.properties.status))).size;
    return 100 * Math.min(states, 4) + seen.length;
  };
  return views.reduce((a, b) => (worth(b) > worth(a) ? b : a));
}

async function shot(
  path: string,
  options: BrowserContextOptions = NARROW,
): Promise<{ picture: Picture; size: { width: number; height: number }; seen: Seen }> {
  let out: { picture: Picture; size: { width: number; height: number }; seen: Seen } | null = null;
  const draw = async (seen: Seen) => {
    await drawn(seen.page);
    out = { picture: await picture(seen.page), size: await mapBox(seen.page), seen };
  };
  await onMap(path, draw, options);
  assert.ok(out);
  return out;
}

/** Pictures of one map at several places, each after the one before, and the tiles that were asked for. */
async function shots(
  archive: string | null,
  views: readonly { camera: Camera; more: string }[],
): Promise<{ pictures: Picture[]; tiles: string[] }> {
  const links = views.map(({ camera, more }) => link(archive, camera, more));
  const pictures: Picture[] = [];
  let asked: string[] = [];
  const draw = async ({ page, tiles }: Seen) => {
    for (const [i, to] of links.entries()) {
      if (i > 0)
        await page.evaluate((hash) => {
          delete document.querySelector<HTMLElement>('.map-box')?.dataset.idle;
          location.hash = hash;
        }, new URL(to, site.url).hash);
      await drawn(page);
      pictures.push(await picture(page));
    }
    asked = tiles;
  };
  await onMap(links[0] ?? '', draw, NARROW);
  return { pictures, tiles: asked };
}

test('the map is drawn from one file by ranges alone, each parcel as on the live map', async () => {
  const camera = bestView(parcels, 'parcel', 14);
  const live = await shot(link(null, camera, '&mode=auction'), {});
  const kept = await shot(link(NOW, camera, '&mode=auction'), {});
  assert.ok(live.seen.tiles.length > 1 && live.seen.parts.length === 0, 'the live map asks for tiles');
  assert.deepEqual(kept.seen.tiles, [], 'the archive asks for none');
  assert.ok(kept.seen.parts.length >= 2, 'directory and tiles are read');
  assert.deepEqual(
    kept.seen.parts.filter((p) => p.status !== 206),
    [],
    'by ranges only',
  );
  const read = kept.seen.parts.reduce((n, p) => n + p.length, 0);
  assert.ok(read > 0 && read < bytes, `${read} of ${bytes} bytes were read`);

  const things = readable(parcels, camera, live.size);
  assert.ok(things.length >= 8, `${things.length} parcels can be read`);
  const [a, b] = [live, kept].map((s) => painted(things, 'parcel', s.picture));
  assert.deepEqual(b, a, 'by code, the state that is painted');
  const known = things.map((t) => ({ code: t.code, token: tokenOf('parcel', t.item.properties.status) }));
  const wrong = known.filter(({ code, token }) => b?.[code] !== token);
  // A label can hide a small parcel, on both maps; it then looks bare, never of another state.
  for (const { code } of wrong) assert.equal(b?.[code], 'sale-planned', code);
  assert.ok(
    wrong.length <= things.length / 10,
    `${wrong.length} of ${things.length} are not as the API tells`,
  );
  assert.ok(new Set(Object.values(b ?? {})).size >= 2, 'several states are in sight');
  const off = differing(live.picture, kept.picture);
  assert.ok(off <= SEAM_PX, `${off} pixels differ`);
});

test('cells, past days and enlarged tiles look as on the live map', async () => {
  const at = bestView(parcels, 'parcel', 14);
  const views = [
    { camera: { ...at, zoom: 10.5 }, more: '&mode=auction' },
    { camera: { ...at, zoom: 12.5 }, more: '&date=2017-06-30' },
    { camera: { ...at, zoom: 17.5 }, more: '&mode=use' },
    { camera: { ...at, zoom: 12.5 }, more: '' },
  ];
  const live = await shots(null, views);
  const kept = await shots(NOW, views);
  assert.ok(live.tiles.length > 0);
  assert.deepEqual(kept.tiles, []);
  for (const [i, { camera, more }] of views.entries()) {
    const off = differing(live.pictures[i] as Picture, kept.pictures[i] as Picture);
    assert.ok(off <= SEAM_PX, `${camera.zoom} ${more}: ${off} pixels differ`);
  }
  const [, past, , today] = kept.pictures;
  assert.ok(past && today && differing(today, past) > 1_000, 'a past day looks otherwise');
});

test('an archive says which one and of which day it is, in both languages and sizes, and leads back', async () => {
  const camera = bestView(areas, 'area', 12);
  // The archive ends before the day that is asked for, and shows its own.
  const view = link(THEN, camera, '&mode=auction&hide=sold&date=2020-01-31');
  for (const options of [{ viewport: DESKTOP }, PHONE_OPTIONS]) {
    await onMap(
      view,
      async ({ page, tiles }) => {
        await drawn(page);
        const banner = page.getByRole('complementary', { name: '存档地图' });
        assert.match((await banner.textContent()) ?? '', /land-2018.*2018\/06\/30/);
        const box = await banner.boundingBox();
        const buttons = await page.locator('.map-buttons').boundingBox();
        const width = page.viewportSize()?.width ?? 0;
        assert.ok(box && buttons && box.x >= buttons.x + buttons.width && box.x + box.width <= width);
        const tools = await page.getByRole('toolbar', { name: '地图工具' }).boundingBox();
        assert.ok(
          tools &&
            (tools.x + tools.width <= box.x ||
              tools.x >= box.x + box.width ||
              tools.y >= box.y + box.height ||
              tools.y + tools.height <= box.y),
          'no tool lies over the banner',
        );
        assert.equal(
          await page.getByText(/地图是 .* 的状态/).count(),
          0,
          'no day is claimed that is not shown',
        );
        assert.ok(
          (await page.getByText('地图取自存档').count()) >= 1,
          'the list says that it stands beside an archive',
        );
        const status = await page.locator('.statusbar').boundingBox();
        assert.ok(status && (status.y + status.height <= box.y || box.y + box.height <= status.y));
        await accessible(page, 'map of an archive');
        assert.deepEqual(tiles, []);
        await banner.getByRole('link', { name: '回到实时地图' }).click();
        await page.waitForURL((u) => u.search === '');
        await drawn(page);
        assert.ok(tiles.length > 0, 'the live map is drawn');
        assert.equal(await banner.count(), 0);
        const hash = new URLSearchParams(new URL(page.url()).hash.slice(1));
        assert.equal(hash.get('mode'), 'auction');
        assert.equal(hash.get('hide'), 'sold');
        assert.ok(hash.get('v')?.startsWith('12/'), 'the place is the same');
      },
      options,
    );
  }
  await onMap(link(NOW, camera, '&lang=en'), async ({ page }) => {
    await drawn(page);
    const banner = page.getByRole('complementary', { name: 'Archived map' });
    const text = (await banner.textContent()) ?? '';
    assert.ok(text.includes(NOW) && text.includes('as made on'), text);
    assert.ok(await banner.getByRole('link', { name: 'Back to the live map' }).isVisible());
    assert.ok(
      (await page.getByText('this is as of today').count()) >= 2,
      'list and legend say what they are of',
    );
  });
});

test('in the archive of a day that day is the last, and its areas are in the state of then', async () => {
  const camera = bestView(areas, 'area', 12.5);
  const live = await shot(link(null, camera, `&date=${DAY}`));
  const kept = await shot(link(THEN, camera));
  const things = readable(areas, camera, live.size);
  const [a, b] = [live, kept].map((s) => painted(things, 'area', s.picture));
  assert.ok(things.length >= 3, `${things.length} areas can be read`);
  assert.deepEqual(b, a);
  await onMap(link(THEN, camera), async ({ page, tiles }) => {
    await drawn(page);
    await page.getByRole('button', { name: '时间：看以前的状态' }).click();
    const slider = page.getByRole('slider', { name: '日期' });
    await until(page, async () => Number(await slider.getAttribute('max')) > 6, 'the file tells of years');
    assert.equal(await slider.getAttribute('aria-valuetext'), '2018/06/30');
    await slider.press('ArrowLeft');
    assert.equal(await slider.getAttribute('aria-valuetext'), '2018/05/31');
    assert.deepEqual(tiles, []);
  });
});

test('a change of the land does not reach an archive', async () => {
  const open = parcels.filter((p) => p.item.properties.status === 'listed').sort((a, b) => b.room - a.room);
  // The roomiest is left to other tests.
  const one = open[1];
  assert.ok(one, 'the demo has parcels on offer');
  const camera = { zoom: 16, lat: Number(one.at[1].toFixed(5)), lng: Number(one.at[0].toFixed(5)) };
  const look = async ({ page, tiles }: Seen) => {
    await drawn(page);
    await page.locator('.live.live').waitFor();
    const before = await picture(page);
    const heard = page.waitForResponse((r) => new URL(r.url()).pathname === '/api/summary');
    await transition(site.data, `parcels/${one.item.id}`, 'suspended', ['--reason', '示例中止']);
    await heard;
    await page.waitForTimeout(1_000);
    assert.equal(differing(before, await picture(page)), 0, 'it is drawn as before');
    assert.deepEqual(tiles, []);
    const live = await shot(link(null, camera, '&mode=auction'));
    assert.ok(differing(before, live.picture) > 100, 'the live map shows the change');
  };
  await onMap(link(NOW, camera, '&mode=auction'), look, NARROW);
});

test('an archive that is not there is told so, with the way to the live map', async () => {
  const camera = bestView(parcels, 'parcel', 13);
  const cases = [
    { name: 'none', more: '', text: '没有名为“none”的存档地图', way: '回到实时地图' },
    {
      name: '../public',
      more: '&lang=en',
      text: 'There is no archived map called “../public”',
      way: 'Back to the live map',
    },
  ];
  for (const { name, more, text, way } of cases) {
    await onMap(link(name, camera, more), async ({ page, tiles, parts }) => {
      const alert = page.getByRole('alert').filter({ hasText: text });
      await alert.waitFor();
      assert.deepEqual([tiles, parts], [[], []]);
      await alert.getByRole('link', { name: way }).click();
      await page.waitForURL((u) => u.search === '');
      await drawn(page);
      assert.ok(tiles.length > 0);
    });
  }
});
