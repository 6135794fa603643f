import type { ExpressionSpecification, FilterSpecification } from '@maplibre/maplibre-gl-style-spec';
import { type MachineName, type Outline, STATUSES, type Status, USES } from '../catalogue.gen.ts';
import { colourOf } from '../catalogue.ts';
import type { Theme } from '../url.ts';
import { stateShown, thereThen } from './past.ts';
import { hatchName } from './pattern.ts';

const UNKNOWN = 'aside';

export function statusColour(machine: MachineName, theme: Theme): ExpressionSpecification {
  const arms = STATUSES[machine].flatMap((s) => [s.code, colourOf(s.token, theme)]);
  return [
    'match',
    stateShown(machine, 'live'),
    ...arms,
    colourOf(UNKNOWN, theme),
  ] as unknown as ExpressionSpecification;
}

export function useColour(theme: Theme): ExpressionSpecification {
  const arms = USES.flatMap((u) => [u.code, colourOf(u.token, theme)]);
  return [
    'match',
    ['get', 'use'],
    ...arms,
    colourOf('use-other', theme),
  ] as unknown as ExpressionSpecification;
}

/** A pattern cannot read feature-state: hatches follow when the touched tiles are read again. */
export function hatchImage(machine: MachineName, theme: Theme): ExpressionSpecification {
  const arms = hatched(machine).flatMap((s) => [
    s.code,
    hatchName(s.hatch === 'cross' ? 'cross' : 'single', colourOf(s.token, theme)),
  ]);
  const rest = hatchName('single', colourOf(UNKNOWN, theme));
  return ['match', stateShown(machine, 'tile'), ...arms, rest] as unknown as ExpressionSpecification;
}

export function hatched(machine: MachineName): readonly Status[] {
  return STATUSES[machine].filter((s) => s.hatch !== 'none');
}

export function codesWithOutline(machine: MachineName, outline: Outline): readonly string[] {
  return STATUSES[machine].filter((s) => s.outline === outline).map((s) => s.code);
}

/** Keeps the things of a machine that are in one of these states on the map's day. */
export function inStates(machine: MachineName, codes: readonly string[]): FilterSpecification {
  return ['in', stateShown(machine, 'tile'), ['literal', [...codes]]] as unknown as FilterSpecification;
}

/** Keeps what is there on the map's day and in a state that the legend has not hidden. */
export function stateNotHidden(machine: MachineName): FilterSpecification {
  return all(thereThen(machine), notIn(stateShown(machine, 'tile')));
}

/** Keeps what is there on the map's day and whose use the legend has not hidden. */
export function useNotHidden(): FilterSpecification {
  return all(thereThen('parcel'), notIn(['get', 'use']));
}

/** Keeps everything of a layer while the legend has not hidden its code. */
export function codeShown(code: string): FilterSpecification {
  return notIn(code);
}

/** Whether the legend hides a code; the list is the global state `hide`. */
export function hidden(code: ExpressionSpecification | string): ExpressionSpecification {
  return ['in', code, ['array', 'string', ['global-state', 'hide']]] as unknown as ExpressionSpecification;
}

function notIn(code: ExpressionSpecification | string): FilterSpecification {
  return ['!', hidden(code)] as unknown as FilterSpecification;
}

export function all(...filters: readonly (FilterSpecification | null)[]): FilterSpecification {
  return ['all', ...filters.filter((f) => f !== null)] as unknown as FilterSpecification;
}

/** Opacity of a thing, none once the live stream said that it is gone. */
export function unlessGone(opacity: number): ExpressionSpecification {
  return ['case', ['boolean', ['feature-state', 'gone'], false], 0, opacity];
}

export function whenState(flag: 'hover' | 'sel' | 'flash'): ExpressionSpecification {
  return ['case', ['boolean', ['feature-state', flag], false], 1, 0];
}

export function byZoom(...stops: readonly number[]): ExpressionSpecification {
  return ['interpolate', ['linear'], ['zoom'], ...stops] as unknown as ExpressionSpecification;
}
