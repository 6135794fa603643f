import {
  COLOURS,
  type CollectionName,
  type ColourToken,
  type MachineName,
  STATUSES,
  type Status,
  USES,
  type UseClass,
} from './catalogue.gen.ts';
import type { Lang, Mode, Theme } from './url.ts';

/** The state machine that moves the things of a collection. */
export const MACHINE_OF: Readonly<Record<CollectionName, MachineName>> = {
  areas: 'area',
  parcels: 'parcel',
  buildings: 'building',
  projects: 'project',
};

/** Finds a state of a machine; undefined for a code that the catalogue does not know. */
export function statusOf(machine: MachineName, code: string): Status | undefined {
  return STATUSES[machine].find((s) => s.code === code);
}

export function useOf(code: string): UseClass | undefined {
  return USES.find((u) => u.code === code);
}

export function nameOf(row: { zh: string; en: string }, lang: Lang): string {
  return lang === 'en' ? row.en : row.zh;
}

export function colourOf(token: ColourToken, theme: Theme): string {
  return COLOURS[token][theme];
}

/** What the legend hides the projects by; it stands among the codes of states and uses in a link. */
export const PROJECTS = 'projects';

/** One row of the legend: a status or a family of land uses. */
export interface LegendRow {
  readonly code: string;
  readonly zh: string;
  readonly en: string;
  readonly token: ColourToken;
  readonly badge: string;
  readonly hatch: Status['hatch'];
  readonly outline: Status['outline'];
}

/** The rows of a mode's legend, as the audience may see them. */
export function legendRows(mode: Mode, staff: boolean): readonly LegendRow[] {
  if (mode === 'use') {
    return USES.map((u) => ({ ...u, badge: u.zh.slice(0, 1), hatch: 'none', outline: 'thin' }) as const);
  }
  return STATUSES[mode === 'clearance' ? 'area' : 'parcel'].filter((s) => staff || s.public);
}

/** Relative luminance of #rrggbb (WCAG 2.2). */
export function luminance(hex: string): number {
  const channel = (at: number) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

export function contrast(a: string, b: string): number {
  const [lo, hi] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (hi + 0.05) / (lo + 0.05);
}

/** The ink that reads better on a fill: near-black or white, 4.5:1 or more for every token. */
export function inkOn(fill: string): '#111111' | '#ffffff' {
  return contrast(fill, '#111111') >= contrast(fill, '#ffffff') ? '#111111' : '#ffffff';
}
