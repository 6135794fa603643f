import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { formats } from '../src/format.ts';
import { addDays, today } from '../src/staff/days.ts';
import type { Item, ItemPage } from '../src/types.ts';
import { accessible } from './axe.ts';
import { DESKTOP, openPage, PHONE, type Watched } from './browser.ts';
import { browser, site } from './stage.ts';
import { login } from './steps.ts';

const PHONE_OPTIONS: BrowserContextOptions = { viewport: PHONE, hasTouch: true, isMobile: true };
const NOW = today('Asia/Shanghai');

/** Opens a page as somebody of the demo. */
async function openAs(role: string, path: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const watched = await openPage(browser, site.url, '/livez', options);
  await login(watched.page, site.url, role);
  await watched.page.goto(site.url + path);
  return watched;
}

/** Finds an item that a query names, as the page's reader sees it. */
async function oneOf(page: Page, collection: string, query: string): Promise<Item> {
  const answer = await page.request.get(`${site.url}/api/collections/${collection}/items?limit=1&${query}`);
  const [item] = ((await answer.json()) as ItemPage).features;
  assert.ok(item, `the demo has ${collection} with ${query}`);
  return item;
}

async function openFile(page: Page, collection: string, code: string): Promise<void> {
  await page.goto(`${site.url}/${collection}/${encodeURIComponent(code)}`);
  await page.locator('.file-head h1').waitFor();
}

test('a move is refused guard by guard, and made once the dates are right', async () => {
  const { page, faults, close } = await openAs('trading', '/parcels', { viewport: DESKTOP });
  const parcel = await oneOf(page, 'parcels', 'status=planned');
  await openFile(page, 'parcels', parcel.id);
  await page.locator('[data-to=announced]').click();
  const form = page.locator('.step-form form');
  const fill = (name: string, value: string) => form.locator(`[name=${name}]`).fill(value);
  await form.getByRole('button', { name: '转为“公告”' }).click();
  await form.locator('.fault', { hasText: '请填写此项' }).first().waitFor();
  await form.locator('[name=notice_no]:focus').waitFor();
  await fill('notice_no', '岳楼示告〔2026〕901号');
  await form.locator('[name=mode]').selectOption('listing');
  await fill('start_wan', '12,500');
  await form.getByText('1.25 亿元').waitFor();
  await fill('deposit_wan', '2000');
  await form.getByText('仅为起始价的 16%').waitFor();
  await fill('step_wan', '100');
  await fill('notice_on', NOW);
  await fill('list_from', addDays(NOW, 11));
  await form.getByText('距公告仅 11 日').waitFor();
  await fill('list_to', addDays(NOW, 40));
  await form.getByRole('button', { name: '转为“公告”' }).click();
  const refusal = form.locator('.form-problem');
  await refusal.locator('[data-guard=notice_20d]').waitFor();
  assert.match((await refusal.innerText()) ?? '', /公告距挂牌开始 11 日，不足 20 日/);
  assert.equal(await form.locator('[name=notice_no]').inputValue(), '岳楼示告〔2026〕901号');
  await accessible(page, 'a refusal');
  await fill('list_from', addDays(NOW, 20));
  await form.getByRole('button', { name: '转为“公告”' }).click();
  await page.locator('.file-done', { hasText: '已变更为“公告”' }).waitFor();
  assert.match(await page.locator('.file-done').innerText(), /保证金低于起始价的 20%/);
  await page.locator('.file-marks .badge', { hasText: '公告' }).waitFor();
  const newest = page.locator('.entry').first();
  assert.match(await newest.innerText(), /公告编号|公告或告知书编号/);
  assert.match(await newest.innerText(), /1\.25 亿元/);
  assert.deepEqual(faults, []);
  await close();
});

