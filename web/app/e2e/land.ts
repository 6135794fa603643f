import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { COLOURS, type MachineName, STATUSES } from '../src/catalogue.gen.ts';
import type { LngLat } from '../src/coords/ellipsoid.ts';
import { FILL_OPACITY } from '../src/map/options.ts';
import { PALETTES } from '../src/map/palette.ts';
import type { Item } from '../src/types.ts';
import type { Theme } from '../src/url.ts';
import { hashOf, mapBox, moveTo } from './browser.ts';
import { inside, project, zoomFor } from './geometry.ts';
import { blend, decodePng, type Picture, type Rgb } from './png.ts';

/** A thing, a point well within it, and how far it is from there to its border, in degrees. */
export interface Roomy {
  readonly item: Item;
  readonly at: readonly [number, number];
  readonly room: number;
}

/** The distinct fills of a machine on the ground of a theme, by token. */
export function fills(machine: MachineName, theme: Theme): Map<string, Rgb> {
  const ground = PALETTES[theme].ground;
  const tokens = new Set(STATUSES[machine].map((s) => s.token));
  return new Map([...tokens].map((t) => [t, blend(COLOURS[t][theme], ground, FILL_OPACITY)]));
}

/** The colour token of a state. */
export function tokenOf(machine: MachineName, code: unknown): string {
  const status = STATUSES[machine].find((s) => s.code === code);
  assert.ok(status, `${machine} ${code} is in the catalogue`);
  return status.token;
}

/** For each state that occurs, the thing with the most room in it. */
export function roomiest(items: readonly Item[]): Roomy[] {
  const best = new Map<string, Roomy>();
  for (const item of items) {
    const found = { item, ...inside(item.geometry as never) };
    const status = String(item.properties.status);
    if (found.room > (best.get(status)?.room ?? 0)) best.set(status, found);
  }
  return [...best.values()];
}

/** Puts a thing in the middle of the map, so large that a square of 60 pixels lies within it. */
export async function show(page: Page, at: readonly [number, number], room: number): Promise<void> {
  await moveTo(page, { zoom: zoomFor(room, 70), lat: at[1], lng: at[0] });
}

/** The middle of the map, or of another one on the page, as it is on the screen. */
export async function middle(page: Page, side = 60, map = '.map-box'): Promise<Picture> {
  const box = await page.locator(map).boundingBox();
  assert.ok(box, `${map} is on the page`);
  const x = Math.round(box.x + (box.width - side) / 2);
  const y = Math.round(box.y + (box.height - side) / 2);
  return decodePng(await page.screenshot({ clip: { x, y, width: side, height: side } }));
}

/** Looks again and again until something holds. */
export async function until(
  page: Page,
  holds: () => Promise<boolean>,
  what: string,
  limit = 60_000,
): Promise<void> {
  const end = Date.now() + limit;
  while (!(await holds())) {
    assert.ok(Date.now() < end, `within ${limit} ms: ${what}`);
    await page.waitForTimeout(50);
  }
}

/** Where a place is on the screen. */
async function onScreen(page: Page, place: LngLat): Promise<{ x: number; y: number }> {
  const box = await mapBox(page);
  const [zoom, lat, lng] = (hashOf(page).get('v') ?? '').split('/').map(Number) as [number, number, number];
  const at = project([place.lng, place.lat], { zoom, lat, lng }, box);
  return { x: box.x + at.x, y: box.y + at.y };
}

/** Clicks on the corners of a ring one after the other. */
export async function drawRing(page: Page, ring: readonly LngLat[]): Promise<void> {
  for (const p of ring) {
    const { x, y } = await onScreen(page, p);
    await page.mouse.click(x, y);
  }
}

/** Draws a square in the part of the map that no panel covers, and ends the drawing. */
export async function drawSquare(page: Page): Promise<void> {
  await page.locator('.tool-foot .primary').waitFor();
  const box = await mapBox(page);
  const panel = await page.locator('.tool-panel').boundingBox();
  const below = panel && panel.width > box.width * 0.9 ? panel.y : box.y + box.height;
  const [x, y] = [box.x + box.width * 0.5, (box.y + below) / 2];
  const by = Math.min(70, (below - box.y) / 4);
  for (const [dx, dy] of [
    [-by, -by],
    [by, -by],
    [by, by],
    [-by, by],
  ] as const)
    await page.mouse.click(x + dx, y + dy);
  await page.locator('.tool-foot .primary').click();
}
