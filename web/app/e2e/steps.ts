import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { DemoLogin, Session } from '../src/types.ts';
import { json } from './api.ts';

/** The demo's account of a role, as the sign-in page offers it. */
export async function accountOf(base: string, role: string): Promise<DemoLogin> {
  const { demo_logins } = await json<Session>(`${base}/api/session`);
  const found = demo_logins?.find((d) => d.role === role);
  assert.ok(found, `the demo offers a ${role}`);
  return found;
}

/** The demo's planner, as the sign-in page offers it. */
export async function planner(base: string): Promise<DemoLogin> {
  return accountOf(base, 'planner');
}

/** Signs a page in as a role of the demo, without the sign-in page. */
export async function login(page: Page, base: string, role: string): Promise<void> {
  const { login, password } = await accountOf(base, role);
  const answer = await page.request.post(`${base}/api/session`, {
    data: { login, password },
    headers: { Origin: base },
  });
  assert.ok(answer.ok(), `${role} signs in: ${answer.status()}`);
}

export async function signIn(page: Page, who: DemoLogin): Promise<void> {
  await page.locator('.demo-logins button', { hasText: who.login }).click();
}

/** Opens the first thing of the list. */
export async function openDrawer(page: Page): Promise<void> {
  const handle = page.locator('.panel .handle');
  if (await handle.isVisible()) await handle.click();
  await page.locator('.row button').first().click();
  await page.locator('.drawer .history').waitFor();
  await page.locator('.map-box[data-idle=yes]').waitFor({ state: 'attached' });
}

const square = (w: number, s: number) => {
  const [e, n] = [w + 0.0008, s + 0.0008];
  return [
    [w, s],
    [e, s],
    [e, n],
    [w, n],
    [w, s],
  ];
};

const feature = (code: string, ring: number[][]) => ({
  type: 'Feature',
  properties: { code, name: `示例${code}`, land_use: '070102' },
  geometry: { type: 'Polygon', coordinates: [ring] },
});

const [w, s] = [113.1701, 29.4101];

/** A file of parcels with one good row and two that cannot be taken: a bow tie, and one without a code. */
export const IMPORT = {
  name: 'parcels.geojson',
  mimeType: 'application/geo+json',
  buffer: Buffer.from(
    JSON.stringify({
      type: 'FeatureCollection',
      features: [
        feature('430602003001GB90001', square(w, s)),
        feature('430602003001GB90002', [
          [w, s],
          [w + 0.001, s + 0.001],
          [w + 0.001, s],
          [w, s + 0.001],
          [w, s],
        ]),
        feature('', square(w + 0.003, s)),
      ],
    }),
  ),
};

export async function tryImport(page: Page, file: typeof IMPORT): Promise<void> {
  await page.locator('input[type=file]').setInputFiles(file);
  await page.locator('select[name=layer]').selectOption('parcels');
  await page.locator('input[name=crs]').fill('EPSG:4326');
  assert.ok(await page.locator('input[name=dry_run]').isChecked(), 'a try is the rule');
  await page.locator('.import-form button[type=submit]').click();
}
