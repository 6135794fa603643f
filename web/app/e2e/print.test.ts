import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { distance, type LngLat } from '../src/coords/ellipsoid.ts';
import { plane2000 } from '../src/coords/epsg.ts';
import { type Overlay, shownColour } from '../src/map/overlaylook.ts';
import { cornersOf } from '../src/print/corners.ts';
import { type Frame, toPaper } from '../src/print/frame.ts';
import type { District, Item } from '../src/types.ts';
import { parseHash } from '../src/url.ts';
import { everything, json } from './api.ts';
import { accessible } from './axe.ts';
import { DESKTOP, drawn, launch, openPage } from './browser.ts';
import { inside } from './geometry.ts';
import { fills, tokenOf } from './land.ts';
import { type Pdf, type PdfPage, readPdf, textOf } from './pdf.ts';
import { leading } from './png.ts';
import { browser, site } from './stage.ts';
import { login } from './steps.ts';

// What is printed, as the PDF that Chromium makes of it.
const A4 = [210, 297] as const;
const A3 = [297, 420] as const;
// The height of the fields of a scale bar, on every sheet. Millimetres.
const BAR_MM = 1.6;

let plain: Browser;

before(async () => {
  plain = await launch(false);
});

after(async () => {
  await plain?.close();
});

async function pdfOf(page: Page): Promise<Pdf> {
  const pdf = readPdf(await page.pdf({ preferCSSPageSize: true, printBackground: true }));
  assert.ok(pdf.fonts.length > 0);
  for (const f of pdf.fonts) {
    assert.ok(f.embedded, `${f.name} is in the file`);
    assert.ok(f.readable, `${f.name} can be copied as text`);
  }
  return pdf;
}

function onePage(pdf: Pdf, [width, height]: readonly [number, number]): PdfPage {
  assert.equal(pdf.pages.length, 1, 'pages');
  return sized(pdf.pages[0], [width, height]);
}

function sized(page: PdfPage | undefined, [width, height]: readonly [number, number]): PdfPage {
  assert.ok(page);
  assert.ok(
    Math.abs(page.width - width) < 0.5 && Math.abs(page.height - height) < 0.5,
    `${page.width} × ${page.height} mm`,
  );
  for (const t of page.texts)
    assert.ok(t.x >= 0 && t.x <= page.width && t.y >= 0 && t.y <= page.height, `${t.text} lies off the page`);
  return page;
}

// A typeface draws some letters and the radicals that look like them with one glyph, which the file may
// name by either.
function says(text: string, want: string): boolean {
  const radical = /[\u2e80-\u2eff]/g;
  const letters = [...want.replace(/\s/g, '').normalize('NFKC')].map((c) =>
    /[\u4e00-\u9fff]/.test(c) ? `[${c}\u0001]` : c.replace(/[^\w]/g, '\\$&'),
  );
  return new RegExp(letters.join('')).test(text.normalize('NFKC').replace(radical, '\u0001'));
}

/** How long the scale bar is on the page, in millimetres. */
function barOn(page: PdfPage): number {
  const fields = page.boxes.filter((b) => Math.abs(b.height - BAR_MM) < 0.05 && b.width > 1.5);
  assert.ok(fields.length >= 4, `${fields.length} fields of the bar`);
  assert.ok(
    fields.every((f) => Math.abs(f.y - (fields[0]?.y ?? 0)) < 0.1),
    'they stand in a row',
  );
  return Math.max(...fields.map((f) => f.x + f.width)) - Math.min(...fields.map((f) => f.x));
}

function holds(page: PdfPage, wanted: readonly string[]): void {
  for (const want of wanted) assert.ok(says(textOf(page), want), `the page says ${want}: ${textOf(page)}`);
}

interface Made {
  readonly scale: number;
  readonly metres: number;
  readonly picture: { width: number; height: number; edges: LngLat[]; canvas: [number, number] } | null;
  readonly codes: string[];
  readonly corners: string[][];
}

/** What a sheet says of itself. */
function sheet(page: Page): Promise<Made> {
  return page.locator('.print-sheet').evaluate((el) => {
    const picture = el.querySelector<HTMLElement>('.print-picture');
    const canvas = picture?.querySelector('canvas');
    const all = (from: Element, what: string) => [...from.querySelectorAll(what)];
    return {
      scale: Number((el as HTMLElement).dataset.scale),
      metres: Number(el.querySelector<HTMLElement>('.print-scale')?.dataset.metres),
      picture:
        picture && canvas
          ? {
              width: Number(picture.dataset.width),
              height: Number(picture.dataset.height),
              edges: JSON.parse(picture.dataset.edges ?? '[]'),
              canvas: [canvas.width, canvas.height] as [number, number],
            }
          : null,
      codes: all(el, '.print-key [data-code]').map((li) => (li as HTMLElement).dataset.code ?? ''),
      corners: all(el, '.print-corners tbody tr').map((r) => all(r, 'th, td').map((c) => c.textContent)),
    };
  });
}

