import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LayerSpecification, validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
import { type MachineName, MAP_LAYERS, STATUSES } from '../src/catalogue.gen.ts';
import { colourOf } from '../src/catalogue.ts';
import { hatchImage, statusColour } from '../src/map/expressions.ts';
import { spots } from '../src/map/offerspots.ts';
import { LAND, type StyleOptions } from '../src/map/options.ts';
import { pattern } from '../src/map/pattern.ts';
import { buildStyle } from '../src/map/style.ts';
import { MODES } from '../src/url.ts';
import { evaluate, paint } from './evaluate.ts';

const OPTIONS: StyleOptions = {
  theme: 'light',
  mode: 'clearance',
  lang: 'zh-CN',
  hide: [],
  day: 0,
  only: {},
  staff: false,
  tiles: ['http://localhost/tiles/public/{z}/{x}/{y}.mvt'],
  zooms: [0, 16],
  reference: 'http://localhost/api/reference',
  base: { kind: '', url: '', attribution: '' },
};

function everyStyle(): StyleOptions[] {
  return MODES.flatMap((mode) =>
    (['light', 'dark'] as const).flatMap((theme) =>
      [true, false].flatMap((staff) =>
        (['zh-CN', 'en'] as const).map((lang) => ({ ...OPTIONS, mode, theme, staff, lang })),
      ),
    ),
  );
}

test('every style is valid by the specification', () => {
  for (const o of everyStyle()) {
    const errors = validateStyleMin(buildStyle(o));
    assert.deepEqual(
      errors.map((e) => e.message),
      [],
      `${o.mode} ${o.theme} staff=${o.staff}`,
    );
  }
});

test('the same choice gives the same style, and choosing does not change the options', () => {
  const frozen = Object.freeze({ ...OPTIONS, hide: Object.freeze(['sold']) as readonly string[] });
  assert.deepEqual(buildStyle(frozen), buildStyle(frozen));
});

test('layers ask only for what the tiles of the audience carry', () => {
  for (const o of everyStyle()) {
    const carried = new Map<string, { name: string; fields: readonly string[] }>();
    for (const l of MAP_LAYERS.filter((x) => o.staff || x.public)) {
      carried.set(l.name, l);
      if (l.mosaic && l.machine)
        carried.set(l.mosaic.name, { name: l.mosaic.name, fields: cellFields(l.machine) });
    }
    for (const layer of landLayers(o)) {
      const from = carried.get(layer['source-layer'] ?? '');
      assert.ok(from, `${layer.id} draws ${layer['source-layer']}`);
      for (const field of propertiesOf(layer)) {
        assert.ok(
          from.fields.includes(field),
          `${layer.id} reads ${field}, which ${from.name} does not carry`,
        );
      }
    }
  }
});

test('no glyphs are asked for, so that labels need no network', () => {
  for (const o of everyStyle()) assert.equal(buildStyle(o).glyphs, undefined);
});

test('a fill is the colour of the catalogue, by the tile and by the live state before it', () => {
  for (const theme of ['light', 'dark'] as const) {
    for (const s of STATUSES.parcel) {
      const want = colourOf(s.token, theme).toLowerCase();
      assert.equal(paint(statusColour('parcel', theme), { status: s.code }, {}), want, s.code);
      assert.equal(
        paint(statusColour('parcel', theme), { status: 'reserved' }, { status: s.code }),
        want,
        s.code,
      );
    }
  }
});

test('a status that nobody knows is set aside, not dropped', () => {
  assert.equal(
    paint(statusColour('area', 'light'), { status: 'brand_new' }, {}),
    colourOf('aside', 'light').toLowerCase(),
  );
});

