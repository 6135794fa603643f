import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { decodePng, type Picture } from './png.ts';

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };
// Small for speed, wide enough that the drawer leaves the middle of the map free.
export const SMALL = { width: 1200, height: 600 };

// Quiet, with WebGL in software: no graphics card is needed.
const FLAGS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
// Only the maps are drawn by it: for the rest of a page the processor has quicker ways.
const SOFTWARE_GL = [
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-gpu-compositing',
  '--disable-gpu-rasterization',
];
const NO_GL = ['--disable-3d-apis', '--disable-software-rasterizer'];
// How long a page may take for a step, on a machine that does much else.
const PATIENCE_MS = 60_000;

// Where scripts/setup.sh looks as well.
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

function chromiumPath(): string {
  const given = process.env.CHROMIUM;
  const folders = (process.env.PATH ?? '').split(delimiter);
  const places = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  const path = (given ? [given] : [...places, MAC]).find((p) => existsSync(p));
  if (!path) throw new Error('there is no Chromium; install it, or set CHROMIUM to its path');
  return path;
}

export async function launch(webgl = true): Promise<Browser> {
  const args = [...FLAGS, ...(webgl ? SOFTWARE_GL : NO_GL)];
  return chromium.launch({ executablePath: chromiumPath(), args, timeout: 2 * PATIENCE_MS });
}

/** A page that remembers what it should not have done: errors, and requests to other hosts. */
export interface Watched {
  readonly page: Page;
  readonly faults: string[];
  close(): Promise<void>;
}

export async function openPage(
  browser: Browser,
  url: string,
  path: string,
  options: BrowserContextOptions = {},
): Promise<Watched> {
  const context = await browser.newContext({
    viewport: SMALL,
    locale: 'zh-CN',
    reducedMotion: 'reduce',
    ...options,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (e) => faults.push(`error: ${e.message}`));
  page.on('console', (m) => {
    // An answer that is not a success is told here as well; tests that provoke one look for it themselves.
    if (m.type() === 'error' && !m.text().startsWith('Failed to load resource')) faults.push(m.text());
  });
  page.on('request', (r) => {
    if (!r.url().startsWith(url) && !/^(?:data|blob):/.test(r.url()))
      faults.push(`left the server: ${r.url()}`);
  });
  await page.goto(url + path);
  return { page, faults, close: () => context.close() };
}

/** Waits until the map has drawn all it has to. */
export async function drawn(page: Page): Promise<void> {
  await page.waitForSelector('.map-box[data-idle=yes]', { state: 'attached' });
}

/** Goes to a place, and waits for the map to be drawn there. */
export async function moveTo(page: Page, camera: { zoom: number; lat: number; lng: number }): Promise<void> {
  const v = `${camera.zoom.toFixed(2)}/${camera.lat.toFixed(5)}/${camera.lng.toFixed(5)}`;
  await page.evaluate((place) => {
    const rest = location.hash
      .replace(/^#/, '')
      .split('&')
      .filter((p) => p !== '' && !p.startsWith('v='));
    const box = document.querySelector<HTMLElement>('.map-box');
    if (!location.hash.includes(`v=${place}`)) delete box?.dataset.idle;
    location.hash = [`v=${place}`, ...rest].join('&');
  }, v);
  await drawn(page);
}

/** The map's box on the page. */
export async function mapBox(page: Page): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await page.locator('.map-box').boundingBox();
  if (!box) throw new Error('there is no map on the page');
  return box;
}

/** A square of the map around a point of it, as it is on the screen. */
export async function look(page: Page, at: { x: number; y: number }, side = 24): Promise<Picture> {
  const box = await mapBox(page);
  const clip = {
    x: Math.round(box.x + at.x - side / 2),
    y: Math.round(box.y + at.y - side / 2),
    width: side,
    height: side,
  };
  return decodePng(await page.screenshot({ clip }));
}

export function hashOf(page: Page): URLSearchParams {
  return new URLSearchParams(new URL(page.url()).hash.slice(1));
}
