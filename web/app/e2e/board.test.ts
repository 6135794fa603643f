import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import type { Areas, Headline, Problems, Series } from '../src/board/types.ts';
import { formats } from '../src/format.ts';
import type { Summary } from '../src/types.ts';
import { ask } from './api.ts';
import { accessible } from './axe.ts';
import { DESKTOP, openPage, PHONE, type Watched } from './browser.ts';
import { browser, site } from './stage.ts';
import { login } from './steps.ts';

// The board, by the account of a leader: the scenarios of leaders by their numbers (5 and 10 are lived in
// lives.test.ts).
const WIDE: BrowserContextOptions = { viewport: DESKTOP };
const TABLET: BrowserContextOptions = { viewport: { width: 820, height: 1180 }, hasTouch: true };
const PHONE_OPTIONS: BrowserContextOptions = { viewport: PHONE, hasTouch: true, isMobile: true };

async function open(path: string, options: BrowserContextOptions = WIDE): Promise<Watched> {
  const watched = await openPage(browser, site.url, '/signin', options);
  await login(watched.page, site.url, 'leader');
  await watched.page.goto(site.url + path);
  return watched;
}

/** The numbers in a text, in the order of reading. */
function numbers(text: string): number[] {
  return [...text.matchAll(/-?[\d,]+(?:\.\d+)?/g)].map((m) => Number(m[0].replaceAll(',', '')));
}

const table = (page: Page, part: string) => page.locator(`.board-part.${part} tbody tr`);

test('leader 1: my areas are cards with light, rates, days left, open problems and what a week has brought', async () => {
  const { page, faults, close } = await open('/board');
  const own = await ask<{ areas: { code: string; light: string; problems_open: number }[] }>(
    page,
    '/api/work',
  );
  assert.ok(own.areas.length > 0, 'the demo assigns areas to its leader');
  const { areas } = await ask<Areas>(page, '/api/board/areas');
  for (const { code, light } of own.areas) {
    const card = page.locator(`.my-areas li[data-code="${code}"]`);
    await card.waitFor();
    const a = areas.find((x) => x.code === code);
    assert.ok(a, code);
    assert.equal(a.light, light, 'the board and my work show one light');
    const text = await card.innerText();
    assert.ok(text.includes(a.name) && text.includes(a.cause.zh), text);
    for (const rate of [a.rates.signed, a.rates.moved, a.rates.demolished]) {
      if (rate !== null) assert.ok(text.includes(`${Math.round(rate * 10) / 10}%`), `${rate} in ${text}`);
    }
    assert.match(text, /较一周前\s*签约/);
    assert.match(text, new RegExp(`问题\\s*${a.problems_open}`));
  }
  assert.deepEqual(faults, []);
  await close();
});

