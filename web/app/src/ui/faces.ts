import { computed } from '@preact/signals';
import { isStaffPath, route } from '../store/route.ts';
import { mayImport, staff } from '../store/server.ts';

export type FaceName = 'map' | 'listings' | 'board' | 'work' | 'imports';

/** A part of the site, as the bar names it. */
export interface Face {
  readonly name: FaceName;
  readonly href: string;
  /** 'page' = the address itself, 'true' = a page within. */
  readonly here: 'page' | 'true' | undefined;
}

function within(path: string, href: string): Face['here'] {
  if (path === href) return 'page';
  return path.startsWith(`${href}/`) ? 'true' : undefined;
}

/** The parts that the reader has, in the order of the bar; the one that is shown is marked. */
export const faces = computed<readonly Face[]>(() => {
  const path = route.value.path.replace(/\/+$/, '') || '/';
  const face = (name: FaceName, href: string, here = within(path, href)): Face => ({ name, href, here });
  const rows = [face('map', '/map'), face('listings', '/listings')];
  if (staff.value) {
    const desk = within(path, '/work') ?? (isStaffPath(path) ? 'true' : undefined);
    rows.push(face('board', '/board'), face('work', '/work', desk));
  }
  if (mayImport.value) rows.push(face('imports', '/import'));
  return rows;
});
