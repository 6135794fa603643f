import type { ExpressionSpecification, FilterSpecification } from '@maplibre/maplibre-gl-style-spec';
import { HISTORY_LENGTH, HISTORY_LETTERS, type MachineName, STATUSES } from '../catalogue.gen.ts';
import { TODAY } from './days.ts';

/** A day that never comes, for the moves that a thing has not made. */
export const NEVER = 1e9;

/** The fields of a thing's history in the tiles. */
export const HISTORY_FIELDS: readonly string[] = [
  'h',
  ...Array.from({ length: HISTORY_LENGTH }, (_, i) => `t${i}`),
];

// The day that the map shows is the global state `day`.
const DAY: ExpressionSpecification = ['number', ['global-state', 'day']];
const IS_TODAY: ExpressionSpecification = ['==', DAY, TODAY];

/** Whence a state is read: `live` hears the stream before the tile, which only paint can do. */
export type Said = 'live' | 'tile';

/** The code of a thing's state on the map's day; "" where it was not there, or not to be seen. */
export function stateShown(machine: MachineName, said: Said): ExpressionSpecification {
  const codes = STATUSES[machine].flatMap((s, i) => [HISTORY_LETTERS[machine].charAt(i), s.code]);
  const then = ['match', letterThen(said), ...codes, ''];
  return ['case', IS_TODAY, ['to-string', read('status', said)], then] as unknown as ExpressionSpecification;
}

/** Keeps what is there today, and on a past day what was in a state then. */
export function thereThen(machine: MachineName): FilterSpecification {
  const letters = ['literal', [...HISTORY_LETTERS[machine]]];
  return ['any', IS_TODAY, ['in', letterThen('tile'), letters]] as unknown as FilterSpecification;
}

/** Keeps everything today, and on a past day what a field of day numbers says had happened by then. */
export function happenedBy(field: string): FilterSpecification {
  const on = ['coalesce', ['get', field], NEVER];
  return ['any', IS_TODAY, ['<=', on, DAY]] as unknown as FilterSpecification;
}

/** Keeps a layer that knows only the present off a map of the past. */
export function onlyToday(): FilterSpecification {
  return IS_TODAY as unknown as FilterSpecification;
}

// The letter before the first move that lies after the day. Most things have made few moves, and the
// first one not made ends the search.
function letterThen(said: Said): unknown[] {
  const letters = ['to-string', read('h', said)];
  const arms = Array.from({ length: HISTORY_LENGTH }, (_, i) => [
    ['>', move(i, said), DAY],
    i === 0 ? '' : ['slice', letters, i - 1, i],
  ]);
  return ['case', ...arms.flat(), ['slice', letters, HISTORY_LENGTH - 1, HISTORY_LENGTH]];
}

function move(i: number, said: Said): unknown[] {
  const from = read(`t${i}`, said);
  return from[0] === 'coalesce' ? [...from, NEVER] : ['coalesce', from, NEVER];
}

function read(field: string, said: Said): unknown[] {
  return said === 'live' ? ['coalesce', ['feature-state', field], ['get', field]] : ['get', field];
}

/** What feature-state must say of a thing so that a past day is drawn by the history that the stream told. */
export function historyState(h: string, t: readonly number[]): Readonly<Record<string, string | number>> {
  const moves = Array.from({ length: HISTORY_LENGTH }, (_, i) => [`t${i}`, t[i] ?? NEVER] as const);
  return { h, ...Object.fromEntries(moves) };
}