test('who is second is told what changed and keeps what was typed', async () => {
  const first = await openAs('planner', '/areas');
  const second = await openAs('planner', '/areas');
  // Without the stream the second page does not hear of the change before it writes.
  await second.page.route('**/api/live*', (r) => r.abort());
  const { id, properties } = await oneOf(first.page, 'areas', 'status=signing');
  const plan = String(Number(properties.plan_mu) + 1.5);
  const street = properties.street === '430602005' ? '430602003' : '430602005';
  for (const { page } of [first, second]) {
    await openFile(page, 'areas', id);
    await page.getByRole('button', { name: '更正', exact: true }).first().click();
  }
  const save = async (page: Page, name: string, value: string, why: string) => {
    const form = page.locator('.edit-box form');
    await form.locator(`[name=${name}]`).fill(value);
    await form.getByLabel('理由').fill(why);
    await form.getByRole('button', { name: '更正' }).click();
  };
  await save(first.page, 'plan_mu', plan, '勘测复核');
  await first.page.locator('.file-done', { hasText: '已更正' }).waitFor();
  await save(second.page, 'street', street, '街道区划调整');
  const told = second.page.locator('.form-problem.stale');
  await told.locator('li', { hasText: '计划腾地' }).waitFor();
  assert.ok((await told.innerText()).includes(`现为 ${plan}`));
  assert.equal(await second.page.locator('.edit-box [name=street]').inputValue(), street);
  assert.equal(await second.page.locator('.edit-box [name=plan_mu]').inputValue(), plan);
  await accessible(second.page, 'a conflict');
  await second.page.locator('.edit-box').getByRole('button', { name: '更正' }).click();
  await second.page.locator('.file-done', { hasText: '已更正' }).waitFor();
  // Both changes hold, and the first page hears of the second without asking.
  await first.page.locator('[data-fact=street] dd', { hasText: street }).waitFor();
  await first.page
    .locator('[data-fact=plan_mu] dd', { hasText: formats('zh-CN', 'UTC').mu(Number(plan)) })
    .waitFor();
  const entry = first.page.locator('.entry[data-verb=corrected]').first();
  await entry.getByText('理由：街道区划调整').waitFor();
  assert.deepEqual(first.faults, []);
  await first.close();
  await second.close();
});

test('a visit is recorded, corrected with a reason and struck out', async () => {
  const { page, faults, close } = await openAs('planner', '/households');
  const { id } = await oneOf(page, 'households', 'status=negotiating');
  await openFile(page, 'households', id);
  const tab = page.getByRole('tab', { name: /入户走访/ });
  await tab.click();
  const before = Number(
    (await tab
      .locator('.count')
      .textContent()
      .catch(() => '0')) ?? 0,
  );
  await page.getByRole('button', { name: '登记入户走访' }).click();
  const form = page.locator('#kind-panel .edit-box form');
  await form.locator('[name=topic]').fill('协商补偿');
  await form.getByRole('button', { name: '登记入户走访' }).click();
  await form.locator('.form-field.wrong', { hasText: '结果' }).waitFor();
  await form.locator('[name=outcome]').selectOption('约定再谈');
  await form.locator('[name=due]').fill(addDays(NOW, 6));
  await form.getByRole('button', { name: '登记入户走访' }).click();
  await page.locator('.file-done', { hasText: '已登记：入户走访' }).waitFor();
  assert.equal(await tab.locator('.count').textContent(), String(before + 1));
  await page.locator('.fact-grid', { hasText: '约定走访' }).getByText('还剩 6 天').waitFor();
  const row = page.locator('.record').first();
  assert.match(await row.innerText(), /约定再谈/);
  await row.getByRole('button', { name: '更正' }).click();
  await row.locator('[name=outcome]').selectOption('同意');
  await row.getByRole('button', { name: '保存' }).click();
  await row.locator('.fault').waitFor();
  await row.getByLabel('理由').fill('误选');
  await row.getByRole('button', { name: '保存' }).click();
  await page.locator('.record').first().getByText('同意').waitFor();
  await row.getByRole('button', { name: '划除' }).click();
  await row.getByLabel('理由').fill('重复登记');
  await row.getByRole('button', { name: '划除' }).click();
  await page.locator('.file-done', { hasText: '已划除' }).waitFor();
  await page.getByText(/显示已划除的 \d+ 条/).click();
  await page.locator('.record.struck', { hasText: '已划除：重复登记' }).first().waitFor();
  const words = await page.locator('.timeline').innerText();
  for (const said of [/登记入户走访/, /更正入户走访/, /划除入户走访/]) assert.match(words, said);
  assert.deepEqual(faults, []);
  await close();
});