test('leader 2: the headline shows the figures of the summary, and each opens its list', async () => {
  const { page, faults, close } = await open('/board');
  const s = await ask<Summary>(page, '/api/summary');
  const value = async (figure: string) =>
    numbers(await page.locator(`.board-cards li[data-figure="${figure}"] .value`).innerText())[0];
  await page.locator('.board-cards li').first().waitFor();
  assert.equal(await value('areas'), s.areas.total);
  assert.equal(await value('vacated'), s.households?.moved);
  assert.equal(await value('cleared_mu'), Math.round(s.areas.cleared_mu * 100) / 100);
  assert.equal(await value('sold'), s.parcels.sold);
  assert.equal(await value('sold_mu'), Math.round(s.parcels.sold_mu * 100) / 100);
  assert.equal(await value('sold_wan'), s.parcels.sold_wan / 10_000);
  assert.equal(await value('projects'), s.projects.total);
  assert.equal(await value('over_1yi'), s.projects.over_1yi);
  const rows = await page
    .locator('.board-cards a')
    .evaluateAll((links) => links.map((a) => new URL((a as HTMLAnchorElement).href).pathname));
  assert.deepEqual([...new Set(rows)].sort(), ['/areas', '/parcels', '/problems', '/projects']);
  const { now } = await ask<Headline>(page, '/api/board');
  // What is counted one by one is listed one by one. Households and land are those of the areas.
  for (const [figure, n, one] of [
    ['areas', s.areas.total, '.list-table tbody tr'],
    ['signed', s.areas.total, '.list-table tbody tr'],
    ['sold', s.parcels.sold, '.list-table tbody tr'],
    ['sold_wan', s.parcels.sold, '.list-table tbody tr'],
    ['problems_open', now.problems?.open ?? 0, '.list-table tbody tr'],
    ['projects', s.projects.total, '.project-card:not(.skeleton)'],
    ['over_1yi', s.projects.over_1yi, '.project-card:not(.skeleton)'],
  ] as const) {
    assert.ok(n > 0, figure);
    await page.locator(`.board-cards li[data-figure="${figure}"] a`).click();
    await page.waitForFunction(([sel, k]) => document.querySelectorAll(sel).length === k, [one, n] as const);
    assert.deepEqual(numbers(await page.locator('.matched').innerText()), [n], figure);
    await page.goto(`${site.url}/board`);
    await page.locator('.board-cards li').first().waitFor();
  }
  assert.ok(s.parcels.sold < s.parcels.total && s.projects.over_1yi < s.projects.total);
  // Narrowed down, or of a past day, a figure opens the board's own rows: the lists are of today.
  await page.goto(`${site.url}/board?at=2019-06-30&leader=${encodeURIComponent('nobody')}`);
  await page.locator('.board-cards li').first().waitFor();
  const narrowed = page.locator('.board-cards li[data-figure="cleared_mu"] a');
  const to = new URL((await narrowed.getAttribute('href')) ?? '', site.url);
  assert.equal(to.pathname, '/board');
  assert.deepEqual([to.searchParams.get('at'), to.searchParams.get('leader')], ['2019-06-30', 'nobody']);
  await narrowed.click();
  await page.locator('#part-areas').waitFor();
  assert.ok(await page.locator('#part-areas').evaluate((el) => el.getBoundingClientRect().top < innerHeight));
  await page.goto(`${site.url}/board`);
  await page.locator('.board-cards li').first().waitFor();
  await page.locator('.board-cards li[data-figure="problems_open"] a').click();
  await page.locator('.list-table tbody tr').first().waitFor();
  assert.equal(new URL(page.url()).pathname, '/problems');
  assert.deepEqual(faults, []);
  await close();
});

test('what a figure has changed by has the unit of the figure', async () => {
  const { page, faults, close } = await open('/board');
  const { features } = await ask<{ features: { properties: { sold_on?: string } }[] }>(
    page,
    '/api/collections/parcels/items?status=sold&limit=1',
  );
  const on = features[0]?.properties.sold_on;
  assert.ok(on, 'the demo has sold a parcel');
  const h = await ask<Headline>(page, `/api/board?at=${on}`);
  const brought = h.now.parcels.sold_wan - h.before.parcels.sold_wan;
  assert.ok(brought > 0, `a deal of ${on} is one of its week`);
  for (const [lang, write] of [
    ['zh-CN', formats('zh-CN', 'Asia/Shanghai')],
    ['en', formats('en', 'Asia/Shanghai')],
  ] as const) {
    await page.goto(`${site.url}/board?at=${on}#lang=${lang}`);
    const change = page.locator('.board-cards li[data-figure="sold_wan"] .change b');
    await change.filter({ hasText: `+${write.money(brought)}` }).waitFor();
    const count = page.locator('.board-cards li[data-figure="sold"] .change b');
    assert.equal(await count.innerText(), `+${h.now.parcels.sold - h.before.parcels.sold}`);
  }
  assert.deepEqual(faults, []);
  await close();
});

test('leader 3: a red area that is tapped says its cause in one sentence', async () => {
  const { page, faults, close } = await open('/board', PHONE_OPTIONS);
  const { areas } = await ask<Areas>(page, '/api/board/areas');
  const red = areas.filter((a) => a.light === 'red');
  assert.ok(red.length > 0 && red.every((a) => /\d/.test(a.cause.zh) && a.cause.zh.split('。').length === 2));
  const row = page.locator(`.causes li[data-code="${red[0]?.code}"]`);
  await row.locator('summary').tap();
  await row.locator('.cause').waitFor();
  assert.ok((await row.locator('.cause').innerText()).startsWith(red[0]?.cause.zh ?? '-'));
  assert.deepEqual(faults, []);
  await close();
});

