import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type StyleSpecification, validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
import { featureName, type Overlay, overlayOf, overlayStyle, shownColour } from '../src/map/overlaylook.ts';
import { pattern } from '../src/map/pattern.ts';

const ZONES: Overlay = {
  name: '避让区.1',
  title: '避让区',
  title_en: 'Zones',
  kind: 'exclusion',
  colour: '#6b6f76',
  attribution: '',
  attribution_en: '',
  audience: 'public',
  format: 'geojson',
  url: '/overlays/zones.geojson',
  bounds: [113, 29, 114, 30],
};
const PLAN: Overlay = {
  ...ZONES,
  name: 'plan',
  kind: 'blueprint',
  format: 'pmtiles',
  url: '/overlays/plan.pmtiles',
  minzoom: 8,
  maxzoom: 14,
  layers: ['blocks', 'roads'],
  name_field: 'MC',
  name_en_field: 'MC_EN',
};
const LOOK = { theme: 'light', lang: 'zh-CN', origin: 'http://localhost' } as const;

test('what is laid over the map is a valid style, in every kind, theme and language', () => {
  for (const kind of ['exclusion', 'board', 'street', 'blueprint', 'other'] as const)
    for (const theme of ['light', 'dark'] as const)
      for (const lang of ['zh-CN', 'en'] as const) {
        const known = [{ ...ZONES, kind }, PLAN];
        const laid = known.map((o) => ({ name: o.name, percent: 40 }));
        const style: StyleSpecification = {
          version: 8,
          ...overlayStyle(known, laid, { ...LOOK, theme, lang }),
        };
        assert.deepEqual(
          validateStyleMin(style).map((e) => e.message),
          [],
        );
        for (const l of style.layers)
          if (l.type === 'fill' && l.paint?.['fill-pattern'])
            assert.ok(pattern(String(l.paint['fill-pattern'])), `${l.id} has its picture`);
      }
});

test('only what is on is laid, in its order, each part of a file, and nothing that is not known', () => {
  const over = overlayStyle(
    [ZONES, PLAN],
    [
      { name: 'plan', percent: 50 },
      { name: 'gone', percent: 100 },
    ],
    LOOK,
  );
  assert.deepEqual(Object.keys(over.sources), ['over/plan', 'over/plan/names']);
  assert.deepEqual(
    [...new Set(over.layers.map((l) => ('source-layer' in l ? l['source-layer'] : '')))],
    ['blocks', 'roads'],
  );
  assert.ok(over.layers.every((l) => overlayOf(l.id) === 'plan'));
  assert.equal(overlayOf('areas-fill'), null);
  const opacity = (percent: number) =>
    overlayStyle([PLAN], [{ name: 'plan', percent }], LOOK).layers.map((l) =>
      l.type === 'line' ? Number(l.paint?.['line-opacity']) : 0,
    );
  assert.deepEqual(
    opacity(50),
    opacity(100).map((whole) => whole / 2),
  );
  const both = overlayStyle(
    [ZONES, PLAN],
    [
      { name: 'plan', percent: 100 },
      { name: ZONES.name, percent: 100 },
    ],
    LOOK,
  ).layers.map((l) => overlayOf(l.id));
  assert.deepEqual([...new Set(both)], ['plan', ZONES.name]);
});

test('a feature is named in the language of the reader, or in the other one', () => {
  assert.equal(featureName(ZONES, { name: '一', name_en: 'One' }, 'en'), 'One');
  assert.equal(featureName(ZONES, { name: '一', name_en: '' }, 'en'), '一');
  assert.equal(featureName(ZONES, { name: '', name_en: 'One' }, 'zh-CN'), 'One');
  assert.equal(featureName(PLAN, { MC: 7, name: 'x' }, 'zh-CN'), '7');
  assert.equal(featureName(PLAN, { MC: { html: 'x' } }, 'zh-CN'), '');
});

test('a colour is lifted on the dark ground and stays a colour', () => {
  assert.equal(shownColour('#000000', 'dark'), '#808080');
  assert.equal(shownColour('#ffffff', 'dark'), '#ffffff');
  assert.equal(shownColour('#6b6f76', 'light'), '#6b6f76');
});