test('every hatch that a style names can be drawn', () => {
  for (const [machine, rows] of Object.entries(STATUSES)) {
    for (const theme of ['light', 'dark'] as const) {
      for (const s of rows.filter((r) => r.hatch !== 'none')) {
        const name = evaluate(
          hatchImage(machine as keyof typeof STATUSES, theme),
          { status: s.code },
          {},
          'string',
        );
        const drawn = pattern(String(name));
        assert.ok(drawn, `${machine} ${s.code}: ${name}`);
        const inked = drawn.data.filter((v, i) => i % 4 === 3 && v > 0).length;
        assert.ok(inked > 0 && inked < drawn.width * drawn.height, `${name} leaves the fill in sight`);
      }
    }
  }
  assert.equal(pattern('anything-else'), undefined);
});

test('a hatch repeats without a seam', () => {
  const p = pattern('hatch-single-111111');
  assert.ok(p);
  const alpha = (x: number, y: number) => p.data[((y % p.height) * p.width + (x % p.width)) * 4 + 3];
  for (let i = 0; i < p.width; i++)
    assert.equal(alpha(i, 0), alpha((i + p.width - 1) % p.width, 1), `column ${i}`);
});

test('what the legend hides is hidden, and only that', () => {
  const fill = landLayers({ ...OPTIONS, mode: 'auction' }).find((l) => l.id === 'parcels-fill');
  assert.ok(fill && 'filter' in fill);
  const shows = (status: string, hide: string[]) =>
    evaluate(fill.filter, { status }, {}, 'boolean', { hide });
  assert.equal(shows('sold', []), true);
  assert.equal(shows('sold', ['sold']), false);
  assert.equal(shows('sold', ['sol', 'listed']), true);
});

test('a label is written from one point of its thing, under the same filter of the legend', () => {
  const layersOf = new Map(MAP_LAYERS.map((l) => [l.name as string, l.kind]));
  for (const o of everyStyle()) {
    for (const layer of landLayers(o).filter((l) => l.type === 'symbol'))
      assert.equal(layersOf.get(layer['source-layer'] ?? ''), 'points', layer.id);
  }
  for (const [mode, field, code] of [
    ['auction', 'status', 'sold'],
    ['use', 'use', 'residential'],
  ] as const) {
    const label = landLayers({ ...OPTIONS, mode }).find((l) => l.id === 'parcels-label');
    assert.ok(label && 'filter' in label, mode);
    const shows = (hide: string[]) => evaluate(label.filter, { [field]: code }, {}, 'boolean', { hide });
    assert.equal(shows([]), true, mode);
    assert.equal(shows([code]), false, mode);
  }
});

test('names make room for the dots of parcels: those are placed first, are seen once, and end where parcels have names', () => {
  const over = spots([{ fid: 7, status: 'listed', at: [113.1, 29.4] }], 'light');
  const style = buildStyle({ ...OPTIONS, mode: 'auction', over });
  assert.deepEqual(validateStyleMin(style), []);
  const at = (id: string) => style.layers.findIndex((l) => l.id === id);
  const room = style.layers[at('offers-room')];
  assert.ok(room?.type === 'symbol' && room.layout && room.paint);
  for (const id of ['areas-label', 'parcels-label', 'projects-diamond'])
    assert.ok(at('offers-room') > at(id) && at(id) > 0, `what is later is placed first: ${id}`);
  assert.ok(at('offers') < at('areas-label'), 'no dot hides a name');
  assert.equal(room.layout['icon-allow-overlap'], true);
  assert.notEqual(room.layout['icon-ignore-placement'], true);
  assert.equal(room.paint['icon-opacity'], 0);
  assert.ok(pattern(String(room.layout['icon-image'])));
  const label = style.layers[at('parcels-label')];
  assert.equal(room.maxzoom, label?.minzoom);
});

