import type { Map as GlMap } from 'maplibre-gl';
import { HISTORY_LENGTH, HISTORY_LETTERS, type MachineName, STATUSES } from '../catalogue.gen.ts';
import { PROJECTS } from '../catalogue.ts';
import type { Mode } from '../url.ts';
import { readCell } from './cells.ts';
import { type Day, TODAY } from './days.ts';

const LAYERS = [
  'areas-fill',
  'parcels-fill',
  'cells-fill',
  'projects-diamond',
  'cleared-dots',
  'buildings-fill',
  'buildings-line-gone',
];

/** What a sheet's legend calls the dots of cleared land. */
export const DOTS = 'dots';

/** What a sheet's legend calls the houses in a state. */
export function houses(state: string): string {
  return `building:${state}`;
}

/** The codes of the legend's rows that a map in rest draws something of; houses and dots by their own names. */
export function codesShown(map: GlMap, mode: Mode, day: Day): ReadonlySet<string> {
  const out = new Set<string>();
  const layers = LAYERS.filter((id) => map.getLayer(id));
  for (const { layer, properties: p } of map.queryRenderedFeatures({ layers })) {
    if (layer.id === 'projects-diamond') out.add(PROJECTS);
    else if (layer.id === 'cleared-dots') out.add(DOTS);
    else if (layer.id.startsWith('buildings')) out.add(houses(stateThen(p, 'building', day)));
    else if (layer.id === 'cells-fill') {
      if (mode === 'auction') for (const { status } of readCell(p).parts) out.add(status.code);
    } else if (mode === 'use') out.add(String(p.use ?? ''));
    else out.add(stateThen(p, layer.id === 'areas-fill' ? 'area' : 'parcel', day));
  }
  return out;
}

/** The state of a feature of the tiles on a day; "" where it was not there. */
export function stateThen(p: Readonly<Record<string, unknown>>, machine: MachineName, day: Day): string {
  if (day === TODAY) return String(p.status ?? '');
  let letter = '';
  for (let i = 0; i < HISTORY_LENGTH; i++) {
    const on = p[`t${i}`];
    if (typeof on !== 'number' || on > day) break;
    letter = String(p.h ?? '').charAt(i);
  }
  return letter === '' ? '' : (STATUSES[machine][HISTORY_LETTERS[machine].indexOf(letter)]?.code ?? '');
}
