import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';

const DIST = resolve(import.meta.dirname, '../../../dist');
const KB = 1000;

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
  readonly assets?: readonly string[];
}

type Manifest = Readonly<Record<string, Chunk>>;

function manifest(): Manifest {
  const path = join(DIST, '.vite', 'manifest.json');
  assert.ok(existsSync(path), 'build the front end first: npm run build');
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
}

/** The files that a page's sources have become, with all that they import. */
function needs(made: Manifest, sources: readonly string[]): Set<string> {
  const files = new Set<string>();
  const walk = (key: string) => {
    const c = made[key];
    assert.ok(c, `${key} is in the build`);
    if (files.has(c.file)) return;
    files.add(c.file);
    for (const f of [...(c.css ?? []), ...(c.assets ?? [])]) files.add(f);
    for (const k of c.imports ?? []) walk(k);
  };
  for (const s of sources) walk(s === ENTRY ? entry(made) : s);
  return files;
}

function bytes(files: Iterable<string>, coding: 'br' | 'gz'): number {
  let sum = 0;
  for (const f of files) sum += statSync(join(DIST, `${f}.${coding}`)).size;
  return sum;
}

// The worker is made by the address that the map's chunk has, so that no import names it.
function worker(): string {
  const name = readdirSync(join(DIST, 'assets')).find((n) => /^maplibre-gl-worker-.+\.js$/.test(n));
  assert.ok(name, 'the map has a worker');
  return `assets/${name}`;
}

/** The chunk of the page itself; what fetches later chunks is named beside it, and it imports that. */
function entry(made: Manifest): string {
  const page = readFileSync(join(DIST, 'index.html'), 'utf8');
  const file = /<script[^>]* src="\/(assets\/index-[^"]+)"/.exec(page)?.[1];
  const key = Object.keys(made).find((k) => made[k]?.file === file);
  assert.ok(key, `${file} is in the build`);
  return key;
}

const ENTRY = '';
const MAP = [ENTRY, 'src/ui/mappage.tsx', 'src/ui/standing.ts'];

/** What a page may weigh until it can be used, packed with brotli and with gzip. */
const BUDGETS: readonly {
  name: string;
  sources: readonly string[];
  more?: string;
  br: number;
  gz: number;
}[] = [
  { name: 'entry', sources: [ENTRY], br: 24, gz: 28 },
  // With the quiet base map, some 70 KB in the demo, the map is to stay below 470 KB.
  { name: 'map', sources: MAP, more: worker(), br: 335, gz: 400 },
  {
    name: 'map in a frame',
    sources: [ENTRY, 'src/ui/embed.tsx', 'src/ui/standing.ts'],
    more: worker(),
    br: 335,
    gz: 400,
  },
  { name: 'sign-in', sources: [ENTRY, 'src/ui/signin.tsx'], br: 28, gz: 32 },
  { name: 'import', sources: [ENTRY, 'src/ui/importpage.tsx'], br: 30, gz: 34 },
  { name: 'staff', sources: [ENTRY, 'src/staff/staff.tsx'], br: 90, gz: 106 },
  {
    name: 'listings without their HTML',
    sources: ['src/listings/listings.ts', 'src/listings/listings.css'],
    br: 14,
    gz: 15,
  },
  { name: 'board', sources: [ENTRY, 'src/board/board.tsx'], br: 50, gz: 60 },
  { name: 'account', sources: [ENTRY, 'src/account/account.tsx'], br: 32, gz: 36 },
];

for (const b of BUDGETS) {
  test(`${b.name} keeps its budget of ${b.br} KB with brotli and ${b.gz} KB with gzip`, () => {
    const files = needs(manifest(), b.sources);
    if (b.more) files.add(b.more);
    for (const coding of ['br', 'gz'] as const) {
      const n = bytes(files, coding);
      assert.ok(n <= b[coding] * KB, `${n} bytes with ${coding}: ${[...files].join(', ')}`);
    }
  });
}

test('the entry is the app without its pages: neither the map nor a desk nor a catalogue comes with it', () => {
  const made = manifest();
  const scripts = (sources: readonly string[]) => [...needs(made, sources)].filter((f) => f.endsWith('.js'));
  const first = scripts([ENTRY]);
  assert.ok(bytes(first, 'gz') <= 25 * KB, `${bytes(first, 'gz')} bytes of scripts: ${first.join(', ')}`);
  const names = Object.keys(made).filter((k) => first.includes(made[k]?.file ?? ''));
  for (const k of names) assert.ok(!/staff|standing|mappage|board|listings/.test(k), `${k} is in the entry`);
});

test('the listings bring neither the app nor the map, and their map does not bring the app', () => {
  const made = manifest();
  const keys = (sources: readonly string[]) => {
    const files = needs(made, sources);
    return Object.keys(made).filter((k) => files.has(made[k]?.file ?? ''));
  };
  const first = keys(['src/listings/listings.ts', 'src/listings/listings.css']);
  assert.ok(!first.some((k) => /index|map|offers/.test(k)), first.join(', '));
  const withMap = keys(['src/map/offers.ts']);
  assert.ok(
    withMap.some((k) => k.includes('mapview')) && !withMap.some((k) => /index/.test(k)),
    withMap.join(', '),
  );
});

test('page and worker share what both need: the worker brings next to nothing of its own', () => {
  const made = manifest();
  const own = new Set([worker()]);
  assert.ok(bytes(own, 'gz') <= 10 * KB, `${bytes(own, 'gz')} bytes`);
  const key = Object.keys(made).find((k) => made[k]?.file === worker());
  assert.ok(key, 'the worker is in the build');
  const map = needs(made, MAP);
  for (const f of needs(made, [key])) assert.ok(f === worker() || map.has(f), `${f} is for the worker alone`);
});

test('an archive of tiles costs 10 KB more, and only a map of an archive', () => {
  const made = manifest();
  const there = needs(made, MAP);
  const more = [...needs(made, ['src/map/archivetiles.ts'])].filter((f) => !there.has(f));
  assert.ok(more.length > 0 && bytes(more, 'gz') <= 10 * KB);
  assert.ok(![...there].some((f) => f.includes('archivetiles')));
});

test('every text has its packed twins, which hold the same', () => {
  const names = readdirSync(join(DIST, 'assets'));
  for (const name of names.filter((n) => /\.(?:js|css|svg)$/.test(n))) {
    assert.ok(names.includes(`${name}.br`), `${name}.br`);
    assert.deepEqual(
      gunzipSync(readFileSync(join(DIST, 'assets', `${name}.gz`))),
      readFileSync(join(DIST, 'assets', name)),
    );
  }
});

test('the page has no script or style of its own, so the policy can forbid them', () => {
  const page = readFileSync(join(DIST, 'index.html'), 'utf8');
  assert.ok(!/<style|\sstyle=|\son\w+=|javascript:/i.test(page));
  for (const tag of page.match(/<script[^>]*>/g) ?? []) assert.match(tag, /src="\/assets\//);
});
