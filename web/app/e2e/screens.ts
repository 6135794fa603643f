import type { Page } from 'playwright-core';
import type { Item, ItemPage } from '../src/types.ts';
import { everything, json } from './api.ts';
import { drawn } from './browser.ts';
import { drawSquare } from './land.ts';
import { IMPORT, tryImport } from './steps.ts';

/** A screen of the site, or a state of one, of which a picture is taken. */
export interface Screen {
  readonly name: string;
  readonly path: string;
  /** The role of the demo that sees it; without one it is the public. */
  readonly role?: string;
  /** What has to be there before anything else is done. */
  readonly ready: string;
  /** What happens before the page is asked for. */
  readonly before?: (page: Page) => Promise<void>;
  /** What a reader does on the page. */
  readonly act?: (page: Page) => Promise<void>;
  /** The browser has no WebGL. */
  readonly plain?: boolean;
  /** The picture has the whole page, and not only what fits the window. */
  readonly whole?: boolean;
}

const DRAWN = '.map-box[data-idle=yes]';
const DESK = '.staff-main h1';
const LONG_AGO = '2016-06-30';
// Longer than a line may be down without a word of it.
const LATER_MS = 16_000;

/** Every screen and state worth a look, by name; `url` is that of a server with the demo. */
export async function screens(url: string): Promise<Screen[]> {
  const listed = await json<ItemPage>(`${url}/api/collections/parcels/items?status=listed&limit=2`);
  const codes = listed.features.map((f) => encodeURIComponent(f.id));
  const code = codes[0] ?? '';
  const areas = await everything(url, 'areas');
  return [...maps(code, busiest(areas)), ...listings(codes), ...boards(), ...desks(), ...states()];
}

// The area with most that is left to be signed, else the first.
function busiest(areas: readonly Item[]): string {
  const open = areas.find((a) => a.properties.status === 'signing') ?? areas[0];
  return encodeURIComponent(open?.id ?? '');
}

function maps(parcel: string, area: string): Screen[] {
  const panel = (tool: string) => `.tool-panel.tool-${tool}`;
  return [
    { name: 'home', path: '/', ready: '.home-counts a' },
    { name: 'map', path: '/map', ready: DRAWN },
    { name: 'map-auction', path: '/map#mode=auction', ready: DRAWN, act: unfold },
    { name: 'map-use', path: '/map#mode=use&v=14.2/29.37/113.13', ready: DRAWN },
    { name: 'drawer', path: `/map#mode=auction&sel=parcels/${parcel}`, ready: '.drawer .history', act: pull },
    { name: 'drawer-area', path: `/map#sel=areas/${area}`, ready: '.drawer .history', role: 'planner' },
    { name: 'past', path: '/map#date=2018-06-30', ready: DRAWN },
    { name: 'search', path: '/map', ready: DRAWN, act: search },
    { name: 'menu', path: '/map', ready: DRAWN, act: menu },
    { name: 'tools', path: '/map', ready: DRAWN, act: tools },
    { name: 'filter', path: '/map#mode=auction&status=parcels:listed&tool=filter', ready: panel('filter') },
    { name: 'filtered', path: '/map#mode=auction&status=parcels:listed&use_class=residential', ready: DRAWN },
    { name: 'table', path: '/map#tab=parcels&tool=table', ready: '.tool-table tbody tr' },
    {
      name: 'measure',
      path: '/map#tool=measure',
      ready: panel('measure'),
      act: async (page) => {
        await drawn(page);
        await drawSquare(page);
        await page.locator('[data-measured=m2]:not([data-raw="0.00"])').waitFor();
      },
    },
    {
      name: 'select',
      path: '/map#mode=auction&tool=select',
      ready: panel('select'),
      act: async (page) => {
        await drawn(page);
        await drawSquare(page);
        await page.locator('.selected').first().waitFor();
      },
    },
    {
      name: 'remains',
      path: `/map#sel=areas/${area}&tool=remains`,
      role: 'planner',
      ready: '.tool-remains [data-left]',
    },
    {
      name: 'two-days',
      path: `/map#tool=compare&with=${LONG_AGO}`,
      ready: '.compare-map[data-idle=yes]',
    },
    {
      name: 'overlays',
      path: '/map#tool=overlays&over=exclusion-zones:60,blueprint,streets',
      ready: '.over-legend li',
    },
    { name: 'print', path: '/map#tool=print', ready: '.print-form' },
    { name: 'share', path: '/map#tool=share', ready: '#share-link', act: withPictures },
    { name: 'embed', path: '/embed', ready: DRAWN },
    { name: 'embed-key', path: `/embed#sel=areas/${area}`, ready: '.embed-card', act: embedKey },
    { name: 'keys', path: '/map', ready: DRAWN, act: (page) => page.keyboard.press('?') },
  ];
}

