import type { ExpressionSpecification, LayerSpecification } from '@maplibre/maplibre-gl-style-spec';
import type { MachineName, Outline } from '../catalogue.gen.ts';
import { colourOf, PROJECTS } from '../catalogue.ts';
import { buildingLayers } from './buildings.ts';
import {
  all,
  byZoom,
  codeShown,
  codesWithOutline,
  hatched,
  hatchImage,
  inStates,
  stateNotHidden,
  statusColour,
  unlessGone,
  useColour,
  useNotHidden,
  whenState,
} from './expressions.ts';
import { mosaic } from './mosaic.ts';
import { FILL_OPACITY, FONT, LAND, type StyleOptions } from './options.ts';
import { PALETTES, type Palette } from './palette.ts';
import { happenedBy, thereThen } from './past.ts';
import { diamondName, dotsName } from './pattern.ts';

// Further out the diamonds would lie on the very areas that one looks for.
const PROJECT_ZOOM = 12.5;
const OUTLINES: readonly Outline[] = ['thin', 'thick', 'dashed'];

/** The layers of the district's land, from the ground up. */
export function landLayers(o: StyleOptions): LayerSpecification[] {
  const p = PALETTES[o.theme];
  return [
    ...(o.mode === 'clearance' ? areasByStatus(o) : []),
    ...(o.mode === 'clearance' ? clearedLand(o) : []),
    ...(o.mode === 'clearance' ? [] : [mosaic(o), ...parcelFills(o)]),
    ...(o.staff && o.mode === 'clearance' ? buildingLayers(o, p) : []),
    ...(o.mode === 'clearance' ? [] : [areaHit()]),
    ...areaLines(o, p),
    ...parcelLines(o, p),
    ...marks('areas', p),
    ...marks('parcels', p),
    ...(o.staff && o.mode === 'clearance' ? marks('buildings', p, 14) : []),
    // What is drawn last is placed first: here the areas are what one reads, there they stand back.
    ...(o.mode === 'clearance' ? [...projects(p), ...labels(o, p)] : [...labels(o, p), ...projects(p)]),
  ];
}

function areasByStatus(o: StyleOptions): LayerSpecification[] {
  return statusFill('areas', 'area', o);
}

// Unseen, so that a click finds the area where only its outline is drawn.
function areaHit(): LayerSpecification {
  return {
    id: 'areas-hit',
    type: 'fill',
    source: LAND,
    'source-layer': 'areas',
    filter: thereThen('area'),
    paint: { 'fill-opacity': 0 },
  };
}

function statusFill(layer: string, machine: MachineName, o: StyleOptions): LayerSpecification[] {
  const hidable = stateNotHidden(machine);
  const codes = hatched(machine).map((s) => s.code);
  const at = { source: LAND, 'source-layer': layer };
  return [
    {
      id: `${layer}-fill`,
      type: 'fill',
      ...at,
      filter: hidable,
      paint: { 'fill-color': statusColour(machine, o.theme), 'fill-opacity': unlessGone(FILL_OPACITY) },
    },
    {
      id: `${layer}-hatch`,
      type: 'fill',
      ...at,
      filter: all(inStates(machine, codes), hidable),
      paint: { 'fill-pattern': hatchImage(machine, o.theme), 'fill-opacity': unlessGone(0.55) },
    },
  ];
}

function clearedLand(o: StyleOptions): LayerSpecification[] {
  const colour = colourOf('clear-cleared', o.theme);
  const at = { source: LAND, 'source-layer': 'cleared', filter: happenedBy('on') };
  return [
    {
      id: 'cleared-dots',
      type: 'fill',
      ...at,
      minzoom: 12.5,
      paint: { 'fill-pattern': dotsName(colour), 'fill-opacity': byZoom(12.5, 0.35, 14, 0.6) },
    },
    {
      id: 'cleared-line',
      type: 'line',
      ...at,
      minzoom: 12.5,
      paint: { 'line-color': colour, 'line-width': byZoom(12, 0.4, 15, 1), 'line-opacity': 0.6 },
    },
  ];
}

