import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { APIRequestContext, Page } from 'playwright-core';
import type { ItemPage } from '../src/types.ts';
import { DESKTOP, openPage } from './browser.ts';
import { browser, site } from './stage.ts';
import { login } from './steps.ts';

// Texts that some page once took for code. Each marks the window when it runs, or breaks a rule of the page's policy.
const RUN = 'window.__ran=1';
const HOSTILE: readonly string[] = [
  `<script>${RUN}</script>`,
  `"><script>${RUN}</script>`,
  `'><img src=x onerror=${RUN}>`,
  `<img src=x onerror="${RUN}">`,
  `<svg onload=${RUN}>`,
  `<svg><script>${RUN}</script></svg>`,
  `</title><script>${RUN}</script>`,
  `</textarea><script>${RUN}</script>`,
  `</script><script>${RUN}</script>`,
  `--><script>${RUN}</script>`,
  `]]><script>${RUN}</script>`,
  `<body onload=${RUN}>`,
  `<iframe srcdoc="<script>parent.__ran=1</script>">`,
  `<iframe src="javascript:parent.__ran=1">`,
  `<a href="javascript:${RUN}">东</a>`,
  `<details open ontoggle=${RUN}>`,
  `<input autofocus onfocus=${RUN}>`,
  `<style>@import 'http://evil.example/x.css';</style>`,
  `<link rel=stylesheet href=http://evil.example/x.css>`,
  `<base href="http://evil.example/">`,
  `<meta http-equiv=refresh content="0;url=http://evil.example/">`,
  `<form action=http://evil.example><button>东`,
  `<math><mtext><img src=x onerror=${RUN}></mtext></math>`,
  `<template><img src=x onerror=${RUN}></template>`,
  `<video><source onerror=${RUN}></video>`,
  `<object data="javascript:${RUN}">`,
  `<embed src="javascript:${RUN}">`,
  `javascript:${RUN}`,
  `" autofocus onfocus="${RUN}`,
  `' onmouseover='${RUN}`,
  `\`-${RUN}-\``,
  `';${RUN}//`,
  `\\';${RUN}//`,
  `{{constructor.constructor('${RUN}')()}}`,
  `\${${RUN}}`,
  `{{.}}{{printf "%s" "x"}}`,
  `&lt;script&gt;${RUN}&lt;/script&gt;`,
  `&#60;img src=x onerror=${RUN}&#62;`,
  `%3Cscript%3E${RUN}%3C/script%3E`,
  `\\u003cscript\\u003e${RUN}\\u003c/script\\u003e`,
  `＜script＞${RUN}＜/script＞`,
  `__proto__`,
  `constructor`,
  `=HYPERLINK("http://evil.example","东")`,
  `@SUM(1+1)*cmd|' /C calc'!A0`,
];

interface Field {
  readonly name: string;
  readonly type: string;
  readonly options?: readonly unknown[];
  readonly ref?: string;
}

interface Forms {
  readonly collections: readonly { id: string; write: boolean; edit: readonly Field[] }[];
}

/** What to write where: so many things of each collection, the public ones of the market among them. */
const THINGS: Readonly<Record<string, { query: string; most: number }>> = {
  areas: { query: '', most: 15 },
  parcels: { query: '&status=listed', most: 8 },
  buildings: { query: '', most: 4 },
  projects: { query: '', most: 12 },
  problems: { query: '', most: 12 },
};

type Values = Readonly<Record<string, string | null>>;

/** Corrects the texts of a thing; gives what they were before. */
async function write(api: APIRequestContext, path: string, values: Values): Promise<Values | null> {
  const got = await api.get(`${site.url}${path}`);
  assert.equal(got.status(), 200, path);
  const { properties } = (await got.json()) as { properties: Record<string, unknown> };
  const sent = await api.patch(`${site.url}${path}`, {
    headers: { Origin: site.url, 'If-Match': got.headers().etag ?? '' },
    data: { values, reason: '测试：文本' },
  });
  if (sent.status() >= 500) throw new Error(`${path}: ${sent.status()} ${await sent.text()}`);
  if (!sent.ok()) return null;
  return Object.fromEntries(
    Object.keys(values).map((k) => [k, (properties[k] as string | undefined) ?? null]),
  );
}

