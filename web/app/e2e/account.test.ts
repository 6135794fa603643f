import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { accessible } from './axe.ts';
import { DESKTOP, openPage, PHONE } from './browser.ts';
import { binary, newData, type Server, start } from './server.ts';
import { browser, site } from './stage.ts';
import { totp } from './totp.ts';

const PASSWORD = 'a lake with nine bends';
const SIZES: readonly (readonly [string, BrowserContextOptions])[] = [
  ['desk', { viewport: DESKTOP }],
  ['phone', { viewport: PHONE, hasTouch: true, isMobile: true }],
];

let strict: Server;

before(async () => {
  // A second server on the same database, where leaders must have a second factor.
  const url = process.env.TENGDI_DATABASE_URL ?? (await tengdi('url', '--data', site.data)).trim();
  strict = await start(newData(), ['--database-url', url, '--two-factor', 'required']);
});

after(async () => {
  await strict?.stop();
});

async function tengdi(...args: string[]): Promise<string> {
  return (await promisify(execFile)(binary(), args)).stdout;
}

/** Makes an account by command. */
async function add(login: string, role: string): Promise<void> {
  const database = process.env.TENGDI_DATABASE_URL;
  const where = database ? ['--database-url', database] : ['--data', site.data];
  const made = promisify(execFile)(binary(), ['user', 'add', login, '--role', role, ...where]);
  made.child.stdin?.end(`${PASSWORD}\n`);
  await made;
}

async function signIn(page: Page, login: string, password = PASSWORD): Promise<void> {
  await page.locator('input[name=login]').fill(login);
  await page.locator('input[name=password]').fill(password);
  await page.locator('form button[type=submit]').click();
}

/** Signs out and waits until the page that follows is there. */
async function signOut(page: Page): Promise<void> {
  const menu = page.getByRole('button', { name: '菜单' });
  const out = page.getByRole('button', { name: '退出登录' });
  // Which of the two there is depends on the width, and neither is there before the page is drawn.
  await menu.or(out).first().waitFor();
  if (await menu.isVisible()) await menu.click();
  // The page comes again, for nobody.
  await Promise.all([page.waitForEvent('load'), out.click()]);
}

/** Reads the key from the screen, shows its first code and keeps the recovery codes. */
async function enrol(page: Page): Promise<{ secret: string; recovery: string[] }> {
  const secret = await page.locator('.enrol .secret').innerText();
  const picture = page.getByAltText('双重验证二维码');
  assert.ok(
    await picture.evaluate((el) => (el as HTMLImageElement).naturalWidth >= 200),
    'the QR code is drawn',
  );
  await page.locator('input[name=code]').fill('000000');
  await page.locator('.enrol button[type=submit]').click();
  await page.getByRole('alert').filter({ hasText: '不是此刻的验证码' }).waitFor();
  await accessible(page, 'beginning a second factor');
  await page.locator('input[name=code]').fill(totp(secret));
  await page.locator('.enrol button[type=submit]').click();
  const codes = page.locator('.recovery li');
  await codes.first().waitFor();
  const recovery = await codes.allInnerTexts();
  assert.equal(recovery.length, 10);
  const onward = page.getByRole('button', { name: '继续' });
  assert.ok(await onward.isDisabled(), 'the codes have to be kept first');
  await accessible(page, 'the recovery codes');
  await page.getByLabel('我已保存好恢复码').check();
  await onward.click();
  return { secret, recovery };
}