function parcelFills(o: StyleOptions): LayerSpecification[] {
  if (o.mode === 'auction') return statusFill('parcels', 'parcel', o);
  return [
    {
      id: 'parcels-fill',
      type: 'fill',
      source: LAND,
      'source-layer': 'parcels',
      filter: useNotHidden(),
      paint: { 'fill-color': useColour(o.theme), 'fill-opacity': unlessGone(FILL_OPACITY) },
    },
  ];
}

function areaLines(o: StyleOptions, p: Palette): LayerSpecification[] {
  if (o.mode === 'clearance') return outlines('areas', 'area', p);
  return [
    {
      id: 'areas-faint',
      type: 'line',
      source: LAND,
      'source-layer': 'areas',
      filter: thereThen('area'),
      paint: { 'line-color': p.faint, 'line-width': byZoom(9, 0.6, 14, 1.4), 'line-dasharray': [3, 2] },
    },
  ];
}

function parcelLines(o: StyleOptions, p: Palette): LayerSpecification[] {
  if (o.mode === 'auction') return outlines('parcels', 'parcel', p);
  return [
    {
      id: 'parcels-line-thin',
      type: 'line',
      source: LAND,
      'source-layer': 'parcels',
      ...(o.mode === 'use' ? { filter: useNotHidden() } : { filter: thereThen('parcel'), minzoom: 11 }),
      paint: {
        'line-color': p.line,
        'line-width': o.mode === 'use' ? byZoom(10, 0.4, 15, 1.2) : byZoom(11, 0.4, 15, 1),
        'line-opacity': unlessGone(o.mode === 'use' ? 1 : 0.55),
      },
    },
  ];
}

// A dash cannot depend on the feature, so each outline is a layer with its own filter.
function outlines(layer: string, machine: MachineName, p: Palette): LayerSpecification[] {
  return OUTLINES.map((outline) => ({
    id: `${layer}-line-${outline}`,
    type: 'line',
    source: LAND,
    'source-layer': layer,
    filter: all(inStates(machine, codesWithOutline(machine, outline)), stateNotHidden(machine)),
    layout: { 'line-join': 'round' },
    paint: {
      'line-color': p.line,
      'line-opacity': unlessGone(1),
      'line-width': outline === 'thick' ? byZoom(9, 1.2, 13, 2.5) : byZoom(9, 0.5, 13, 1.1),
      ...(outline === 'dashed' ? { 'line-dasharray': [3, 2] } : {}),
    },
  }));
}

// Hover, selection and the flash of a change are outlines that feature-state switches on.
function marks(layer: string, p: Palette, minzoom = 0): LayerSpecification[] {
  const mark = (flag: 'hover' | 'sel' | 'flash', colour: string, width: number): LayerSpecification => ({
    id: `${layer}-${flag}`,
    type: 'line',
    source: LAND,
    'source-layer': layer,
    minzoom,
    layout: { 'line-join': 'round', 'line-cap': 'round' },
    paint: { 'line-color': colour, 'line-width': width, 'line-opacity': whenState(flag) },
  });
  return [mark('hover', p.hover, 2.5), mark('sel', p.selectCase, 9), mark('flash', p.flash, 6)].flatMap(
    (l) => (l.id.endsWith('-sel') ? [l, { ...mark('sel', p.select, 4), id: `${layer}-sel-core` }] : [l]),
  );
}

