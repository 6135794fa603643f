import { type Box, boxOf, massOf, type Piece } from '../bounds.ts';
import { ensureWhole, lists } from '../store/lists.ts';
import { district } from '../store/server.ts';
import { view } from '../store/view.ts';
import { sheetStop } from '../ui/sheet.tsx';
import { WIDE } from '../ui/wide.ts';
import type { Room } from './mapevents.ts';

const DRAWER_PX = 372;
const EDGE_PX = 36;
const PHONE_EDGE_PX = 20;
const LEAST_PX = 160;
// How much of the land the first view of a small screen shows; what lies far out would make a knot of it.
const MASS = 0.9;

/** The whole district: where its data is, else the frame that its settings give. */
export function homeBox(): Box | null {
  return district.value?.bounds ?? district.value?.frame ?? null;
}

/** Where the map begins: all land, on a small screen the mass of it. */
export async function firstBox(): Promise<Box | null> {
  if (WIDE.matches || view.peek().camera) return homeBox();
  await ensureWhole('areas');
  const pieces = lists.areas.peek().rows.flatMap((row): Piece[] => {
    const box = boxOf(row.geometry);
    const { plan_mu } = row.properties;
    return box && typeof plan_mu === 'number' ? [{ box, weight: plan_mu }] : [];
  });
  return massOf(pieces, MASS) ?? homeBox();
}

/**
 * What lies over the map: the drawer at the right of a wide screen and a tool's panel at its left, the sheet
 * or the panel at the foot of a phone.
 */
export function room(): Room {
  const map = document.querySelector('.map-region')?.getBoundingClientRect();
  const panel = document.querySelector('.tool-panel')?.getBoundingClientRect();
  // The panel of the table lies at the foot on a wide screen, too.
  const atFoot = map && panel && panel.left <= map.left ? Math.max(0, map.bottom - panel.top) : 0;
  const beside = WIDE.matches && view.peek().sel ? DRAWER_PX : 0;
  // Where the two leave no room between them, the panel covers what there is.
  const atSide =
    map && panel && atFoot === 0 && panel.right + beside + LEAST_PX < map.right ? panel.right - map.left : 0;
  const even = { top: EDGE_PX, right: EDGE_PX, bottom: EDGE_PX + atFoot, left: EDGE_PX + atSide };
  if (WIDE.matches) return { ...even, right: EDGE_PX + beside };
  const share = sheetStop.peek() === 'peek' ? 0.14 : 0.5;
  const foot = Math.max(atFoot, Math.round(innerHeight * share));
  return { top: EDGE_PX, right: PHONE_EDGE_PX, bottom: foot + 16, left: PHONE_EDGE_PX };
}
