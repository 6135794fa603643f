import { STATUSES } from '../catalogue.gen.ts';
import { colourOf } from '../catalogue.ts';
import type { Theme } from '../url.ts';
import { PALETTES } from './palette.ts';

/** How a building is drawn: its fill, and whether it stands, stays by plan, or is no more. */
export interface BuildingLook {
  readonly fill: string;
  readonly is: 'standing' | 'kept' | 'gone';
}

/** States in which nothing is left of the building; the rest of the machine's states have it standing. */
export const GONE: readonly string[] = ['demolished', 'self_removed', 'removed', 'site_cleared'];
export const KEPT = 'kept';

// A house is darker than the ground of its area, whose colours are those of the same course.
const STONE: Readonly<Record<Theme, string>> = { light: '#7D7A70', dark: '#A9AFBA' };

export function buildingLook(code: string, theme: Theme): BuildingLook {
  if (code === KEPT) return { fill: PALETTES[theme].ground, is: 'kept' };
  const token = STATUSES.building.find((s) => s.code === code)?.token ?? 'aside';
  return {
    fill: halfway(colourOf(token, theme), STONE[theme]),
    is: GONE.includes(code) ? 'gone' : 'standing',
  };
}

function halfway(a: string, b: string): string {
  const channel = (hex: string, at: number) => Number.parseInt(hex.slice(at, at + 2), 16);
  const mixed = [1, 3, 5].map((at) => Math.round((channel(a, at) + channel(b, at)) / 2));
  return `#${mixed.map((v) => v.toString(16).padStart(2, '0')).join('')}`;
}