async function make(page: Page): Promise<Made> {
  await page.locator('.print-form button[type=submit]').click();
  await page.locator('.print-preview .print-sheet').waitFor({ timeout: 120_000 });
  return sheet(page);
}

/** A sold parcel of few corners and some room. */
async function plot(): Promise<Item> {
  const found = (await everything(site.url, 'parcels')).find(
    (p) =>
      p.properties.status === 'sold' &&
      cornersOf(p.geometry, null).length <= 12 &&
      Number(p.properties.mu) > 20,
  );
  assert.ok(found, 'the demo has such a parcel');
  return found;
}

test('a map sheet of a parcel is one page of A4, true to scale, with its corners and Chinese text in the file', async () => {
  const item = await plot();
  const { page, faults, close } = await openPage(
    browser,
    site.url,
    `/map#mode=auction&tool=print&sel=parcels/${item.id}`,
    { viewport: DESKTOP },
  );
  await drawn(page);
  await page.locator('.print-form input[name=print-title]').fill('宗地位置图');
  await page.locator('.drawer .history').waitFor();
  await page.locator('.print-form button[type=submit]:not([disabled])').waitFor();
  const made = await make(page);
  const { picture, scale } = made;
  assert.ok(picture && scale >= 500);

  // The map itself says what lies at its edges: so far apart on the ground as the paper has it.
  const [top, right, bottom, left] = picture.edges;
  assert.ok(top && right && bottom && left);
  const across = (distance(left, right) * 1000) / scale;
  const down = (distance(top, bottom) * 1000) / scale;
  assert.ok(Math.abs(across / picture.width - 1) < 2e-4, `${across} mm on ${picture.width}`);
  assert.ok(Math.abs(down / picture.height - 1) < 2e-4, `${down} mm on ${picture.height}`);
  assert.ok((picture.canvas[0] / picture.width) * 25.4 > 190, 'dots to the inch');

  // The parcel is painted where the sheet draws its outline.
  const box = cornersOf(item.geometry, null).map((c) => c.at);
  const [lngs, lats] = [box.map((p) => p.lng), box.map((p) => p.lat)];
  const frame: Frame = {
    middle: {
      lng: (Math.min(...lngs) + Math.max(...lngs)) / 2,
      lat: (Math.min(...lats) + Math.max(...lats)) / 2,
    },
    width: picture.width,
    height: picture.height,
    scale,
  };
  const { at } = inside(item.geometry as never);
  const spot = toPaper(frame, { lng: at[0], lat: at[1] });
  const pixels = await page.locator('.print-picture canvas').evaluate(
    (el, { x, y }) => {
      const c = el as HTMLCanvasElement;
      const found = c.getContext('2d')?.getImageData(c.width * x - 20, c.height * y - 20, 40, 40);
      return [...(found?.data ?? [])];
    },
    { x: spot.x / picture.width, y: spot.y / picture.height },
  );
  const shown = leading({ width: 40, height: 40, data: Uint8Array.from(pixels) }, fills('parcel', 'light'));
  assert.equal(shown.name, tokenOf('parcel', 'sold'));
  assert.ok(made.codes.includes('sold'), `the legend has ${made.codes}`);

  // The corner table is that of the parcel's own sheet, to the centimetre.
  const district = await json<District>(`${site.url}/api/district`);
  assert.ok(plane2000(district.measure_srid));
  const own = await page.evaluate(
    async (path) => {
      const html = await (await fetch(path)).text();
      const rows = new DOMParser().parseFromString(html, 'text/html').querySelectorAll('.corners tbody tr');
      return [...rows].map((r) => [...r.querySelectorAll('td')].map((td) => Number(td.textContent)));
    },
    `/listings/${encodeURIComponent(item.id)}/sheet`,
  );
  assert.equal(made.corners.length, own.length);
  for (const [i, row] of made.corners.entries()) {
    assert.equal(row[0], `J${i + 1}`);
    for (const k of [0, 1, 2])
      assert.ok(Math.abs(Number(row[k + 1]) - (own[i]?.[k] ?? 0)) < 0.025, `${row} is ${own[i]}`);
  }
  await accessible(page, 'print preview');

  const paper = onePage(await pdfOf(page), [A4[1], A4[0]]);
  const bar = barOn(paper);
  assert.ok(
    Math.abs(bar - (made.metres * 1000) / scale) < 0.2,
    `${made.metres} m are ${bar} mm at 1:${scale}`,
  );
  holds(paper, [
    '宗地位置图',
    '比例尺1:',
    '图例',
    '审图号',
    '点号',
    '边长',
    'X（北）',
    `EPSG:4526`,
    '坐标北偏西',
  ]);
  holds(paper, [String(made.corners[0]?.[1]), '资料来源', '制图时间', '数据版本']);

  await page.keyboard.press('Escape');
  await page.locator('.print-preview').waitFor({ state: 'detached' });
  await page.waitForFunction(() => document.activeElement?.matches('.print-form [type=submit]'));
  assert.ok(await page.locator('.drawer').isVisible(), 'the parcel is still selected');
  assert.deepEqual(faults, []);
  await close();
});

