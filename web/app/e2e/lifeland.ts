import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';

// A block beside the demo's, on which the walks of lives.test.ts take place.
export const AREA = 'ZZ-01';
export const BUILDING = 'ZZ01-0001';
export const PARCEL = '430602003001GB91001';
/** A second parcel, which is only just announced. */
export const NEXT = '430602003001GB91002';

const [W, S] = [113.1901, 29.4301];

const box = (x: number, y: number, w: number, h: number) => {
  const [west, south, east, north] = [W + x, S + y, W + x + w, S + y + h];
  return [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
};

const LAND = {
  areas: [{ ring: box(0, 0, 0.002, 0.002), code: AREA, name: '示例北片', plan_mu: 65 }],
  buildings: [{ ring: box(0.0002, 0.0002, 0.0002, 0.0001), code: BUILDING, area: AREA, floors: 2 }],
  parcels: [
    { ring: box(0.0001, 0.0001, 0.0008, 0.0018), code: PARCEL, name: '示例地块一', area: AREA },
    { ring: box(0.001, 0.0001, 0.0008, 0.0018), code: NEXT, name: '示例地块二', area: AREA },
  ],
};

/** The file of a layer as somebody would choose it. */
export function landFile(layer: keyof typeof LAND) {
  const features = LAND[layer].map(({ ring, ...properties }) => ({
    type: 'Feature',
    properties,
    geometry: { type: 'Polygon', coordinates: [ring] },
  }));
  const buffer = Buffer.from(JSON.stringify({ type: 'FeatureCollection', features }));
  return { name: `${layer}.geojson`, mimeType: 'application/geo+json', buffer };
}

/** Imports a file by the page for it, as on file since a day; answers its mu as the report has them. */
export async function importLand(
  page: Page,
  base: string,
  layer: string,
  file: ReturnType<typeof landFile>,
  since: string,
): Promise<string> {
  await page.goto(`${base}/import`);
  await page.locator('input[type=file]').setInputFiles(file);
  await page.locator('select[name=layer]').selectOption(layer);
  await page.locator('input[name=crs]').fill('EPSG:4326');
  await page.getByLabel('建档日期').fill(since);
  await page.getByLabel('只试算，不写入').uncheck();
  await page.getByRole('button', { name: '正式导入' }).click();
  const report = page.locator('.report');
  await report.waitFor();
  const text = await report.innerText();
  assert.match(text, /已写入/, text);
  return /([\d,.]+)\s*亩/.exec(text)?.[1]?.replaceAll(',', '') ?? '';
}

/** The whole timeline of an open file, oldest first: what happened, by whom, and why. */
export async function timelineOf(page: Page, only = '全部'): Promise<string[]> {
  await page.getByRole('radio', { name: only }).check();
  const more = page.getByRole('button', { name: /^再显示/ });
  while ((await more.count()) > 0) await more.click();
  const entries = await page.locator('.timeline .entry').evaluateAll((all) =>
    all.map((e) => {
      const title = e.querySelector('.entry-title')?.cloneNode(true) as Element | undefined;
      for (const letter of title?.querySelectorAll('.swatch') ?? []) letter.remove();
      // People are shown by name, with the login to point at; the story knows them by login.
      const by = e.querySelector(':scope > .hint > span');
      const who = by?.getAttribute('title') ?? /经办 (\S+)/.exec(by?.textContent ?? '')?.[1] ?? '?';
      const why = e.querySelector('.entry-reason')?.textContent?.replace('理由：', '') ?? '';
      return [title?.textContent?.trim(), who, why].filter(Boolean).join(' ');
    }),
  );
  return entries.reverse();
}

/** The planning conditions of the parcel, with one tick of its checklist missing. */
export function conditions() {
  const ticks = { 权属清晰: true, 补偿到位: true, 规划条件: true, 基础设施: true } as const;
  const limits = { 容积率下限: '1', 容积率上限: '2.5', 建筑密度上限: '30', 绿地率下限: '35', 限高: '60' };
  return { ...ticks, ...limits, 用途代码: '0901', 出让年限: '40' };
}

/** The terms of a notice, in 万元. */
export const offer = (no: string, start: string, reserve: string) => ({
  公告或告知书编号: no,
  方式: '挂牌',
  起始价: start,
  底价: reserve,
  保证金: '200',
  加价幅度: '10',
});
