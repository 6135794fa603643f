import type { Archive, Archives } from './types.ts';

// The server's names are no longer than that.
const MAX_NAME = 100;

/**
 * The archive that a page's query names; null = none, and with it the live map. It is what somebody
 * wrote and no more: only what the server lists is asked for.
 */
export function archiveIn(search: string): string | null {
  const name = new URLSearchParams(search).get('archive') ?? '';
  // One letter too long is no archive's name, and short enough to be shown.
  return name === '' ? null : [...name].slice(0, MAX_NAME + 1).join('');
}

/** The archive of exactly that name. */
export function archiveNamed(all: readonly Archive[], name: string): Archive | null {
  return all.find((a) => a.name === name) ?? null;
}

/**
 * The archive of that name among those that the server lists, or none. Files that it has not read
 * yet are not listed: each answer comes after a wait for them, and is asked for again until the
 * archive is there or everything has been read.
 */
export async function archiveListed(ask: () => Promise<Archives>, name: string): Promise<Archive | null> {
  for (;;) {
    const { archives, reading } = await ask();
    const found = archiveNamed(archives, name);
    if (found || !reading) return found;
  }
}

/** The last day that an archive knows of, as YYYY-MM-DD: the one that it shows, else that of its file. */
export function archiveDay(a: Partial<Pick<Archive, 'at'>> & Pick<Archive, 'changed'>, zone: string): string {
  return a.at ?? new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(new Date(a.changed));
}