for (const [size, options] of SIZES) {
  test(`somebody begins a second factor, signs in with it and ends it, ${size}`, async () => {
    const login = `wang-${size}`;
    await add(login, 'planner');
    const { page, faults, close } = await openPage(browser, site.url, '/signin?next=/account', options);
    await signIn(page, login);
    await page.waitForURL((u) => u.pathname === '/account');
    await page.getByRole('button', { name: '启用双重验证' }).click();
    const { secret, recovery } = await enrol(page);
    await page.getByText('恢复码还剩 10 个').waitFor();
    await accessible(page, 'the account');

    await signOut(page);
    await page.goto(`${site.url}/signin?next=/account`);
    await signIn(page, login);
    await page.getByRole('heading', { name: '双重验证' }).waitFor();
    await accessible(page, 'the second step');
    await page.locator('input[name=code]').fill('123456');
    await page.locator('form button[type=submit]').click();
    await page.getByRole('alert').filter({ hasText: '验证码不对' }).waitFor();
    await page.locator('input[name=code]').fill(totp(secret, 1));
    await page.locator('form button[type=submit]').click();
    await page.waitForURL((u) => u.pathname === '/account');

    await signOut(page);
    await page.goto(`${site.url}/signin?next=/account`);
    await signIn(page, login);
    await page.getByRole('button', { name: /使用恢复码/ }).click();
    await page.locator('input[name=code]').fill(recovery[0] ?? '');
    await page.locator('form button[type=submit]').click();
    await page.getByText('恢复码还剩 9 个').waitFor();

    await page.getByText('停用双重验证').click();
    await page.locator('input[name=end-password]').fill(PASSWORD);
    await page.locator('input[name=end-code]').fill(recovery[1] ?? '');
    await page.getByRole('button', { name: '确认停用' }).click();
    await page.getByText('双重验证已停用').waitFor();
    await page.getByRole('button', { name: '启用双重验证' }).waitFor();
    assert.deepEqual(faults, []);
    await close();
  });

  test(`a role that must have a second factor gets no further without one, ${size}`, async () => {
    const login = `head-${size}`;
    await add(login, 'leader');
    const { page, faults, close } = await openPage(browser, strict.url, '/signin?next=/account', options);
    await signIn(page, login);
    await page.getByRole('heading', { name: '启用双重验证' }).waitFor();
    const beyond = await page.evaluate(async () => (await fetch('/api/work')).status);
    assert.equal(beyond, 401);
    await enrol(page);
    await page.waitForURL((u) => u.pathname === '/account');
    await page.getByText('您的角色必须启用双重验证').waitFor();
    assert.deepEqual(faults, []);
    await close();
  });

  test(`somebody changes the password, makes a token and ends it, ${size}`, async () => {
    const login = `li-${size}`;
    await add(login, 'viewer');
    const { page, faults, close } = await openPage(browser, site.url, '/signin?next=/account', options);
    await signIn(page, login);
    await page.waitForURL((u) => u.pathname === '/account');
    const password = page.getByRole('region', { name: '密码' });
    await password.locator('summary').click();
    const change = async (current: string, fresh: string, again = fresh) => {
      await page.locator('input[name=current]').fill(current);
      await page.locator('input[name=fresh]').fill(fresh);
      await page.locator('input[name=again]').fill(again);
      await password.getByRole('button', { name: '修改密码' }).click();
    };
    await change(PASSWORD, 'eight bends of a river', 'nine bends of a river');
    await password.getByRole('alert').filter({ hasText: '不一致' }).waitFor();
    await change(PASSWORD, '1234567890');
    await password.getByRole('alert').filter({ hasText: '过于常见' }).waitFor();
    await change('not my password', 'eight bends of a river');
    await password.getByRole('alert').filter({ hasText: '与当前密码不符' }).waitFor();
    await change(PASSWORD, 'eight bends of a river');
    await page.getByText('密码已修改').waitFor();

    await page.getByText('新建令牌').click();
    await page.locator('input[name=token-name]').fill('夜间报表');
    await page.getByRole('button', { name: '生成令牌' }).click();
    const secret = await page.locator('.token-secret').innerText();
    const call = async () => {
      const answer = await fetch(`${site.url}/api/session`, {
        headers: { Authorization: `Bearer ${secret}` },
      });
      return answer.ok ? ((await answer.json()) as { user: { login: string } }).user.login : answer.status;
    };
    assert.equal(await call(), login);
    await accessible(page, 'the account with a token');
    await page.getByRole('button', { name: '停用令牌“夜间报表”' }).click();
    await page.getByText('令牌已停用').waitFor();
    assert.equal(await call(), 401);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `the page is ${wide} pixels too wide`);
    assert.deepEqual(faults, []);
    await close();
  });
}

test('a sign-on that was refused is explained, in both languages', async () => {
  for (const [lang, text] of [
    ['zh-CN', '所属用户组在本系统没有角色'],
    ['en', 'none of your groups has a role'],
  ] as const) {
    const { page, close } = await openPage(browser, site.url, `/signin?sso=refused#lang=${lang}`);
    await page.getByRole('alert').filter({ hasText: text }).waitFor();
    await close();
  }
});
