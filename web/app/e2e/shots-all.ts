import { mkdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { ItemPage } from '../src/types.ts';
import { json } from './api.ts';
import { DESKTOP, launch, PHONE } from './browser.ts';
import { server } from './server.ts';
import { login } from './steps.ts';

// Takes every screen in three sizes, light and dark, Chinese and English, into a folder that is not kept:
// tmp/shots/SCREEN-SIZE-THEME-LANG.png. Arguments choose screens by name.
const OUT = resolve(import.meta.dirname, '../../../../tmp/shots');
const SIZES = { desktop: DESKTOP, tablet: { width: 820, height: 1180 }, phone: PHONE };
const READY_MS = 60_000;

type Lang = 'zh-CN' | 'en';
type Theme = 'light' | 'dark';

interface Screen {
  readonly name: string;
  readonly path: string;
  readonly role?: string;
  readonly ready: string;
}

const site = await server();
const browser = await launch();
const asked = process.argv.slice(2);
try {
  const screens = (await all()).filter((s) => asked.length === 0 || asked.includes(s.name));
  if (asked.length === 0) rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  const began = Date.now();
  for (const lang of ['zh-CN', 'en'] as const)
    for (const theme of ['light', 'dark'] as const) await take(browser, screens, lang, theme);
  const n = screens.length * 4 * Object.keys(SIZES).length;
  console.log(`${n} pictures in ${OUT}, ${Math.round((Date.now() - began) / 1000)} s`);
} finally {
  await browser.close();
  await site.stop();
}

async function all(): Promise<Screen[]> {
  const items = `${site.url}/api/collections/parcels/items`;
  const listed = await json<ItemPage>(`${items}?status=listed&limit=1`);
  const code = encodeURIComponent(listed.features[0]?.id ?? '');
  const drawn = '.map-box[data-idle=yes]';
  const desk = '.staff-main h1';
  return [
    { name: 'home', path: '/', ready: '.home-counts a' },
    { name: 'map', path: '/map', ready: drawn },
    { name: 'drawer', path: `/map#mode=auction&sel=parcels/${code}`, ready: '.drawer .history' },
    { name: 'past', path: '/map#date=2018-06-30', ready: drawn },
    { name: 'print', path: '/map#tool=print', ready: '.print-form' },
    { name: 'listings', path: '/listings', ready: '.cards .card' },
    { name: 'parcel', path: `/listings/${code}`, ready: 'main h1' },
    { name: 'sheet', path: `/listings/${code}/sheet`, ready: 'body' },
    { name: 'compare', path: `/listings/compare?code=${code}`, ready: 'main h1' },
    { name: 'board', path: '/board', role: 'leader', ready: 'main h1' },
    { name: 'meeting', path: '/board/meeting', role: 'leader', ready: 'main' },
    { name: 'wall', path: '/board/wall', role: 'leader', ready: 'main' },
    { name: 'report', path: '/board/report', role: 'leader', ready: 'main' },
    { name: 'work', path: '/work', role: 'leader', ready: desk },
    { name: 'areas', path: '/areas', role: 'planner', ready: desk },
    { name: 'problems', path: '/problems?stand=open', role: 'supervisor', ready: desk },
    { name: 'area', path: '/areas/YYL-01', role: 'planner', ready: '.file-head h1' },
    { name: 'admin', path: '/admin', role: 'admin', ready: desk },
    { name: 'signin', path: '/signin', ready: '.demo-logins' },
    { name: 'import', path: '/import', role: 'planner', ready: '.import-form' },
    { name: 'notfound', path: '/no/such/page', ready: 'main h1' },
  ];
}

async function take(b: Browser, screens: readonly Screen[], lang: Lang, theme: Theme): Promise<void> {
  const contexts = new Map<string, BrowserContext>();
  for (const s of screens) {
    const role = s.role ?? '';
    const context = contexts.get(role) ?? (await open(b, role, lang, theme));
    contexts.set(role, context);
    const page = await context.newPage();
    page.on('pageerror', (e) => console.error(`${s.name}, ${lang}, ${theme}: ${e.message}`));
    await page.setViewportSize(DESKTOP);
    await page.goto(site.url + s.path);
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      await settled(page, s.ready);
      await page.screenshot({ path: resolve(OUT, `${s.name}-${size}-${theme}-${lang.slice(0, 2)}.png`) });
    }
    await page.close();
  }
  for (const context of contexts.values()) await context.close();
}

// The choice of language and theme is kept as a reader's would be; pages of the server go by the browser.
async function open(b: Browser, role: string, lang: Lang, theme: Theme): Promise<BrowserContext> {
  const context = await b.newContext({ locale: lang, colorScheme: theme, reducedMotion: 'reduce' });
  await context.addInitScript(
    ([l, t]) => {
      localStorage.setItem('tengdi.lang', l ?? '');
      localStorage.setItem('tengdi.theme', t ?? '');
    },
    [lang, theme],
  );
  if (role !== '') {
    const page = await context.newPage();
    await page.goto(`${site.url}/livez`);
    await login(page, site.url, role);
    await page.close();
  }
  return context;
}

async function settled(page: Page, ready: string): Promise<void> {
  await page.locator(ready).first().waitFor({ state: 'attached', timeout: READY_MS });
  await page.evaluate(
    () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
  );
  await page.waitForFunction(
    () => {
      const map = document.querySelector<HTMLElement>('.map-box');
      const busy = document.querySelector('[aria-busy=true], .skeleton');
      return !busy && (!map || map.dataset.idle === 'yes' || map.dataset.state === 'none');
    },
    null,
    { timeout: READY_MS },
  );
}
