import { computed } from '@preact/signals';
import { archiveDay } from '../archive.ts';
import { archive } from './archive.ts';
import { district } from './server.ts';
import { view } from './view.ts';

/** The last day that the map knows of, as YYYY-MM-DD: an archive's own, else the district's today. */
export function lastDay(): string {
  const zone = district.value?.zone || 'Asia/Shanghai';
  return archiveDay(archive.value ?? { changed: new Date().toISOString() }, zone);
}

/** A day as it can be shown; null = the last one, which is what a day that has not come shows. */
export function dayShown(asked: string | null): string | null {
  return asked !== null && asked < lastDay() ? asked : null;
}

/** The past day that the map shows, whatever the link asks for; null = the last one. */
export const shownDay = computed(() => dayShown(view.value.date));