test('a paper is uploaded, comes back as it was and is struck out', async () => {
  const { page, faults, close } = await openAs('planner', '/projects', PHONE_OPTIONS);
  const { id } = await oneOf(page, 'projects', '');
  await openFile(page, 'projects', id);
  const box = page.locator('section', { has: page.getByRole('heading', { name: '材料' }) });
  await box.getByRole('button', { name: '上传材料' }).click();
  await box.getByRole('button', { name: '上传', exact: true }).click();
  await box.getByRole('alert').getByText('请选择材料类别').waitFor();
  await box.locator('select').selectOption('plan');
  const buffer = Buffer.from('%PDF-1.4\n% 方案\n%%EOF\n');
  const name = '意向方案.pdf';
  await box.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/pdf', buffer });
  await box.getByRole('button', { name: '上传', exact: true }).click();
  await page.locator('.file-done', { hasText: `已上传：${name}` }).waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    box.getByRole('link', { name }).click(),
  ]);
  assert.equal(download.suggestedFilename(), name);
  assert.deepEqual(readFileSync(await download.path()), buffer);
  await accessible(page, 'a file with a paper');
  await box.getByRole('button', { name: `划除 ${name}` }).click();
  await box.getByLabel('理由').fill('版本有误');
  await box.getByRole('button', { name: '划除', exact: true }).click();
  await page.locator('.file-done', { hasText: '已划除' }).waitFor();
  await box.getByText('还没有材料').waitFor();
  await page.locator('.entry[data-verb=detached]', { hasText: name }).getByText('版本有误').first().waitFor();
  assert.deepEqual(faults, []);
  await close();
});

test('a leader extends a problem twice and escalates it, and no third time', async () => {
  const { page, close } = await openAs('leader', '/problems');
  const { id, properties } = await oneOf(page, 'problems', 'status=in_progress&light=green');
  await openFile(page, 'problems', id);
  let due = String(properties.due);
  for (let n = Number(properties.extensions ?? 0); n < 2; n++) {
    due = addDays(due, 10);
    await page.locator('[data-record=extension]').click();
    const form = page.locator('.step-form form');
    await form.locator('[name=due]').fill(due);
    await form.getByLabel('理由').fill('需上级协调');
    await form.getByRole('button', { name: '登记延期' }).click();
    await page.locator('[data-record=extension]', { hasText: `已延期 ${n + 1} 次` }).waitFor();
  }
  // What can only be refused is not offered, and says why.
  const third = page.locator('[data-record=extension]', { hasText: '最多延期两次' });
  await third.waitFor();
  assert.ok(await third.isDisabled());
  await page.locator('.file-marks .light.red').waitFor();
  await close();
});

test('a link opens the file at a form', async () => {
  const { page, close } = await openAs('planner', '/problems', { viewport: DESKTOP });
  const problem = await oneOf(page, 'problems', 'status=in_progress');
  await page.goto(`${site.url}/problems/${problem.id}?move=submitted`);
  await page.locator('.step.open [name=evidence]').waitFor();
  const home = await oneOf(page, 'households', 'status=negotiating');
  await page.goto(`${site.url}/households/${home.id}?record=visit`);
  await page.locator('#kind-panel .edit-box [name=outcome]').waitFor();
  await close();
});

test('the map and the files lead to each other', async () => {
  const { page, faults, close } = await openAs('planner', '/map', { viewport: DESKTOP });
  const { id } = await oneOf(page, 'parcels', 'status=listed');
  await page.goto(`${site.url}/map#mode=auction&sel=parcels/${id}`);
  await page.getByRole('link', { name: '打开档案' }).click();
  await page.locator('.file-kind .code', { hasText: id }).waitFor();
  assert.equal(new URL(page.url()).pathname, `/parcels/${id}`);
  await page.locator('.file-marks a', { hasText: '片区' }).click();
  await page.locator('.file-kind', { hasText: '片区' }).waitFor();
  await page.goBack();
  await page.locator('.file-kind .code', { hasText: id }).waitFor();
  await page.getByRole('link', { name: '在地图上查看' }).click();
  await page.locator('.drawer .code', { hasText: id }).waitFor();
  assert.deepEqual(faults, []);
  await close();
});