test('leader 4: problems stand by days overdue, with responsible body, measure and last action', async () => {
  const { page, faults, close } = await open('/board');
  await table(page, 'problems').first().waitFor();
  const late = await table(page, 'problems').evaluateAll((rows) =>
    rows.map((r) => Number((r as HTMLElement).dataset.late)),
  );
  assert.ok(late.length > 5 && (late[0] ?? 0) > 0, `${late}`);
  assert.deepEqual(
    late,
    [...late].sort((a, b) => b - a),
  );
  const { problems } = await ask<Problems>(page, '/api/board/problems');
  assert.equal(problems.length, late.length);
  const p = problems[0];
  assert.ok(p?.last && p.department && p.measure);
  const row = table(page, 'problems').first();
  assert.ok((await row.locator('.body').innerText()).includes(p.department));
  assert.equal(await row.locator('.measure').innerText(), p.measure);
  assert.match(await row.locator('.last').innerText(), /\d{4}/);
  assert.deepEqual(faults, []);
  await close();
});

test('leader 6: the weekly report comes as a spreadsheet of the day that is shown', async () => {
  const { page, faults, close } = await open('/board?at=2018-06-30');
  const link = page.locator('a[href*="report.xlsx"]').first();
  assert.equal(await link.getAttribute('href'), '/api/board/report.xlsx?at=2018-06-30&period=week');
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  assert.match(download.suggestedFilename(), /^tengdi-week-20180630-r\d+\.xlsx$/);
  const body = await page.evaluate(async () => {
    const answer = await fetch('/api/board/report.xlsx?at=2018-06-30&period=week');
    return {
      type: answer.headers.get('content-type'),
      start: new Uint8Array(await answer.arrayBuffer()).slice(0, 2).join(),
    };
  });
  assert.deepEqual(body, {
    type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    start: '80,75',
  });
  assert.deepEqual(faults, []);
  await close();
});

test('leader 7: where the pace falls short, the burn-up says what is needed and when the last would sign', async () => {
  const { page, faults, close } = await open('/board');
  const { areas } = await ask<Areas>(page, '/api/board/areas');
  const slow = areas.find((a) => a.pace.short && a.pace.forecast !== null && a.pace.needed !== null);
  assert.ok(slow?.pace.forecast, 'the demo has an area that is too slow');
  assert.ok(slow.pace.per_day < (slow.pace.needed ?? 0));
  await page.locator('.burn-up .board-tools select').first().selectOption(slow.code);
  const text = page.locator('.burn-up .forecast.short-of');
  await text.waitFor();
  assert.deepEqual(
    numbers((await text.innerText()).replaceAll('/', '-').replaceAll('-', ' ')).slice(-3),
    numbers(slow.pace.forecast.replaceAll('-', ' ')),
  );
  assert.match(await text.innerText(), /需每天/);
  const chart = page.locator('.burn-up svg[role=img]').first();
  assert.match(
    (await chart.getAttribute('aria-label')) ?? '',
    new RegExp(`${slow.name}.*签约 ${slow.households.signed.toLocaleString('zh-CN')}`),
  );
  assert.equal(await chart.locator('path.line').count(), 5);
  await page.locator('.burn-up .as-table summary').click();
  const last = numbers(await page.locator('.burn-up .as-table tbody tr').last().innerText());
  assert.ok(last.includes(slow.households.signed) && last.includes(slow.households.surveyed));
  assert.deepEqual(faults, []);
  await close();
});

test('leader 8: two areas are laid over each other by days since their decisions', async () => {
  const { page, faults, close } = await open('/board?a=YYL-12&b=YYL-04');
  await page.locator('.compare svg path.line').nth(1).waitFor();
  const series = await Promise.all(
    ['YYL-12', 'YYL-04'].map((c) => ask<Series>(page, `/api/board/series?area=${c}`)),
  );
  const begins = await page
    .locator('.compare svg path.line')
    .evaluateAll((lines) => lines.map((l) => Number(/^M([\d.]+)/.exec(l.getAttribute('d') ?? '')?.[1])));
  const offset = series.map(
    (s) => s.points.find((p) => p.households && (p.since_decision ?? -1) >= 0)?.since_decision ?? -1,
  );
  const most = Math.max(
    ...series.map((s) => s.points.filter((p) => p.households).at(-1)?.since_decision ?? 0),
  );
  const low = Math.min(...offset);
  assert.notEqual(series[0]?.decided_on, series[1]?.decided_on, 'decided on different days');
  for (const [i, x] of begins.entries()) {
    const want = 58 + (((offset[i] ?? 0) - low) / (most - low)) * (760 - 58 - 92);
    assert.ok(Math.abs(x - want) < 0.2, `${x}, want ${want}`);
  }
  assert.deepEqual(faults, []);
  await close();
});

