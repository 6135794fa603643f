import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BrowserContextOptions } from 'playwright-core';
import type { ItemPage } from '../src/types.ts';
import { ask } from './api.ts';
import { DESKTOP, openPage, PHONE, type Watched } from './browser.ts';
import { browser, site } from './stage.ts';
import { login } from './steps.ts';

// What forms say: of their own saving, of what is not the reader's to do, of what was left out.

async function as(role: string, path: string, options?: BrowserContextOptions): Promise<Watched> {
  const watched = await openPage(browser, site.url, '/signin', options ?? { viewport: DESKTOP });
  await login(watched.page, site.url, role);
  await watched.page.goto(site.url + path);
  await watched.page.locator('.staff-main h1').waitFor();
  return watched;
}

test('a form that saved takes what it saved for its own, time after time', async () => {
  const { page, faults, close } = await as('admin', '/admin?tab=thresholds');
  const box = page.locator('.thresholds');
  const input = box.locator('input[name=problem_amber_days]');
  const before = await input.inputValue();
  for (const days of ['12', '11', before]) {
    await input.fill(days);
    await Promise.all([
      page.waitForResponse((r) => r.url().endsWith('/api/thresholds') && r.request().method() === 'PUT'),
      box.locator('button[type=submit]').click(),
    ]);
    await box.locator('.saved', { hasText: '已保存' }).waitFor();
    // Whatever follows from the new values has been drawn after two frames.
    await page.evaluate(() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r))));
    assert.equal(await box.locator('.form-problem').count(), 0, `after ${days} days`);
    assert.equal(await input.inputValue(), days);
  }
  assert.deepEqual(faults, []);
  await close();
});

test('outside the own areas nothing is offered, and a link to a step says why', async () => {
  const { page, faults, close } = await as('field', '/work');
  const mine = await ask<{ areas: { code: string }[] }>(page, '/api/work');
  const areas = await ask<ItemPage>(page, '/api/collections/areas/items?limit=1000');
  const other = areas.features.find((a) => !mine.areas.some((m) => m.code === a.id));
  assert.ok(other && mine.areas[0]);
  await page.goto(`${site.url}/areas/${other.id}?move=closed`);
  await page.locator('.file').waitFor();
  await page.locator('.steps', { hasText: '不属于您包联的片区' }).waitFor();
  assert.equal(await page.locator('.file .box-head button.second, .file .add-record').count(), 0);
  assert.equal(await page.locator('.record-actions button').count(), 0);
  await page.goto(`${site.url}/areas/${mine.areas[0].code}`);
  await page.locator('[aria-labelledby=facts-title] button.second').waitFor();
  assert.deepEqual(faults, []);
  await close();
});

test('who can do nothing is told who can', async () => {
  const { page, faults, close } = await as('viewer', '/problems');
  const found = await ask<ItemPage>(page, '/api/collections/problems/items?status=submitted&limit=1');
  const code = found.features[0]?.id;
  assert.ok(code, 'the demo has a problem that waits for its verification');
  await page.goto(`${site.url}/problems/${code}?move=verified`);
  await page.locator('.steps [data-other=verified]').waitFor();
  assert.match(await page.locator('.steps [data-other=verified]').innerText(), /督查、管理/);
  assert.match(await page.locator('.steps .step-missing').innerText(), /督查、管理/);
  assert.deepEqual(faults, []);
  await close();
});

test('on the phone a form that lacks something shows where', async () => {
  const options = { viewport: PHONE, hasTouch: true, isMobile: true };
  const { page, faults, close } = await as('planner', '/problems?area=YYL-04', options);
  await page.locator('.desk-actions button').click();
  const form = page.locator('.new-item');
  assert.equal(await form.locator('input[name=area]').inputValue(), 'YYL-04');
  assert.ok(await form.locator('input[name=area]').evaluate((e) => e === document.activeElement));
  assert.equal(await form.locator('.hits:not([hidden])').count(), 0, 'what is filled in opens no list');
  await form.locator('button[type=submit]').click();
  const kind = form.locator('select[name=kind]');
  await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'kind');
  const at = await kind.boundingBox();
  assert.ok(at && at.y >= 0 && at.y + at.height <= PHONE.height, 'the first at fault is in view');
  assert.deepEqual(faults, []);
  await close();
});

test('for ten seconds a step can be taken back, with a reason, where the machine has the way', async () => {
  const { page, faults, close } = await as('admin', '/problems');
  const { features } = await ask<ItemPage>(page, '/api/collections/problems/items?status=opened&limit=1');
  const code = features[0]?.id;
  assert.ok(code, 'the demo has a problem that was not assigned');
  await page.goto(`${site.url}/problems/${code}`);
  await page.locator('.step-button[data-to=assigned]').click();
  const form = page.locator('.step-form form');
  await form.locator('[name=department]').fill('区住建局');
  await form.locator('[name=due]').fill('2030-01-31');
  await form.locator('button[type=submit]').click();
  await page.locator('.file-done', { hasText: '已变更为“交办”' }).waitFor();
  const bar = page.locator('.notice.undo');
  await bar.getByRole('button', { name: '撤回到“挂号”' }).focus();
  await page.keyboard.press('Enter');
  await bar.waitFor({ state: 'detached' });
  const back = page.locator('.steps details[open] .step-form form');
  await back.locator('button[type=submit]').click();
  await back.locator('.fault').first().waitFor();
  await back.locator('textarea').last().fill('交办单位有误');
  await back.locator('button[type=submit]').click();
  await page.locator('.file-done', { hasText: '已变更为“挂号”' }).waitFor();
  assert.equal(await bar.count(), 0, 'a step back is not offered to be taken back');
  assert.deepEqual(faults, []);
  await close();
});
