import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { DESKTOP, drawn, launch, openPage } from './browser.ts';
import { binary, newData, start } from './server.ts';
import { openDrawer } from './steps.ts';

// Takes a picture of each set of real land that TENGDI_FIXTURES has, imported into an instance of its own.
const OUT = resolve(import.meta.dirname, '../../../../docs/screenshots');
const ROOT = process.env.TENGDI_FIXTURES;
if (!ROOT || ROOT === 'none') throw new Error('set TENGDI_FIXTURES to the folder of real files');

interface Set {
  readonly name: string;
  readonly file: string;
  readonly layer: 'areas' | 'parcels';
  readonly args: readonly string[];
}

const SETS: readonly Set[] = [
  {
    name: 'dutch-gpkg',
    file: 'formats/brpgewaspercelen_definitief_2023.gpkg',
    layer: 'parcels',
    args: ['--number', 'NL-'],
  },
  {
    name: 'german-zip',
    file: 'formats/Feldbloecke_2026_GPKG.zip',
    layer: 'parcels',
    args: ['--map', 'code=FLIK'],
  },
  { name: 'danish-zip', file: 'formats/Marker_2026.zip', layer: 'parcels', args: ['--number', 'DK-'] },
  {
    name: 'favelas-shp',
    file: 'favelas/favelas.shp',
    layer: 'areas',
    args: ['--map', 'code=cd_fcu,name=nome'],
  },
  { name: 'counties-wgs84', file: 'yueyang/counties_wgs84.geojson', layer: 'areas', args: [] },
  {
    name: 'counties-cgcs2000',
    file: 'yueyang/counties_cgcs2000_1to4m.geojson',
    layer: 'areas',
    args: ['--crs', 'EPSG:4490'],
  },
  {
    name: 'counties-gcj02',
    file: 'yueyang/counties_gcj02.geojson',
    layer: 'areas',
    args: ['--datum', 'gcj02'],
  },
];
const ACCOUNT = { login: 'planner', password: 'eight bends of a river' };

mkdirSync(OUT, { recursive: true });
const browser = await launch();
try {
  for (const set of SETS) await picture(set);
} finally {
  await browser.close();
}

async function picture(set: Set): Promise<void> {
  const data = newData();
  const tengdi = (args: readonly string[], input?: string) =>
    execFileSync(binary(), [...args, '--data', data], { input, stdio: ['pipe', 'pipe', 'inherit'] });
  tengdi(['migrate']);
  tengdi(['user', 'add', ACCOUNT.login, '--role', 'planner'], `${ACCOUNT.password}\n`);
  tengdi(['import', join(ROOT as string, set.file), '--layer', set.layer, ...set.args]);
  const site = await start(data, []);
  try {
    const next = encodeURIComponent(
      set.layer === 'parcels' ? '/map#tab=parcels&mode=auction' : '/map#tab=areas',
    );
    const { page, faults, close } = await openPage(browser, site.url, `/signin?next=${next}`, {
      viewport: DESKTOP,
    });
    await page.locator('input[name=login]').fill(ACCOUNT.login);
    await page.locator('input[name=password]').fill(ACCOUNT.password);
    await page.locator('form button[type=submit]').click();
    await page.waitForURL((url) => url.pathname === '/map');
    await drawn(page);
    if (set.layer === 'parcels') await goToFirst(page);
    await page.waitForTimeout(500);
    await page.screenshot({ path: resolve(OUT, `import-${set.name}.png`) });
    if (faults.length > 0) throw new Error(`${set.name}: ${faults.join('\n')}`);
    console.log(`docs/screenshots/import-${set.name}.png`);
    await close();
  } finally {
    await site.stop();
  }
}

/** Parcels over a whole country are specks: goes to the first one. */
async function goToFirst(page: Page): Promise<void> {
  await openDrawer(page);
  await page.locator('.drawer-actions button').first().click();
  await page.waitForTimeout(1500);
  await drawn(page);
}
