import { type ReadonlySignal, signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { isAbort, type Problem } from '../api.ts';
import { api, asProblem } from '../store/server.ts';
import type { Item, ItemPage } from '../types.ts';

/** What has been read of a list so far, in the server's order. */
export interface Pages {
  readonly rows: readonly Item[];
  readonly matched: number;
  readonly next: string | null;
  readonly loading: boolean;
  readonly error: Problem | null;
  /** Whether anything was read for what is asked now. */
  readonly fresh: boolean;
}

const EMPTY: Pages = { rows: [], matched: 0, next: null, loading: true, error: null, fresh: false };

export interface PageReader {
  readonly pages: ReadonlySignal<Pages>;
  load(path: string): void;
  more(): void;
  again(): void;
  stop(): void;
}

/** Reads a list page by page; a new path takes the place of the old one, whose answers no longer count. */
export function pageReader(): PageReader {
  const pages = signal<Pages>(EMPTY);
  let path = '';
  let running: AbortController | null = null;
  const read = async (href: string, before: readonly Item[]) => {
    running?.abort();
    const mine = new AbortController();
    running = mine;
    pages.value = { ...pages.value, loading: true, error: null };
    try {
      const page = await api.read<ItemPage>(href, mine.signal);
      const next = page.links?.find((l) => l.rel === 'next')?.href;
      pages.value = {
        rows: [...before, ...page.features],
        matched: page.numberMatched,
        next: next ? localPath(next) : null,
        loading: false,
        error: null,
        fresh: true,
      };
    } catch (err) {
      if (isAbort(err)) return;
      pages.value = { ...pages.value, loading: false, error: asProblem(err) };
    }
  };
  return {
    pages,
    load: (to) => {
      path = to;
      pages.value = { ...pages.value, fresh: false };
      void read(to, []);
    },
    more: () => {
      const { next, loading, rows } = pages.value;
      if (next && !loading) void read(next, rows);
    },
    again: () => void read(path, []),
    stop: () => running?.abort(),
  };
}

/** The list at a path for as long as the caller is shown; "" reads nothing. */
export function usePages(path: string): PageReader {
  const reader = useMemo(pageReader, []);
  useEffect(() => {
    if (path !== '') reader.load(path);
  }, [reader, path]);
  useEffect(() => reader.stop, [reader]);
  return reader;
}

// Only this server's own links are followed.
function localPath(href: string): string {
  const to = new URL(href, location.origin);
  return `${to.pathname}${to.search}`;
}
