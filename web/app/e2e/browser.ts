import { existsSync } from 'node:fs';
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
const SOFTWARE_GL = ['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'];
const NO_GL = ['--disable-3d-apis', '--disable-software-rasterizer'];
const IDLE_MS = 60_000;

export async function launch(webgl = true): Promise<Browser> {
  const path = process.env.CHROMIUM ?? '/usr/bin/chromium';
  if (!existsSync(path)) throw new Error(`there is no Chromium at ${path}; install it, or set CHROMIUM`);
  return chromium.launch({ executablePath: path, args: [...FLAGS, ...(webgl ? SOFTWARE_GL : NO_GL)] });
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
  await page.waitForSelector('.map-box[data-idle=yes]', { timeout: IDLE_MS, state: 'attached' });
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
