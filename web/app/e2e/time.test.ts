import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { HistoryEvent, Item } from '../src/types.ts';
import { everything, json } from './api.ts';
import { drawn, hashOf, openPage, PHONE, type Watched } from './browser.ts';
import { fills, middle, type Roomy, roomiest, show, tokenOf, until } from './land.ts';
import { leading } from './png.ts';
import { browser, site } from './stage.ts';

// Hatches and labels lie over a fill: so much of it must still be seen.
const SHARE = 0.3;
// Few pixels, for a computer that draws them itself.
const NARROW = { viewport: { width: 960, height: 480 } };

let areas: Item[];

before(async () => {
  areas = await everything(site.url, 'areas');
});

/** Runs a test on a page of its own; the page must not misbehave. */
async function onPage(path: string, run: (page: Page) => Promise<void>, options = {}): Promise<void> {
  const watched: Watched = await openPage(browser, site.url, path, options);
  try {
    await drawn(watched.page);
    await run(watched.page);
    assert.deepEqual(watched.faults, []);
  } finally {
    await watched.close();
  }
}

/** What the page asks for while `run` runs; the browser itself looks at its icon with each new address. */
async function asked(page: Page, run: () => Promise<void>): Promise<string[]> {
  const paths: string[] = [];
  const note = (r: { url(): string }) => paths.push(new URL(r.url()).pathname);
  page.on('request', note);
  await run();
  page.off('request', note);
  return paths.filter((p) => !/^\/assets\/favicon/.test(p));
}

function slider(page: Page) {
  return page.getByRole('slider', { name: '日期' });
}

async function openBar(page: Page): Promise<void> {
  await page.getByRole('button', { name: '时间：看以前的状态' }).click();
  await until(
    page,
    async () => Number(await slider(page).getAttribute('max')) > 12,
    'the tiles tell of years',
  );
  await counted(page);
}

/** Waits for the bars over the line, which are asked for once. */
async function counted(page: Page): Promise<void> {
  await page.locator('.bars[data-bars]').waitFor();
}

/** The state of an area on a day by its public history; null before that begins. */
function stateOn(events: readonly HistoryEvent[], day: string): string | null {
  const moves = events.filter((e) => e.to && e.on <= day).sort((a, b) => a.on.localeCompare(b.on));
  return moves.at(-1)?.to ?? null;
}

/** The day that the link names; null = today. */
function dayOf(page: Page): string | null {
  return hashOf(page).get('date');
}

test('the slider runs over the years without a request, and paints each day by its history', async () => {
  const things: Roomy[] = roomiest(areas)
    .sort((a, b) => b.room - a.room)
    .slice(0, 2);
  assert.equal(things.length, 2, 'the demo has areas in several states');
  const seen = new Set<string>();
  for (const { item, at, room } of things) {
    const { events } = await json<{ events: HistoryEvent[] }>(`${site.url}/api/areas/${item.id}/history`);
    await onPage(
      '/map',
      async (page) => {
        await show(page, at, room);
        await openBar(page);
        const urls = await asked(page, async () => {
          await slider(page).press('Home');
          for (let before = '', day: string | null = ''; day !== null; before = day) {
            await until(
              page,
              // It follows the line when no more keys come, which on a slow machine may be between two.
              async () => {
                const at = await slider(page).getAttribute('aria-valuetext');
                const said = dayOf(page);
                const there = said === null ? at === '今天' : at === said.replaceAll('-', '/');
                return there && said !== before && (before !== '' || said !== null);
              },
              'the link goes along',
            );
            day = dayOf(page);
            const state = day === null ? String(item.properties.status) : stateOn(events, day);
            const want = state === null ? '' : tokenOf('area', state);
            // The first of all colours is nearly that of the bare ground.
            const plain = want === '' || want === 'clear-survey';
            const right = async () => {
              const fill = leading(await middle(page), fills('area', 'light'));
              return plain
                ? fill.name === 'clear-survey' || fill.share < SHARE
                : fill.name === want && fill.share >= SHARE;
            };
            await until(page, right, `${item.id} is ${state} on ${day}`);
            seen.add(want);
            if (day === null) break;
            if (day >= '2019-12-31') await slider(page).press('End');
            for (let i = 0; i < 6; i++) await slider(page).press('ArrowRight');
          }
        });
        assert.deepEqual(urls, [], `${item.id}: nothing was asked for`);
      },
      NARROW,
    );
  }
  assert.ok(seen.size >= 4, `several colours were seen: ${[...seen]}`);
});

