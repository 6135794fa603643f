import type {
  ExpressionSpecification,
  FilterSpecification,
  LayerSpecification,
} from '@maplibre/maplibre-gl-style-spec';
import { STATUSES } from '../catalogue.gen.ts';
import type { Theme } from '../url.ts';
import { buildingLook, GONE, KEPT } from './buildinglook.ts';
import { all, byZoom, hatched, hatchImage, inStates, unlessGone } from './expressions.ts';
import { stateShown, thereThen } from './past.ts';
import { LAND, type StyleOptions } from './options.ts';
import type { Palette } from './palette.ts';

/** Houses: filled while they stand, light and thickly drawn where they stay, a faint dashed outline where they are no more. */
export function buildingLayers(o: StyleOptions, p: Palette): LayerSpecification[] {
  const at = { source: LAND, 'source-layer': 'buildings', minzoom: 14 };
  const standing = hatched('building').flatMap((s) => (GONE.includes(s.code) ? [] : [s.code]));
  const gone = inStates('building', GONE);
  const kept: ExpressionSpecification = ['==', stateShown('building', 'tile'), KEPT];
  return [
    {
      id: 'buildings-fill',
      type: 'fill',
      ...at,
      filter: thereThen('building'),
      paint: { 'fill-color': buildingColour(o.theme), 'fill-opacity': whileStanding(0.95) },
    },
    {
      id: 'buildings-hatch',
      type: 'fill',
      ...at,
      filter: inStates('building', standing),
      paint: { 'fill-pattern': hatchImage('building', o.theme), 'fill-opacity': whileStanding(0.55) },
    },
    {
      id: 'buildings-line',
      type: 'line',
      ...at,
      filter: all(thereThen('building'), ['!', gone] as unknown as FilterSpecification),
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': p.line,
        'line-width': [
          'interpolate',
          ['linear'],
          ['zoom'],
          14,
          ['case', kept, 1.2, 0.5],
          17,
          ['case', kept, 3, 1.1],
        ],
        'line-opacity': unlessGone(0.9),
      },
    },
    {
      id: 'buildings-line-gone',
      type: 'line',
      ...at,
      filter: gone,
      paint: {
        'line-color': p.line,
        'line-width': byZoom(14, 0.5, 17, 1.1),
        'line-dasharray': [3, 2.5],
        'line-opacity': unlessGone(0.6),
      },
    },
  ];
}

function buildingColour(theme: Theme): ExpressionSpecification {
  const arms = STATUSES.building.flatMap((s) => [s.code, buildingLook(s.code, theme).fill]);
  return [
    'match',
    stateShown('building', 'live'),
    ...arms,
    buildingLook('', theme).fill,
  ] as unknown as ExpressionSpecification;
}

// Off the map or torn down: in both cases nothing is filled, at once when the stream says so.
function whileStanding(opacity: number): ExpressionSpecification {
  const off = ['boolean', ['feature-state', 'gone'], false];
  const down = ['in', stateShown('building', 'live'), ['literal', [...GONE]]];
  return ['case', ['any', off, down], 0, opacity] as unknown as ExpressionSpecification;
}