test('a sheet has the layers over the map in the colours of paper, their sources, and the code of the link', async () => {
  const { overlays } = await json<{ overlays: Overlay[] }>(`${site.url}/overlays`);
  const zone = overlays.find((o) => o.name === 'exclusion-zones');
  assert.ok(zone);
  // The zone is here; the drawings are elsewhere.
  const view = 'v=13.50/29.36250/113.18400&over=exclusion-zones,nowhere';
  const { page, faults, close } = await openPage(browser, site.url, `/map#${view}&theme=dark&tool=print`, {
    viewport: DESKTOP,
  });
  await drawn(page);
  await make(page);
  const laid = page.locator('.print-key [data-overlay]');
  assert.deepEqual(await laid.evaluateAll((all) => all.map((li) => (li as HTMLElement).dataset.overlay)), [
    'exclusion-zones',
  ]);
  assert.match(await laid.innerText(), new RegExp(zone.title));
  const seen = await page.locator('.print-picture canvas').evaluate(
    (el, colours) => {
      const c = el as HTMLCanvasElement;
      const { data } = c.getContext('2d')?.getImageData(0, 0, c.width, c.height) ?? { data: [] };
      return colours.map((colour) => {
        const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
        let n = 0;
        for (let i = 0; i < data.length; i += 4)
          if (
            Math.abs((data[i] ?? 0) - (r ?? 0)) < 4 &&
            Math.abs((data[i + 1] ?? 0) - (g ?? 0)) < 4 &&
            Math.abs((data[i + 2] ?? 0) - (b ?? 0)) < 4
          )
            n++;
        return n;
      });
    },
    [zone.colour, shownColour(zone.colour, 'dark')],
  );
  assert.ok(
    (seen[0] ?? 0) > 1000 && (seen[1] ?? 0) * 3 < (seen[0] ?? 0),
    `${seen} pixels of the zone, by theme`,
  );
  const qr = page.locator('.print-qr img');
  assert.ok((await qr.evaluate((img: HTMLImageElement) => img.naturalWidth)) > 0);
  const path = new URL(await qr.evaluate((img: HTMLImageElement) => img.src)).searchParams.get('path') ?? '';
  assert.deepEqual(parseHash(path.slice(path.indexOf('#'))).over, parseHash(`#${view}`).over);
  assert.match(path, /^\/map#.*113\.184&/);
  await accessible(page, 'a sheet with layers');
  const paper = onePage(await pdfOf(page), [A4[1], A4[0]]);
  holds(paper, [zone.title, '扫码在线查看此图']);
  assert.ok(zone.attribution);
  holds(paper, [zone.attribution]);
  await page.goto('about:blank');
  await page.goto(site.url + path);
  await drawn(page);
  await page.locator('.over-legend [data-overlay=exclusion-zones]').waitFor();
  assert.deepEqual(faults, []);
  await close();
});

// A layer of each form: one from GeoJSON that covers the land, one from tiles, and one that is not there.
const OVER = 'streets,blueprint:50,nowhere';

test('without WebGL the sheet is drawn as outlines: one page of A3 at the scale that was chosen', async () => {
  const { page, faults, close } = await openPage(
    plain,
    site.url,
    `/map#v=14/29.374/113.124&tool=print&over=${OVER}`,
    {
      viewport: DESKTOP,
    },
  );
  await page.locator('.map-box[data-state=none]').waitFor({ state: 'attached' });
  await page.locator('input[name=print-paper][value=a3]').check({ force: true });
  await page.locator('input[name=print-turn][value=portrait]').check({ force: true });
  await page.locator('select[name=print-scale]').selectOption('10000');
  const made = await make(page);
  assert.deepEqual([made.scale, made.picture], [10_000, null]);
  assert.ok((await page.locator('.print-face .of-areas').count()) > 0 && made.codes.length > 0);
  // What is laid over the map lies over the outlines, is named in the legend and tells its source.
  const { overlays } = await json<{ overlays: Overlay[] }>(`${site.url}/overlays`);
  const titles: string[] = [];
  for (const name of ['streets', 'blueprint']) {
    const o = overlays.find((x) => x.name === name);
    assert.ok(o);
    titles.push(o.title, o.attribution);
    const laid = page.locator(`.print-face .laid[data-overlay=${name}]`);
    assert.ok((await laid.locator(`path[stroke="${o.colour}"]`).count()) > 0, `${name} is drawn`);
    assert.equal(await page.locator(`.print-key [data-overlay=${name}]`).count(), 1);
  }
  assert.equal(await page.locator('.print-face .laid').count(), 2);
  const { features } = await page.evaluate(
    async () => (await fetch('/overlays/streets.geojson')).json() as Promise<{ features: Item[] }>,
  );
  const names = await page.locator('.print-face text.name').allTextContents();
  assert.ok(
    features.some((f) => names.includes(String(f.properties.name))),
    `a street is named among ${names}`,
  );
  const paper = onePage(await pdfOf(page), A3);
  holds(paper, titles);
  assert.ok(Math.abs(barOn(paper) - (made.metres * 1000) / 10_000) < 0.2);
  holds(paper, ['腾地状态图', '比例尺1:10000', '略图', '图例']);
  assert.deepEqual(faults, []);
  await close();
});

test("the sheet of a listing has its bar right in the PDF, and its Chinese text in the file's own typefaces", async () => {
  const item = await plot();
  const path = `/listings/${encodeURIComponent(item.id)}/sheet`;
  const { page, faults, close } = await openPage(browser, site.url, path, { viewport: DESKTOP });
  const said = await page.evaluate(() => ({
    scale: Number(document.querySelector('svg.drawing')?.getAttribute('data-scale')),
    metres: Number(document.querySelector<SVGElement>('.scale')?.dataset.metres),
  }));
  const paper = onePage(await pdfOf(page), A4);
  const bar = barOn(paper);
  const hundred = (bar * 100) / said.metres;
  assert.ok(Math.abs(hundred - 100_000 / said.scale) < 0.3, `100 m are ${hundred} mm at 1:${said.scale}`);
  holds(paper, ['比例尺1:', '审图号', '界址点坐标', '点号', '边长', item.id]);
  assert.deepEqual(faults, []);
  await close();
});

test('leader 6, on paper: the report prints on A4 across, nothing cut off, with its headings and figures', async () => {
  const { page, faults, close } = await openPage(browser, site.url, '/signin', { viewport: DESKTOP });
  await login(page, site.url, 'leader');
  await page.goto(`${site.url}/board/report?at=2018-06-30`);
  const rows = page.locator('.board-part.problems tbody tr');
  await rows.first().waitFor();
  await page.locator('.board-part.areas tbody tr').first().waitFor();
  await page.locator('.board-cards li').first().waitFor();
  const heads = (await page.locator('.board-part h2').allInnerTexts()).map((t) => t.split('\n')[0] ?? '');
  const names = await page.locator('.board-part.areas tbody tr th').allInnerTexts();
  const columns = await page.locator('.board-table thead th').allInnerTexts();
  const pdf = await pdfOf(page);
  assert.ok(pdf.pages.length > 1 && pdf.pages.length < 12, `${pdf.pages.length} pages`);
  for (const p of pdf.pages) sized(p, [A4[1], A4[0]]);
  const first = pdf.pages[0];
  assert.ok(first);
  holds(first, ['2018/06/30', '数据版本', '全区指标']);
  const text = pdf.pages.map(textOf).join('');
  for (const want of [...heads, ...names, ...columns]) assert.ok(says(text, want), `the report has ${want}`);
  for (const p of pdf.pages) assert.ok(p.texts.length > 0, 'no page is empty');
  assert.deepEqual(faults, []);
  await close();
});