function listings(codes: readonly string[]): Screen[] {
  const [first = '', second = first] = codes;
  return [
    { name: 'listings', path: '/listings', ready: '.cards .card' },
    { name: 'listings-split', path: '/listings?view=split', ready: '[data-map] canvas', act: rest },
    { name: 'listings-map', path: '/listings?view=map', ready: '[data-map] canvas', act: rest },
    { name: 'listings-none', path: '/listings?mu_from=90000', ready: '.empty' },
    { name: 'listings-sold', path: '/listings?status=sold', ready: '.chart' },
    { name: 'listings-filters', path: '/listings', ready: '.cards .card', act: listingFilters },
    { name: 'parcel', path: `/listings/${first}`, ready: 'main h1', whole: true },
    { name: 'sheet', path: `/listings/${first}/sheet`, ready: 'figure.qr svg', whole: true },
    {
      name: 'compare',
      path: `/listings/compare?codes=${first},${second}`,
      ready: 'main h1',
      whole: true,
    },
  ];
}

function boards(): Screen[] {
  const at = (part: string): Screen => ({
    name: `board-${part}`,
    path: '/board',
    role: 'leader',
    ready: `#part-${part}`,
    act: (page) => page.evaluate((id) => document.getElementById(id)?.scrollIntoView(), `part-${part}`),
  });
  return [
    { name: 'board', path: '/board', role: 'leader', ready: '.board-cards li' },
    ...['lights', 'areas', 'burn-up', 'compare', 'groups', 'problems', 'auctions', 'funnel'].map(at),
    { name: 'meeting', path: '/board/meeting', role: 'leader', ready: '.board-cards li' },
    { name: 'wall', path: '/board/wall', role: 'leader', ready: '.board-cards li' },
    { name: 'report', path: '/board/report', role: 'leader', ready: '.board-cards li' },
  ];
}

function desks(): Screen[] {
  const row = '.list-table tbody tr';
  return [
    { name: 'work', path: '/work', role: 'leader', ready: DESK },
    { name: 'areas', path: '/areas', role: 'planner', ready: row },
    { name: 'households', path: '/households', role: 'planner', ready: row },
    { name: 'batch', path: '/households?status=negotiating', role: 'planner', ready: row, act: batch },
    { name: 'parcels', path: '/parcels', role: 'planner', ready: row },
    { name: 'problems', path: '/problems?stand=open', role: 'supervisor', ready: row },
    { name: 'projects', path: '/projects', role: 'planner', ready: DESK },
    { name: 'area', path: '/areas/YYL-01', role: 'planner', ready: '.file-head h1' },
    { name: 'area-end', path: '/areas/YYL-01', role: 'planner', ready: '.file-head h1', act: scrollDown },
    { name: 'problem', path: '/problems?stand=open', role: 'supervisor', ready: row, act: firstFile },
    { name: 'household', path: '/households', role: 'planner', ready: row, act: firstFile },
    { name: 'admin', path: '/admin', role: 'admin', ready: DESK },
    { name: 'calendar', path: '/admin?tab=calendar&year=2026', role: 'admin', ready: DESK },
    { name: 'audit', path: '/audit', role: 'supervisor', ready: DESK },
    { name: 'account', path: '/account', role: 'planner', ready: 'main h1' },
    { name: 'signin', path: '/signin', ready: '.demo-logins' },
    { name: 'import', path: '/import', role: 'planner', ready: '.import-form' },
    { name: 'import-report', path: '/import', role: 'planner', ready: '.import-form', act: report },
  ];
}

