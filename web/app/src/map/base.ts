import type {
  ExpressionSpecification,
  FilterSpecification,
  LayerSpecification,
} from '@maplibre/maplibre-gl-style-spec';
import type { Lang } from '../url.ts';
import { byZoom } from './expressions.ts';
import type { Palette } from './palette.ts';
import { FONT } from './options.ts';

/** Our own quiet base map: water, green, roads, rail, the district's outline. It carries no land data. */
export function baseLayers(p: Palette, lang: Lang, source: string): LayerSpecification[] {
  return [...grounds(p, source), ...roads(p, source), ...baseLabels(p, lang, source)];
}

function grounds(p: Palette, source: string): LayerSpecification[] {
  return [
    { id: 'green', type: 'fill', source, filter: kind('green', 'Polygon'), paint: { 'fill-color': p.green } },
    { id: 'water', type: 'fill', source, filter: kind('water', 'Polygon'), paint: { 'fill-color': p.water } },
    {
      id: 'river',
      type: 'line',
      source,
      filter: kind('water', 'LineString'),
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': p.water, 'line-width': byZoom(9, 1.5, 12, 4, 16, 14) },
    },
  ];
}

function roads(p: Palette, source: string): LayerSpecification[] {
  const arterial = road(true);
  const street = road(false);
  const layout = { 'line-cap': 'round', 'line-join': 'round' } as const;
  return [
    {
      id: 'street',
      type: 'line',
      source,
      minzoom: 12,
      filter: street,
      layout,
      paint: { 'line-color': p.street, 'line-width': byZoom(12, 0.6, 14, 2, 17, 9) },
    },
    {
      id: 'arterial-case',
      type: 'line',
      source,
      filter: arterial,
      layout,
      paint: { 'line-color': p.roadCase, 'line-width': byZoom(9, 1, 12, 3, 14, 6, 17, 20) },
    },
    {
      id: 'arterial',
      type: 'line',
      source,
      filter: arterial,
      layout,
      paint: { 'line-color': p.arterial, 'line-width': byZoom(9, 0.5, 12, 1.8, 14, 4, 17, 16) },
    },
    {
      id: 'rail',
      type: 'line',
      source,
      filter: kind('rail', 'LineString'),
      paint: { 'line-color': p.rail, 'line-width': byZoom(9, 0.7, 14, 2), 'line-dasharray': [5, 2] },
    },
    {
      id: 'border',
      type: 'line',
      source,
      filter: ['==', ['get', 'kind'], 'outline'],
      paint: { 'line-color': p.border, 'line-width': byZoom(8, 1, 14, 2), 'line-dasharray': [4, 2, 1, 2] },
    },
  ];
}

function baseLabels(p: Palette, lang: Lang, source: string): LayerSpecification[] {
  const name: ExpressionSpecification =
    lang === 'en' ? ['coalesce', ['get', 'name_en'], ['get', 'name'], ''] : ['coalesce', ['get', 'name'], ''];
  return [
    {
      id: 'water-name',
      type: 'symbol',
      source,
      minzoom: 10,
      filter: kind('water', 'Polygon'),
      layout: { 'text-field': name, 'text-font': FONT, 'text-size': 12, 'text-letter-spacing': 0.15 },
      paint: { 'text-color': p.waterText, 'text-halo-color': p.ground, 'text-halo-width': 1 },
    },
    {
      id: 'road-name',
      type: 'symbol',
      source,
      minzoom: 12.5,
      filter: road(true),
      layout: {
        'symbol-placement': 'line',
        'symbol-spacing': 420,
        'text-field': name,
        'text-font': FONT,
        'text-size': 10.5,
      },
      paint: { 'text-color': p.quietText, 'text-halo-color': p.ground, 'text-halo-width': 1.4 },
    },
  ];
}

function kind(name: string, shape: 'Polygon' | 'LineString'): FilterSpecification {
  return ['all', ['==', ['get', 'kind'], name], ['==', ['geometry-type'], shape]];
}

function road(arterial: boolean): FilterSpecification {
  const wanted: ExpressionSpecification = ['==', ['get', 'class'], 'arterial'];
  return ['all', ['==', ['get', 'kind'], 'road'], arterial ? wanted : ['!', wanted]];
}
