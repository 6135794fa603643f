import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { launch, openPage, PHONE } from './browser.ts';
import { server } from './server.ts';
import { slowLine } from './slowline.ts';
import { login } from './steps.ts';

// Times the first visit of each face over a slow line, until its reader can use it. With a document as
// argument the table goes there, between the marks of the section "ui"; else it is only printed.
const ROUNDS = 5;
const LONG_MS = 120_000;

interface Screen {
  readonly name: string;
  readonly path: string;
  readonly role?: string;
  /** What is there once the page is of use, as a selector. */
  readonly useful: string;
  readonly until: string;
}

const SCREENS: readonly Screen[] = [
  { name: 'first page', path: '/', useful: '.home-role a', until: 'the ways to the data can be read' },
  {
    name: 'listings',
    path: '/listings',
    useful: '.cards .card dd',
    until: 'the first parcel with its price can be read',
  },
  { name: 'map', path: '/map', useful: '.map-box[data-idle=yes]', until: 'everything in view is drawn' },
  {
    name: 'board',
    path: '/board',
    role: 'leader',
    useful: '[data-figure]',
    until: "the district's figures can be read",
  },
];

interface Run {
  readonly ms: number;
  readonly bytes: number;
  readonly requests: number;
}

const site = await server();
const line = await slowLine(site.url);
const browser = await launch();
try {
  const runs = new Map<string, Run[]>(SCREENS.map((s) => [s.name, []]));
  // One of each in turn, so that a busy machine is slow for all of them.
  for (let i = 0; i < ROUNDS; i++) for (const s of SCREENS) runs.get(s.name)?.push(await visit(s));
  const table = tableOf(runs);
  console.log(table);
  const document = process.argv[2];
  if (document) put(resolve(document), 'ui', table);
} finally {
  await browser.close();
  await line.stop();
  await site.stop();
}

async function visit(s: Screen): Promise<Run> {
  const options = { viewport: PHONE, hasTouch: true, isMobile: true };
  const { page, faults, close } = await openPage(browser, line.url, '/livez', options);
  if (s.role) await login(page, line.url, s.role);
  let requests = 0;
  page.on('request', () => {
    requests += 1;
  });
  line.taken();
  await page.goto(line.url + s.path, { waitUntil: 'commit', timeout: LONG_MS });
  await page.locator(s.useful).first().waitFor({ state: 'attached', timeout: LONG_MS });
  const ms = await sinceStart(page);
  const run = { ms, bytes: line.taken(), requests };
  if (faults.length > 0) throw new Error(`${s.name}: ${faults.join('\n')}`);
  await close();
  return run;
}

// From the moment that the address was opened, by the page's own clock.
function sinceStart(page: Page): Promise<number> {
  return page.evaluate(() => performance.now());
}

function tableOf(runs: ReadonlyMap<string, readonly Run[]>): string {
  const rows = SCREENS.map((s) => {
    const all = runs.get(s.name) ?? [];
    const ms = all.map((r) => r.ms);
    const kb = median(all.map((r) => r.bytes)) / 1000;
    const requests = median(all.map((r) => r.requests));
    const seconds = (v: number) => (v / 1000).toFixed(1);
    return `| ${s.name} | ${s.until} | ${seconds(median(ms))} | ${seconds(Math.min(...ms))}–${seconds(Math.max(...ms))} | ${kb.toFixed(0)} | ${requests} |`;
  });
  return [
    `| page | until | median, s | ${ROUNDS} runs, s | KB | requests |`,
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function median(v: readonly number[]): number {
  return [...v].sort((a, b) => a - b)[Math.floor(v.length / 2)] ?? Number.NaN;
}

/** Puts a text between the marks of a section, as the other benchmarks do. */
function put(path: string, section: string, text: string): void {
  const begin = `<!-- ${section}: generated from here -->\n`;
  const end = `<!-- ${section}: to here -->\n`;
  const [head, rest] = readFileSync(path, 'utf8').split(begin);
  const tail = rest?.split(end)[1];
  if (head === undefined || tail === undefined) throw new Error(`${path} has no section ${section}`);
  writeFileSync(path, `${head}${begin}${text}${end}${tail}`);
}