/** Watches what a page must never do. */
async function watch(page: Page): Promise<string[]> {
  const seen: string[] = [];
  page.on('dialog', (d) => {
    seen.push(`dialog: ${d.message()}`);
    void d.dismiss();
  });
  page.on('console', (m) => {
    if (/Content Security Policy|Refused to/i.test(m.text())) seen.push(m.text());
  });
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (e) =>
      console.error(`Content Security Policy: ${e.blockedURI}`),
    );
  });
  return seen;
}

test('hostile texts in every column that takes text run nowhere and break no rule of the pages', async () => {
  const { page, faults, close } = await openPage(browser, site.url, '/livez', { viewport: DESKTOP });
  await login(page, site.url, 'admin');
  const api = page.request;
  const forms = (await (await api.get(`${site.url}/api/forms`)).json()) as Forms;
  const undo: { path: string; values: Values }[] = [];
  const taken = new Set<string>();
  let n = 0;
  const shown: Record<string, string> = {};
  try {
    for (const { id, edit, write: may } of forms.collections) {
      const things = THINGS[id];
      if (!things || !may) continue;
      const texts = edit.filter((f) => f.type === 'string' && !f.options && !f.ref).map((f) => f.name);
      assert.ok(texts.length > 0, `${id} has texts`);
      const list = `${site.url}/api/collections/${id}/items?limit=${things.most}${things.query}`;
      const { features } = (await (await api.get(list)).json()) as ItemPage;
      for (const item of features) {
        const path = `/api/collections/${id}/items/${encodeURIComponent(item.id)}`;
        for (const name of texts) {
          const text = HOSTILE[n++ % HOSTILE.length] ?? '';
          const before = await write(api, path, { [name]: text });
          if (!before) continue;
          undo.push({ path, values: before });
          taken.add(`${id}.${name}`);
          if (name === 'name' || name === 'title') shown[id] = item.id;
        }
      }
    }
    for (const column of ['areas.name', 'parcels.name', 'parcels.address', 'projects.name', 'problems.title'])
      assert.ok(taken.has(column), `${column} takes texts: ${[...taken].join(' ')}`);
    assert.ok(undo.length >= HOSTILE.length, `${undo.length} texts were taken`);

    const seen = await watch(page);
    const parcel = encodeURIComponent(shown.parcels ?? '');
    for (const [path, there] of [
      ['/', '.home-counts a'],
      ['/map#tab=areas', '.row'],
      [`/map#tab=areas&sel=areas/${shown.areas}`, '.drawer .history'],
      [`/map#mode=auction&tab=parcels&sel=parcels/${parcel}&v=16/29.37/113.11`, '.drawer .history'],
      ['/map#tab=projects&q=script', '.hit'],
      ['/listings', '.card'],
      ['/listings?q=%3Cscript%3Ewindow.__ran%3D1%3C%2Fscript%3E', 'main'],
      [`/listings/${parcel}`, 'main h1'],
      [`/listings/${parcel}/sheet`, 'body'],
      [`/listings/compare?code=${parcel}`, 'main'],
      ['/work', '.staff-main h1'],
      ['/areas', '.list-table tbody td'],
      [`/areas/${shown.areas}`, '.file-head h1'],
      ['/problems', '.list-table tbody td'],
      [`/problems/${shown.problems}`, '.file-head h1'],
      [`/projects/${shown.projects}`, '.file-head h1'],
      ['/audit', '.log-entry'],
      ['/board', 'main h1'],
      ['/board/meeting', 'main'],
      ['/board/report', 'main'],
    ] as const) {
      await page.goto('about:blank');
      await page.goto(site.url + path);
      await page.locator(there).first().waitFor({ state: 'attached' });
      await page.waitForFunction(() => !document.querySelector('[aria-busy=true], .skeleton'));
      const ran = await page.evaluate(() => (window as { __ran?: number }).__ran);
      assert.equal(ran, undefined, `a text ran on ${path}`);
      assert.equal(new URL(page.url()).host, new URL(site.url).host, `${path} leads away`);
      assert.deepEqual(seen, [], path);
    }
  } finally {
    for (const { path, values } of undo.reverse())
      assert.ok(await write(api, path, values), `${path} is as it was`);
  }
  assert.deepEqual(faults, []);
  await close();
});