/** What a page shows when something is not as it should be. */
function states(): Screen[] {
  const refuse = (path: RegExp) => async (page: Page) => {
    await page.route(path, (route) => route.fulfill({ status: 503, body: '' }));
  };
  return [
    { name: 'notfound', path: '/no/such/page', ready: 'main h1' },
    { name: 'notfound-listing', path: '/listings/no-such-parcel', ready: 'main h1' },
    { name: 'gate', path: '/board', ready: '.card-page h1' },
    { name: 'no-webgl', path: '/map', ready: '.row', plain: true },
    { name: 'line-down', path: '/map', ready: '[data-live]', before: cut, act: waitLong },
    {
      name: 'list-failed',
      path: '/map',
      ready: '.panel .state[role=alert], .panel [role=alert]',
      before: refuse(/\/api\/collections\/areas\/items/),
    },
    {
      name: 'board-failed',
      path: '/board',
      role: 'leader',
      ready: '.board-failed',
      before: refuse(/\/api\/board/),
    },
    {
      name: 'nothing-found',
      path: '/problems?stand=open&area=NO-SUCH-AREA',
      role: 'supervisor',
      ready: '.list-empty',
    },
  ];
}

const narrow = (page: Page): boolean => (page.viewportSize()?.width ?? 0) < 900;

// On a narrow screen the list is a sheet: pulled up once.
async function pull(page: Page): Promise<void> {
  if (narrow(page)) await page.locator('.drawer .handle').click();
}

// On a narrow screen the legend is folded, in a sheet.
async function unfold(page: Page): Promise<void> {
  if (!narrow(page)) return;
  await page.locator('.panel .handle').click();
  await page.locator('.panel[data-stop=half]').waitFor();
  await page.locator('.panel .handle').click();
  await page.locator('.panel[data-stop=full]').waitFor();
  await page.locator('.fold > summary').click();
  await page.locator('.fold').evaluate((el) => el.scrollIntoView());
}

async function search(page: Page): Promise<void> {
  const box = page.locator('.search input');
  if (!(await box.isVisible())) await page.keyboard.press('/');
  await box.fill('东风湖');
  await page.locator('.hit').first().waitFor();
}

async function menu(page: Page): Promise<void> {
  const button = page.locator('[popovertarget=site-menu]');
  if (await button.isVisible()) await button.click();
}

async function tools(page: Page): Promise<void> {
  if (narrow(page)) await page.locator('.toolbar .tool').first().click();
}

async function withPictures(page: Page): Promise<void> {
  await page.waitForFunction(() => [...document.images].every((i) => i.complete));
}

async function embedKey(page: Page): Promise<void> {
  await page.locator('.embed-key button').click();
  await page.locator('#embed-key li').first().waitFor();
}

async function rest(page: Page): Promise<void> {
  await page.waitForSelector('[data-map] [data-idle=yes]', { state: 'attached' });
}

async function listingFilters(page: Page): Promise<void> {
  const folded = page.locator('.filters:not([open]) > summary');
  if (await folded.isVisible()) await folded.click();
  await page.locator('.pill').first().click();
}

async function firstFile(page: Page): Promise<void> {
  await page.locator('.list-table tbody tr a').first().click();
  await page.locator('.file-head h1').waitFor();
}

async function scrollDown(page: Page): Promise<void> {
  await page.locator('[aria-busy=true], .skeleton, .bones').first().waitFor({ state: 'detached' });
  await page.evaluate(() => {
    for (const el of [document.querySelector('.staff-main'), document.scrollingElement])
      el?.scrollTo(0, el.scrollHeight);
  });
}

async function batch(page: Page): Promise<void> {
  for (const n of [0, 1]) await page.locator('.list-table tbody input[type=checkbox]').nth(n).check();
  await page.locator('.chosen-bar .primary').click();
  await page.locator('.batch-target, .state-picks').first().waitFor();
}

async function report(page: Page): Promise<void> {
  await tryImport(page, IMPORT);
  await page.locator('.report tbody tr').first().waitFor();
  await page.locator('.report').scrollIntoViewIfNeeded();
}

async function cut(page: Page): Promise<void> {
  await page.clock.install();
  await page.route('**/api/live*', (route) => route.abort());
}

async function waitLong(page: Page): Promise<void> {
  await page.locator('[data-live=reconnecting]').waitFor();
  await page.clock.fastForward(LATER_MS);
  await page.locator('.line-down').waitFor();
}
