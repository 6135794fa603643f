import type {
  LayerSpecification,
  SourceSpecification,
  StyleSpecification,
} from '@maplibre/maplibre-gl-style-spec';
import { baseLayers } from './base.ts';
import { landLayers } from './land.ts';
import { LAND, type StyleOptions } from './options.ts';
import { cutDown, onlyState } from './only.ts';
import { PALETTES } from './palette.ts';
import { SKETCH, sketchLayers } from './sketchlook.ts';

const REFERENCE = 'reference';

/** The whole map as a document: a pure function of the catalogue and of what the reader chose. */
export function buildStyle(o: StyleOptions): StyleSpecification {
  const under = o.base.kind === 'style' ? o.base.style : undefined;
  return {
    ...(under
      ? { ...(under.sprite && { sprite: under.sprite }), ...(under.glyphs && { glyphs: under.glyphs }) }
      : {}),
    version: 8,
    name: 'Tengdi',
    state: {
      hide: { default: [...o.hide] },
      day: { default: o.day },
      ...Object.fromEntries(onlyState(o.only).map(([name, ids]) => [name, { default: ids }])),
    },
    transition: { duration: 0, delay: 0 },
    sources: { ...under?.sources, ...o.over?.sources, ...sources(o) },
    layers: [...ground(o, under), ...land(o), ...sketchLayers(PALETTES[o.theme])],
  };
}

// What is laid over the land lies under its names. What is drawn last is placed first.
function land(o: StyleOptions): LayerSpecification[] {
  const layers = landLayers(o).map(cutDown);
  const names = layers.findIndex((l) => l.type === 'symbol');
  const { layers: over = [], room = [] } = o.over ?? {};
  return [...layers.slice(0, names), ...over, ...layers.slice(names), ...room];
}

function sources(o: StyleOptions): Record<string, SourceSpecification> {
  const out: Record<string, SourceSpecification> = {
    [LAND]: {
      type: 'vector',
      tiles: [...o.tiles],
      minzoom: o.zooms[0],
      maxzoom: o.zooms[1],
    },
    [SKETCH]: { type: 'geojson', data: { type: 'FeatureCollection', features: [] } },
    [REFERENCE]: { type: 'geojson', data: o.reference },
  };
  if (o.base.kind === 'raster') {
    out['base-raster'] = { type: 'raster', tiles: [o.base.url], tileSize: 256, maxzoom: 18 };
  }
  return out;
}

function ground(o: StyleOptions, under: StyleSpecification | undefined): LayerSpecification[] {
  const p = PALETTES[o.theme];
  if (under) return [...under.layers];
  const paper: LayerSpecification = {
    id: 'ground',
    type: 'background',
    paint: { 'background-color': p.ground },
  };
  if (o.base.kind === 'raster') {
    return [
      paper,
      { id: 'base-raster', type: 'raster', source: 'base-raster', paint: { 'raster-opacity': 0.9 } },
    ];
  }
  return [paper, ...baseLayers(p, o.lang, REFERENCE)];
}