test('it plays on to today by itself, then from the first month, and asks for nothing', async () => {
  const motion = { ...NARROW, reducedMotion: 'no-preference' as const };
  const link = '/map#date=2025-06-30';
  await onPage(
    link,
    async (page) => {
      const line = slider(page);
      const play = page.getByRole('button', { name: '播放' });
      await until(page, async () => Number(await line.getAttribute('max')) > 12, 'the tiles tell of years');
      await counted(page);
      const urls = await asked(page, async () => {
        const days = new Set<string>();
        await play.click();
        const ended = async () => {
          days.add((await line.getAttribute('aria-valuetext')) ?? '');
          return (await play.count()) === 1;
        };
        await until(page, ended, 'it comes to its end');
        assert.ok(days.size > 10, `it went month by month: ${[...days]}`);
        assert.equal(await line.getAttribute('aria-valuetext'), '今天');
        await until(page, async () => dayOf(page) === null, 'the link is of today');
        await play.click();
        await page.getByRole('button', { name: '暂停' }).click();
        assert.ok(Number(await line.inputValue()) < 12, 'it begins anew');
      });
      assert.deepEqual(urls, []);
    },
    motion,
  );
});

test('the keyboard moves by month and year, to both ends, and plays and stops', async () => {
  await onPage('/map', async (page) => {
    await openBar(page);
    const line = slider(page);
    await until(page, () => line.evaluate((el) => el === document.activeElement), 'the line has the focus');
    const at = async () => Number(await line.inputValue());
    const last = Number(await line.getAttribute('max'));
    const keys: [string, number][] = [
      ['Home', 0],
      ['ArrowRight', 1],
      ['PageDown', 13],
      ['ArrowLeft', 12],
      ['PageUp', 0],
      ['End', last],
    ];
    for (const [key, want] of keys) {
      await line.press(key);
      assert.equal(await at(), want, key);
    }
    await line.press('Home');
    await line.press(' ');
    await page.getByRole('button', { name: '暂停' }).waitFor();
    await until(page, async () => (await at()) > 0, 'it runs');
    await line.press(' ');
    await page.getByRole('button', { name: '播放' }).waitFor();
    await page.getByRole('button', { name: '关闭时间轴' }).click();
    await line.waitFor({ state: 'detached' });
    assert.equal(dayOf(page), null);
  });
});

test('a link opens the map of its day, and the page says which day that is', async () => {
  const sel = areas[0]?.id ?? '';
  for (const size of [{}, { viewport: PHONE, hasTouch: true, isMobile: true }]) {
    await onPage(
      `/map#date=2017-06-30&sel=areas/${sel}`,
      async (page) => {
        await slider(page).waitFor();
        assert.equal(await slider(page).getAttribute('aria-valuetext'), '2017/06/30');
        const said = page.getByText('地图是 2017/06/30 的状态');
        assert.ok((await said.count()) >= 3, 'list, legend and drawer say it');
        const bar = await page.locator('.timebar').boundingBox();
        const width = page.viewportSize()?.width ?? 0;
        assert.ok(bar && bar.x >= 0 && bar.x + bar.width <= width, JSON.stringify(bar));
        await page.getByRole('button', { name: '关闭时间轴' }).click();
        await said.first().waitFor({ state: 'detached' });
      },
      size,
    );
  }
});

test('any day is chosen by its date, with the keyboard too, and a slip of the keys goes nowhere', async () => {
  await onPage('/map', async (page) => {
    await openBar(page);
    const field = page.getByLabel('选某一天');
    const today = await field.inputValue();
    await field.fill('2017-02-14');
    await until(page, async () => dayOf(page) === '2017-02-14', 'the link has the day itself');
    assert.equal(await slider(page).getAttribute('aria-valuetext'), '2017/02/14');
    await page.getByText('地图是 2017/02/14 的状态').first().waitFor();
    await page.locator('#bars-now', { hasText: /^2017-02 / }).waitFor();
    // The first step leads to the end of the month before, by button and by key.
    await page.locator('.timebar-steps button').first().click();
    await until(page, async () => dayOf(page) === '2017-01-31', 'a step back from within a month');
    await field.fill('2017-02-14');
    await until(page, async () => dayOf(page) === '2017-02-14', 'the day is chosen again');
    await slider(page).press('ArrowLeft');
    await until(page, async () => dayOf(page) === '2017-01-31', 'an arrow back from within a month');
    await field.fill('2017-02-14');
    await until(page, async () => dayOf(page) === '2017-02-14', 'the day is chosen once more');
    await field.focus();
    await page.keyboard.press('ArrowDown');
    await until(page, async () => ![null, '2017-02-14'].includes(dayOf(page)), 'an arrow moves the day');
    const before = dayOf(page);
    await field.fill('0017-02-14');
    assert.equal(dayOf(page), before);
    await field.fill(today);
    await until(page, async () => dayOf(page) === null, 'today is no past day');
    assert.equal(await slider(page).getAttribute('aria-valuetext'), '今天');
  });
});

test('a link to a day that has not come shows today, and nothing claims another day', async () => {
  const sel = areas[0]?.id ?? '';
  await onPage(`/map#date=2999-01-01&sel=areas/${sel}`, async (page) => {
    await slider(page).waitFor();
    assert.equal(await slider(page).getAttribute('aria-valuetext'), '今天');
    await page.locator('.drawer h2').waitFor();
    assert.equal(await page.getByText(/地图是 .* 的状态/).count(), 0);
  });
});