test('leader 9: the wall screen turns by itself through the boards, without controls', async () => {
  const { page, faults, close } = await open('/board/wall?by=street');
  await page.locator('.wall .board-cards li').first().waitFor();
  assert.equal(await page.locator('.wall button, .wall select, .wall input').count(), 0);
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
  await page.locator('.wall[data-slide="1"] .area-card').first().waitFor();
  const first = await page.locator('.wall h1').innerText();
  await page.keyboard.press('ArrowRight');
  await page.locator('.wall[data-slide="2"] .area-card').first().waitFor();
  assert.ok(first.includes('·'));
  assert.ok(
    await page.evaluate(() => document.documentElement.scrollHeight <= innerHeight + 1),
    'nothing is out of sight',
  );
  await page.keyboard.press('Escape');
  await page.locator('.board-main h1').waitFor();
  const left = new URL(page.url());
  assert.deepEqual([left.pathname, left.search], ['/board', '?by=street'], 'Esc keeps what was chosen');
  assert.deepEqual(faults, []);
  await close();
});

test('the board of a past day is that of the summary, and says which day it is of', async () => {
  const { page, faults, close } = await open('/board?at=2018-06-30&leader=区领导07');
  await page.locator('.board-cards li').first().waitFor();
  const h = await ask<Headline>(page, `/api/board?at=2018-06-30&leader=${encodeURIComponent('区领导07')}`);
  const s = await ask<Summary>(page, `/api/summary?at=2018-06-30&leader=${encodeURIComponent('区领导07')}`);
  assert.deepEqual({ ...h.now, as_of: '' }, { ...s, as_of: '' });
  assert.match(await page.locator('.as-of').innerText(), /2018.06.30 23:59/);
  const signed = numbers(await page.locator('li[data-figure="signed"] .value').innerText())[0];
  assert.equal(signed, s.households?.signed);
  const chip = page.locator('.board-chosen .chip');
  assert.equal(await chip.innerText(), '区领导07 ×');
  await chip.click();
  await page.waitForFunction(() => !location.search.includes('leader'));
  // A day that has not come is not asked for.
  const day = page.locator('.board-tools input[type=date]');
  await day.fill('2099-12-31');
  await day.blur();
  assert.equal(new URL(page.url()).searchParams.get('at'), '2018-06-30');
  await day.fill('2018-07-31');
  await page.waitForFunction(() => location.search === '?at=2018-07-31');
  assert.deepEqual(faults, []);
  await close();
});

