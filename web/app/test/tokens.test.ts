import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { contrast } from '../src/catalogue.ts';
import { COLOURS } from '../src/catalogue.gen.ts';

const SRC = resolve(import.meta.dirname, '../../src');
const css = readFileSync(join(SRC, 'styles/tokens.css'), 'utf8').replace(/\/\*.*?\*\//gs, '');

type Tokens = Readonly<Record<string, string>>;

/** The custom properties of the block that follows a heading; at = the media query that it is within. */
function tokens(selector: string, at = ''): Tokens {
  const from = at === '' ? 0 : css.indexOf(`@media ${at} {`);
  assert.ok(from >= 0, `@media ${at}`);
  const start = css.indexOf(`${selector} {`, from);
  assert.ok(start >= 0, `${selector} within ${at}`);
  const body = css.slice(css.indexOf('{', start) + 1, css.indexOf('}', start));
  return Object.fromEntries(
    [...body.matchAll(/--([\w-]+):\s*([^;]+);/g)].map((m) => [m[1] ?? '', (m[2] ?? '').trim()]),
  );
}

const LIGHT = tokens(':root');
const DARK = { ...LIGHT, ...tokens(':root[data-theme="dark"]') };
const MORE = '(prefers-contrast: more)';
const THEMES: Readonly<Record<string, Tokens>> = {
  light: LIGHT,
  dark: DARK,
  'light, more contrast': { ...LIGHT, ...tokens(':root', MORE) },
  'dark, more contrast': { ...DARK, ...tokens(':root[data-theme="dark"]', MORE) },
  print: { ...LIGHT, ...tokens(':root[data-theme="dark"]', 'print') },
};

/** Texts on what they stand on. */
const TEXTS: readonly [text: string, grounds: readonly string[]][] = [
  ['ink', ['paper', 'card', 'sunk', 'accent-wash', 'bad-wash', 'flash']],
  ['soft', ['paper', 'card', 'sunk']],
  ['accent', ['paper', 'card', 'sunk', 'accent-wash']],
  ['accent-ink', ['accent']],
  ['late-ink', ['late']],
  ['brand-ink', ['brand']],
  ['seal', ['card']],
  ['good', ['paper', 'card']],
  ['warn', ['paper', 'card']],
  ['bad', ['paper', 'card', 'bad-wash']],
];

function pair(theme: Tokens, text: string, ground: string): number {
  const [a, b] = [theme[text], theme[ground]];
  assert.ok(a && /^#[0-9a-f]{6}$/i.test(a), `--${text}: ${a}`);
  assert.ok(b && /^#[0-9a-f]{6}$/i.test(b), `--${ground}: ${b}`);
  return contrast(a, b);
}

for (const [name, theme] of Object.entries(THEMES)) {
  const more = name.includes('more');
  test(`texts can be read on their grounds: ${name}`, () => {
    for (const [text, grounds] of TEXTS)
      for (const ground of grounds) {
        const ratio = pair(theme, text, ground);
        assert.ok(ratio >= (more ? 7 : 4.5), `${text} on ${ground}: ${ratio.toFixed(2)}`);
      }
  });

  test(`the focus, the outlines of states and, for those who ask, all rules stand out: ${name}`, () => {
    for (const ground of ['paper', 'card', 'sunk']) {
      assert.ok(pair(theme, 'focus', ground) >= 3, `focus on ${ground}`);
      assert.ok(pair(theme, 'swatch-line', ground) >= 3, `swatch-line on ${ground}`);
      if (more) assert.ok(pair(theme, 'rule-strong', ground) >= 4.5, `rule-strong on ${ground}`);
      if (more) assert.ok(pair(theme, 'rule', ground) >= 4.5, `rule on ${ground}`);
    }
  });
}

test('the states of the catalogue are outlined against their own fill or the page, on screen and paper', () => {
  for (const [name, theme] of Object.entries(THEMES)) {
    const side = name.startsWith('dark') ? 'dark' : 'light';
    for (const [token, colours] of Object.entries(COLOURS)) {
      const line = theme['swatch-line'] ?? '';
      const best = Math.max(contrast(line, colours[side]), contrast(colours[side], theme.card ?? ''));
      assert.ok(best >= 3, `${token}, ${name}: ${best.toFixed(2)}`);
    }
  }
});

test('a page without a theme gets the dark one whole, and print the light one', () => {
  const dark = tokens(':root[data-theme="dark"]');
  assert.deepEqual(tokens(':root:not([data-theme])', '(prefers-color-scheme: dark)'), dark);
  assert.deepEqual(
    tokens(':root:not([data-theme])', `${MORE} and (prefers-color-scheme: dark)`),
    tokens(':root[data-theme="dark"]', MORE),
  );
  for (const name of Object.keys(dark))
    assert.ok(THEMES.print?.[name] !== dark[name] || LIGHT[name] === dark[name], `${name} in print`);
});

test('colours are in tokens.css and nowhere else', () => {
  const all = ['styles', 'staff', 'account', 'board', 'listings', 'tools'].flatMap((dir) => {
    try {
      return readdirSync(join(SRC, dir))
        .filter((f) => f.endsWith('.css') && f !== 'tokens.css' && !f.endsWith('.gen.css'))
        .map((f) => join(SRC, dir, f));
    } catch (err) {
      if ((err as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw err;
    }
  });
  assert.ok(all.length > 15, `${all.length} style sheets`);
  for (const file of all) {
    const text = readFileSync(file, 'utf8').replace(/\/\*.*?\*\//gs, '');
    const found = [...text.matchAll(/:[^;{}]*(?:#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch)a?\()[^;{}]*/gi)].map(
      (m) => m[0],
    );
    // A QR code is black on white, whatever the theme.
    const own = found.filter((f) => !/^: #ffffff$/.test(f));
    assert.deepEqual(own, [], file);
  }
});

test('every token that a style sheet uses is there', () => {
  const used = readdirSync(join(SRC, 'styles')).flatMap((f) =>
    [...readFileSync(join(SRC, 'styles', f), 'utf8').matchAll(/var\(--([\w-]+)\)/g)].map((m) => m[1] ?? ''),
  );
  const own = new Set(['fill', 'line', 'hatch', 'at', 'share', 'wide', 'over']);
  for (const name of new Set(used)) assert.ok(name in LIGHT || own.has(name), `--${name}`);
});