// One neutral diamond: a status colour of its own would be read as that of the parcel below. All are
// drawn; labels of the layers below make room.
function projects(p: Palette): LayerSpecification[] {
  const at = {
    source: LAND,
    'source-layer': 'projects',
    minzoom: PROJECT_ZOOM,
    filter: all(thereThen('project'), codeShown(PROJECTS)),
  };
  const big: ExpressionSpecification = ['==', ['get', 'yi'], 1];
  const size = (small: number, large: number): ExpressionSpecification => ['case', big, large, small];
  const grow = (at13: ExpressionSpecification, at16: ExpressionSpecification): ExpressionSpecification => [
    'interpolate',
    ['linear'],
    ['zoom'],
    13,
    at13,
    16,
    at16,
  ];
  const marked: ExpressionSpecification = ['any', flagged('sel'), flagged('hover'), flagged('flash')];
  return [
    {
      // What a click finds, and the ring of hover, selection and change.
      id: 'projects-ring',
      type: 'circle',
      ...at,
      paint: {
        'circle-opacity': 0,
        'circle-radius': grow(size(5, 8), size(8, 12)),
        'circle-stroke-width': 3,
        'circle-stroke-color': ['case', flagged('flash'), p.flash, p.select],
        'circle-stroke-opacity': ['case', ['all', marked, ['!', flagged('gone')]], 1, 0],
      },
    },
    {
      id: 'projects-diamond',
      type: 'symbol',
      ...at,
      layout: {
        'icon-image': diamondName(p.line, p.ground),
        'icon-size': grow(size(0.42, 0.72), size(0.62, 1)),
        'icon-allow-overlap': true,
        'symbol-sort-key': ['get', 'yi'],
      },
      paint: { 'icon-opacity': unlessGone(1) },
    },
  ];
}

function flagged(flag: string): ExpressionSpecification {
  return ['boolean', ['feature-state', flag], false];
}

// A label steps aside from a mark on its point rather than give way.
const ASIDE = {
  'text-variable-anchor': ['center', 'top', 'bottom'] as ('center' | 'top' | 'bottom')[],
  'text-radial-offset': 0.8,
};

function labels(o: StyleOptions, p: Palette): LayerSpecification[] {
  const halo = { 'text-color': p.text, 'text-halo-color': p.ground, 'text-halo-width': 1.6 };
  const unit = o.lang === 'en' ? ' mu' : ' 亩';
  const size: ExpressionSpecification = [
    'number-format',
    ['get', 'mu'],
    { 'min-fraction-digits': 2, 'max-fraction-digits': 2, locale: o.lang },
  ];
  const parcel: LayerSpecification = {
    id: 'parcels-label',
    type: 'symbol',
    source: LAND,
    'source-layer': 'parcellabels',
    minzoom: 14.5,
    filter: o.mode === 'use' ? useNotHidden() : stateNotHidden('parcel'),
    layout: {
      'text-field': ['step', ['zoom'], ['concat', size, unit], 16, parcelTitle(size, unit)],
      'text-font': FONT,
      'text-size': 11,
      'text-max-width': 12,
      ...ASIDE,
      'text-padding': 4,
    },
    paint: { ...halo, 'text-opacity': unlessGone(1) },
  };
  const area: LayerSpecification = {
    id: 'areas-label',
    type: 'symbol',
    source: LAND,
    'source-layer': 'arealabels',
    filter: o.mode === 'clearance' ? stateNotHidden('area') : thereThen('area'),
    layout: {
      'text-field': ['get', 'name'],
      'text-font': FONT,
      'text-size': byZoom(9, 10, 12, 12, 15, 15),
      'text-max-width': 8,
      ...ASIDE,
      'text-padding': 3,
    },
    paint: {
      ...halo,
      'text-opacity': unlessGone(1),
      ...(o.mode === 'clearance' ? {} : { 'text-color': p.quietText }),
    },
  };
  return o.mode === 'clearance' ? [area] : [parcel, area];
}

function parcelTitle(size: ExpressionSpecification, unit: string): ExpressionSpecification {
  return [
    'concat',
    ['case', ['!=', ['coalesce', ['get', 'notice'], ''], ''], ['concat', ['get', 'notice'], '\n'], ''],
    size,
    unit,
  ];
}