test('the counts of lights open exactly their areas: of all, and of one leader', async () => {
  const { page, faults, close } = await open('/board');
  const lit = async (light: string, query: string) => {
    const { areas } = await ask<Areas>(page, `/api/board/areas${query}`);
    return areas.filter((a) => a.light === light).map((a) => a.code);
  };
  const listed = async (codes: readonly string[]) => {
    await page.waitForFunction(
      (n) => document.querySelectorAll('.list-table tbody tr').length === n && location.pathname === '/areas',
      codes.length,
    );
    const text = await page.locator('.list-table tbody').innerText();
    for (const code of codes) assert.ok(text.includes(code), `${code} is listed`);
    assert.deepEqual(numbers(await page.locator('.matched').innerText()), [codes.length]);
  };
  const count = page.locator('.light-counts [data-light=red] a');
  await count.waitFor();
  const red = await lit('red', '');
  assert.ok(red.length > 1);
  assert.deepEqual(numbers(await count.innerText()), [red.length]);
  await count.click();
  await listed(red);
  await accessible(page, 'areas by light');
  await page.goto(`${site.url}/board`);
  const group = page.locator('.board-part.groups .light-n:has(.board-light.red) a').first();
  await group.waitFor();
  const to = new URL((await group.getAttribute('href')) ?? '', site.url);
  const leader = to.searchParams.get('leader') ?? '';
  assert.deepEqual([to.searchParams.get('light'), leader === ''], ['red', false]);
  const own = await lit('red', `?leader=${encodeURIComponent(leader)}`);
  assert.deepEqual(numbers(await group.innerText()), [own.length]);
  await group.click();
  await listed(own);
  // Of a past day the list knows nothing: the board's own rows are opened.
  await page.goto(`${site.url}/board?at=2018-06-30`);
  const then = page.locator('.light-counts a').first();
  await then.waitFor();
  assert.match((await then.getAttribute('href')) ?? '', /^\/board\?at=2018-06-30#part-areas$/);
  assert.deepEqual(faults, []);
  await close();
});

test('names of areas stand whole beside the lines that are compared', async () => {
  const { page, faults, close } = await open('/board?a=YYL-16&b=YYL-01');
  await page.locator('.compare svg path.line').nth(1).waitFor();
  const over = await page.locator('.compare svg').evaluate((svg) => {
    const edge = svg.getBoundingClientRect().right;
    return [...svg.querySelectorAll('.line-name')].map((t) => t.getBoundingClientRect().right - edge);
  });
  assert.equal(over.length, 2);
  assert.ok(
    over.every((px) => px <= 0),
    over.join(' '),
  );
  assert.deepEqual(faults, []);
  await close();
});

test('groups are headed by what they are, and tell how many signed; nothing sold has no mean price', async () => {
  const { page, faults, close } = await open('/board?at=2017-06-01');
  const { groups } = await ask<{ groups: { key: string; change: { signed: number } }[] }>(
    page,
    '/api/board/groups?by=leader&at=2017-06-01',
  );
  const row = page.locator('.groups tbody tr');
  await row.first().waitFor();
  assert.equal(await page.locator('.groups thead th').first().innerText(), '联系领导');
  assert.ok(groups.some((g) => g.change.signed === 0) && groups.some((g) => g.change.signed > 0));
  assert.deepEqual(
    await page.locator('.groups tbody td:nth-last-child(2)').allInnerTexts(),
    groups.map((g) => String(g.change.signed)),
  );
  assert.equal((await ask<Summary>(page, '/api/summary?at=2017-06-01')).parcels.sold, 0);
  assert.ok(!/亩均价/.test(await page.locator('.board-cards').innerText()));
  assert.deepEqual(faults, []);
  await close();
});

test('nobody without an account sees the board', async () => {
  const { page, close } = await openPage(browser, site.url, '/board', WIDE);
  await page.getByRole('link', { name: '去登录' }).waitFor();
  assert.equal(await page.locator('.board-part').count(), 0);
  await close();
});

/** No table of the board has to be pushed aside to be read, and where its rows are cards each figure has its name. */
async function unscrolled(page: Page, cards: boolean): Promise<void> {
  for (const lang of ['zh-CN', 'en']) {
    await page.goto(`${site.url}/board#lang=${lang}`);
    for (const part of ['areas', 'groups', 'problems', 'auctions', 'funnel']) {
      await table(page, part).first().waitFor();
      const box = page.locator(`.board-part.${part} .board-wide`);
      const over = await box.evaluate((el) => el.scrollWidth - el.clientWidth);
      assert.ok(over <= 0, `${part}, ${lang}: ${over} pixels too wide`);
      if (!cards) continue;
      const unnamed = await box
        .locator('tbody tr:first-child td:not([data-label])')
        .evaluateAll((all) => all.filter((td) => !td.querySelector('.board-light')).length);
      assert.equal(unnamed, 0, `cells of ${part} without a name`);
    }
  }
}

for (const [name, options] of [
  ['desktop', WIDE],
  ['tablet', TABLET],
  ['phone', PHONE_OPTIONS],
] as const) {
  test(`the board has no serious finding of axe and is not wider than the window, ${name}`, async () => {
    const { page, faults, close } = await open('/board', options);
    for (const path of ['/board', '/board/meeting', '/board/report#lang=en&theme=dark', '/board/wall']) {
      await page.goto(site.url + path);
      await page.locator('.board-cards li').first().waitFor();
      if (!path.includes('wall')) await table(page, 'problems').first().waitFor();
      await accessible(page, `${path}, ${name}`);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(over <= 0, `${path} is ${over} pixels too wide`);
    }
    await unscrolled(page, name !== 'desktop');
    assert.deepEqual(faults, []);
    await close();
  });
}
