import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COLOURS, type ColourToken, STATUSES } from '../src/catalogue.gen.ts';
import { contrast, inkOn, legendRows, luminance, statusOf } from '../src/catalogue.ts';
import { PALETTES } from '../src/map/palette.ts';

test('contrast follows WCAG: white on black is 21, a colour on itself 1', () => {
  assert.equal(contrast('#ffffff', '#000000'), 21);
  assert.equal(contrast('#D07028', '#D07028'), 1);
  assert.ok(Math.abs(luminance('#777777') - 0.18447) < 1e-4);
});

test('a letter can be read on every fill of both themes', () => {
  for (const token of Object.keys(COLOURS) as ColourToken[]) {
    for (const theme of ['light', 'dark'] as const) {
      const fill = COLOURS[token][theme];
      assert.ok(contrast(fill, inkOn(fill)) >= 4.5, `${token} ${theme}: ${contrast(fill, inkOn(fill))}`);
    }
  }
});

test('outlines and labels stand out from the ground', () => {
  for (const p of Object.values(PALETTES)) {
    assert.ok(contrast(p.line, p.ground) >= 3);
    assert.ok(contrast(p.select, p.ground) >= 3);
    assert.ok(contrast(p.flash, p.ground) >= 3);
    assert.ok(contrast(p.text, p.ground) >= 7);
    assert.ok(contrast(p.quietText, p.ground) >= 4.5);
  }
});

test('the public legend has published states only, the staff legend all', () => {
  assert.ok(legendRows('auction', false).every((r) => statusOf('parcel', r.code)?.public));
  assert.ok(!legendRows('auction', false).some((r) => r.code === 'reserved'));
  assert.equal(legendRows('auction', true).length, STATUSES.parcel.length);
  assert.equal(legendRows('clearance', false).length, STATUSES.area.length);
  assert.equal(legendRows('use', false).length, 8);
});

test('within one machine no two states look the same', () => {
  for (const [machine, rows] of Object.entries(STATUSES)) {
    const looks = rows.map((s) => `${s.token} ${s.hatch} ${s.outline} ${s.badge}`);
    assert.equal(new Set(looks).size, rows.length, machine);
  }
});

test('an unknown code has no state', () => {
  assert.equal(statusOf('area', '__proto__'), undefined);
  assert.equal(statusOf('area', 'constructor'), undefined);
});