test('the staff pages are walked by keyboard', async () => {
  const { page, close } = await openAs('planner', '/areas/YYL-01');
  await page.locator('.file-head h1').waitFor();
  await page.keyboard.press('Tab');
  await page.locator('.skip:focus').waitFor();
  await page.keyboard.press('Enter');
  assert.ok(await page.evaluate(() => document.activeElement?.matches('main')));
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: '键盘快捷键' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  const step = page.locator('.step-button').first();
  await step.focus();
  await page.keyboard.press('Enter');
  await page.locator('.step.open').waitFor();
  await page.locator('.step-form input').first().focus();
  await page.keyboard.press('Escape');
  await page.locator('.step.open').waitFor({ state: 'detached' });
  assert.ok(await step.evaluate((el) => el === document.activeElement));
  await page.keyboard.press('g');
  await page.keyboard.press('m');
  await page.waitForURL(/\/map/);
  await close();
});

test('without an account a file shows the way to sign in and asks for nothing of it', async () => {
  const { page, faults, close } = await openPage(browser, site.url, '/livez');
  const asked: string[] = [];
  page.on('request', (r) => asked.push(new URL(r.url()).pathname));
  await page.goto(`${site.url}/households/YYL-01-0334-02`);
  const link = page.getByRole('main').getByRole('link', { name: '登录' });
  await link.waitFor();
  assert.equal(new URL(await link.evaluate((a: HTMLAnchorElement) => a.href)).pathname, '/signin');
  assert.deepEqual(
    asked.filter((p) => /households/.test(p) && p.startsWith('/api')),
    [],
  );
  assert.deepEqual(faults, []);
  await close();
});

test('a file that is not there says so', async () => {
  const { page, close } = await openAs('planner', '/areas/YYL-00');
  await page.getByRole('heading', { name: /没有这份档案/ }).waitFor();
  await page.getByRole('link', { name: '返回列表' }).waitFor();
  await close();
});

const FILES = [
  { collection: 'areas', query: 'status=vacating' },
  { collection: 'buildings', query: 'status=existing' },
  { collection: 'households', query: 'status=negotiating' },
  { collection: 'parcels', query: 'status=sold' },
  { collection: 'problems', query: 'status=assigned' },
  { collection: 'projects', query: 'status=signed' },
];

for (const [name, options, hash] of [
  ['1440x900', { viewport: DESKTOP }, ''],
  ['390x844, English and dark', PHONE_OPTIONS, '#lang=en&theme=dark'],
] as const) {
  test(`axe has no serious finding on the files, ${name}`, async () => {
    const { page, faults, close } = await openAs('planner', '/livez', options);
    for (const { collection, query } of FILES) {
      const item = await oneOf(page, collection, query).catch(() => oneOf(page, collection, ''));
      await page.goto(`${site.url}/${collection}/${encodeURIComponent(item.id)}${hash}`);
      await page.locator('.file-head h1').waitFor();
      const step = page.locator('.step-button').first();
      if (await step.isVisible()) await step.click();
      await accessible(page, `${collection} ${item.id}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${collection}: the page is ${wide} pixels too wide`);
      const below = await page.evaluate(() => document.documentElement.scrollHeight - innerHeight);
      assert.equal(below, 0, `${collection}: ${below} empty pixels below the page`);
      if (collection !== 'parcels') continue;
      const border = await page
        .locator('.round')
        .first()
        .evaluate((el) => getComputedStyle(el).borderTopWidth);
      assert.equal(border, '1px', 'a round has its look without the map');
    }
    assert.deepEqual(faults, []);
    await close();
  });
}
