import type { ExpressionSpecification, LayerSpecification } from '@maplibre/maplibre-gl-style-spec';
import { STATUSES } from '../catalogue.gen.ts';
import { colourOf } from '../catalogue.ts';
import { all, hidden } from './expressions.ts';
import { FILL_OPACITY, LAND, type StyleOptions } from './options.ts';
import { PALETTES } from './palette.ts';
import { onlyToday } from './past.ts';
import { CELLS } from './tilenotes.ts';

// How strongly a cell is drawn by the percent of its ground that is covered: a single parcel in a
// large cell can still be seen, and full cover looks as the parcels themselves do.
const STRENGTH = [0, 0, 0.5, 0.24, 10, 0.45, 40, 0.7, 100, FILL_OPACITY];

/**
 * The cells that stand for parcels where those are too many or too small: the colour of the state
 * that leads, light where little of the ground is covered. A tile has cells or parcels, so the two
 * share every zoom. Without antialiasing neighbours meet on one line, within a tile and across
 * tiles; with it each edge would be drawn twice.
 */
export function mosaic(o: StyleOptions): LayerSpecification {
  const byState = o.mode === 'auction';
  return {
    id: 'cells-fill',
    type: 'fill',
    source: LAND,
    'source-layer': CELLS,
    filter: all(onlyToday()),
    paint: {
      'fill-antialias': false,
      'fill-color': byState ? leadColour(o) : PALETTES[o.theme].faint,
      'fill-opacity': strength(byState ? shownCover() : ['to-number', ['get', 'cover']]),
    },
  };
}

// The state with the largest area among those that the legend shows.
function leadColour(o: StyleOptions): ExpressionSpecification {
  const arms = STATUSES.parcel.flatMap((s) => [
    ['==', ['var', `m2_${s.code}`], ['var', 'most']],
    colourOf(s.token, o.theme),
  ]);
  const areas = STATUSES.parcel.map((s) => ['var', `m2_${s.code}`]);
  const bound = STATUSES.parcel.flatMap((s) => [`m2_${s.code}`, shownArea(s.code)]);
  const choice = ['let', 'most', ['max', ...areas], ['case', ...arms, colourOf('aside', o.theme)]];
  return ['let', ...bound, choice] as unknown as ExpressionSpecification;
}

// Percent of the cell's ground under parcels that the legend shows.
function shownCover(): ExpressionSpecification {
  const shown = ['+', ...STATUSES.parcel.map((s) => shownArea(s.code))];
  const share = ['/', shown, ['max', ['to-number', ['get', 'm2']], 1e-9]];
  return ['*', ['to-number', ['get', 'cover']], share] as unknown as ExpressionSpecification;
}

function shownArea(code: string): ExpressionSpecification {
  return [
    'case',
    hidden(code),
    0,
    ['to-number', ['get', `m2_${code}`]],
  ] as unknown as ExpressionSpecification;
}

function strength(cover: ExpressionSpecification): ExpressionSpecification {
  return ['interpolate', ['linear'], cover, ...STRENGTH] as unknown as ExpressionSpecification;
}
