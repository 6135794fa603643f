import { mkdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { DESKTOP, launch, PHONE } from './browser.ts';
import { type Screen, screens } from './screens.ts';
import { server } from './server.ts';
import { login } from './steps.ts';

// Takes every screen in three sizes, light and dark, Chinese and English, into a folder that is not kept:
// tmp/shots/SCREEN-SIZE-THEME-LANG.png. Arguments choose: screens, sizes, themes and languages by name.
const OUT = resolve(import.meta.dirname, '../../../../tmp/shots');
const SIZES: Readonly<Record<string, BrowserContextOptions>> = {
  desktop: { viewport: DESKTOP },
  tablet: { viewport: { width: 820, height: 1180 }, hasTouch: true },
  phone: { viewport: PHONE, hasTouch: true, isMobile: true },
};
const LANGS = ['zh-CN', 'en'] as const;
const THEMES = ['light', 'dark'] as const;
const READY_MS = 60_000;

/** What all screens of one turn have in common. */
interface Look {
  readonly size: string;
  readonly theme: (typeof THEMES)[number];
  readonly lang: (typeof LANGS)[number];
}

const site = await server();
const browser = await launch();
const plain = await launch(false);
let failed = 0;
try {
  const all = await screens(site.url);
  const asked = new Set(process.argv.slice(2));
  const chosen = <T>(from: readonly T[], name: (one: T) => string): readonly T[] => {
    const some = from.filter((one) => asked.delete(name(one)));
    return some.length > 0 ? some : from;
  };
  if (asked.size === 0) rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  const looks = chosen(LANGS, (l) => l.slice(0, 2)).flatMap((lang) =>
    chosen(THEMES, (t) => t).flatMap((theme) => Object.keys(SIZES).map((size) => ({ lang, theme, size }))),
  );
  const sizes = chosen(Object.keys(SIZES), (s) => s);
  const list = chosen(all, (s) => s.name);
  if (asked.size > 0) throw new Error(`there is no ${[...asked].join(', ')}`);
  const turns = looks.filter((l) => sizes.includes(l.size));
  const began = Date.now();
  for (const look of turns) await take(list, look);
  const n = list.length * turns.length;
  console.log(`${n - failed} of ${n} pictures in ${OUT}, ${Math.round((Date.now() - began) / 1000)} s`);
  if (failed > 0) process.exitCode = 1;
} finally {
  await browser.close();
  await plain.close();
  await site.stop();
}

async function take(list: readonly Screen[], look: Look): Promise<void> {
  const contexts = new Map<string, BrowserContext>();
  for (const s of list) {
    const role = s.role ?? '';
    const key = `${role} ${s.plain ?? false}`;
    const context = contexts.get(key) ?? (await open(s.plain ? plain : browser, role, look));
    contexts.set(key, context);
    const name = `${s.name}-${look.size}-${look.theme}-${look.lang.slice(0, 2)}`;
    const page = await context.newPage();
    page.on('pageerror', (e) => console.error(`${name}: ${e.message}`));
    try {
      await s.before?.(page);
      await page.goto(site.url + s.path);
      await page.locator(s.ready).first().waitFor({ state: 'attached', timeout: READY_MS });
      await s.act?.(page);
      await settled(page);
      await page.screenshot({ path: resolve(OUT, `${name}.png`), fullPage: s.whole ?? false });
    } catch (err) {
      // One screen that cannot be reached does not keep the others from being taken.
      failed++;
      console.error(`${name}: ${err instanceof Error ? err.message : err}`);
    }
    await page.close();
  }
  for (const context of contexts.values()) await context.close();
}

// The choice of language and theme is kept as a reader's would be; pages of the server go by the browser.
async function open(b: Browser, role: string, { size, theme, lang }: Look): Promise<BrowserContext> {
  const context = await b.newContext({
    ...SIZES[size],
    locale: lang,
    colorScheme: theme,
    reducedMotion: 'reduce',
  });
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

async function settled(page: Page): Promise<void> {
  await page.waitForFunction(
    () => {
      const map = document.querySelector<HTMLElement>('.map-box');
      const busy = document.querySelector('[aria-busy=true], .skeleton, .bones');
      return !busy && (!map || map.dataset.idle === 'yes' || map.dataset.state === 'none');
    },
    null,
    { timeout: READY_MS },
  );
  await page.evaluate(
    () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
  );
}