test('projects are one neutral mark that can be drawn and hidden, whatever the mode', () => {
  for (const o of everyStyle()) {
    const mark = landLayers(o).find((l) => l.id === 'projects-diamond');
    assert.ok(mark && mark.type === 'symbol' && mark.layout && 'filter' in mark, o.mode);
    const name = String(mark.layout['icon-image']);
    const drawn = pattern(name);
    assert.ok(drawn, name);
    const at = (x: number, y: number) => drawn.data[(y * drawn.width + x) * 4 + 3];
    const middle = drawn.width / 2;
    assert.deepEqual([at(middle, middle), at(0, 0), at(drawn.width - 1, 0)], [255, 0, 0], name);
    const shows = (hide: string[]) => evaluate(mark.filter, {}, {}, 'boolean', { hide });
    assert.deepEqual([shows([]), shows(['sold']), shows(['projects'])], [true, true, false], o.mode);
  }
});

test('a house that is no more is not filled, and dashed; one that stands is filled, and drawn through', () => {
  const layers = landLayers({ ...OPTIONS, staff: true });
  const [fill, solid, dashed] = ['buildings-fill', 'buildings-line', 'buildings-line-gone'].map((id) => {
    const found = layers.find((l) => l.id === id);
    assert.ok(found && 'filter' in found, id);
    return found;
  });
  assert.ok(fill?.type === 'fill' && solid?.type === 'line' && dashed?.type === 'line');
  assert.ok(dashed.paint?.['line-dasharray'] && !solid.paint?.['line-dasharray']);
  const filled = (status: string, state: Record<string, unknown> = {}) =>
    Number(evaluate(fill.paint?.['fill-opacity'], { status }, state, 'number')) > 0;
  const gone = ['demolished', 'self_removed', 'removed', 'site_cleared'];
  for (const { code } of STATUSES.building) {
    const is = gone.includes(code);
    assert.equal(filled(code), !is, code);
    assert.equal(evaluate(dashed.filter, { status: code }, {}, 'boolean'), is, code);
    assert.equal(evaluate(solid.filter, { status: code }, {}, 'boolean'), !is, code);
  }
  assert.equal(filled('empty', { status: 'demolished' }), false, 'at once when the stream says so');
});

test('an external raster lies under the land, an external style brings its own ground', () => {
  const raster = buildStyle({
    ...OPTIONS,
    base: { kind: 'raster', url: 'https://t/{z}/{x}/{y}.png', attribution: 'x' },
  });
  assert.deepEqual(
    validateStyleMin(raster).map((e) => e.message),
    [],
  );
  assert.ok(
    raster.layers.findIndex((l) => l.type === 'raster') <
      raster.layers.findIndex((l) => l.id === 'areas-fill'),
  );
  assert.ok(!raster.layers.some((l) => l.id === 'water'));
  const style = { version: 8 as const, sources: {}, layers: [{ id: 'theirs', type: 'background' as const }] };
  const styled = buildStyle({
    ...OPTIONS,
    base: { kind: 'style', url: 'https://t/s.json', attribution: 'x', style },
  });
  assert.equal(styled.layers[0]?.id, 'theirs');
  assert.ok(!styled.layers.some((l) => l.id === 'ground'));
});

type Drawn = Exclude<LayerSpecification, { type: 'background' }>;

function landLayers(o: StyleOptions): Drawn[] {
  return buildStyle(o).layers.filter((l): l is Drawn => l.type !== 'background' && l.source === LAND);
}

// What a cell tells of the states of its layer's machine, as docs/tiles.md has it.
function cellFields(machine: MachineName): string[] {
  const of = STATUSES[machine].flatMap((s) => [`m2_${s.code}`, `n_${s.code}`]);
  return ['lead', 'cover', 'n', 'm2', ...of];
}

// The fields that a layer reads, wherever in it the expression stands.
function propertiesOf(part: unknown): string[] {
  if (Array.isArray(part)) {
    if (part[0] === 'get' && typeof part[1] === 'string') return [part[1]];
    return part.flatMap(propertiesOf);
  }
  return typeof part === 'object' && part !== null ? Object.values(part).flatMap(propertiesOf) : [];
}
