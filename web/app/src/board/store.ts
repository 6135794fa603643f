import { computed, effect, signal } from '@preact/signals';
import type { Problem } from '../api.ts';
import { isAbort } from '../api.ts';
import { boardEn } from '../i18n/board.en.ts';
import { type BoardWords, boardZh } from '../i18n/board.zh.ts';
import { follow } from '../live.ts';
import { goTo, route } from '../store/route.ts';
import { PATIENCE_MS, settled } from '../settle.ts';
import { api, asProblem, fmt } from '../store/server.ts';
import { lang } from '../store/view.ts';
import type { Areas, Auctions, Groups, Headline, Pipeline, Problems, Series } from './types.ts';

/** The words of the board in the reader's language. */
export const board = computed<BoardWords>(() => (lang.value === 'en' ? boardEn : boardZh));

/** What narrows the board down, as the address says it. */
export const FILTERS = ['area', 'board', 'street', 'leader', 'status', 'at'] as const;
export type FilterName = (typeof FILTERS)[number];

/** What the page itself keeps in the address: a view of a part, not a filter of figures. */
export type PartName = FilterName | 'by' | 'plan' | 'of' | 'a' | 'b';

export function asked(name: PartName): string {
  return new URLSearchParams(route.value.search).get(name)?.trim() ?? '';
}

/** Changes what the address says, "" taking a word away. */
export function ask(patch: Partial<Record<PartName, string>>): void {
  const to = new URLSearchParams(route.value.search);
  for (const [name, value] of Object.entries(patch)) {
    if (value === '') to.delete(name);
    else to.set(name, value);
  }
  const text = to.toString();
  goTo(`${route.value.path}${text === '' ? '' : `?${text}`}`, 'replace');
}

/** The query of the figures that the page shows, with more of a part's own. */
export function query(more: Readonly<Record<string, string>> = {}): string {
  const q = new URLSearchParams();
  for (const name of FILTERS) {
    const value = asked(name);
    if (value !== '') q.set(name, value);
  }
  for (const [name, value] of Object.entries(more)) if (value !== '') q.set(name, value);
  const text = q.toString();
  return text === '' ? '' : `?${text}`;
}

/** A part of the board: what was read last, and what went wrong since. */
export class Part<T> {
  readonly value = signal<T | null>(null);
  readonly error = signal<Problem | null>(null);
  private path = '';
  private running: AbortController | null = null;
  private old = false;
  private since = 0; // when the running read began

  /** Reads an address; "" reads nothing. What was read of another address is not shown for this one. */
  async load(path: string): Promise<void> {
    this.running?.abort();
    if (path !== this.path) this.value.value = null;
    this.path = path;
    this.old = false;
    this.running = null;
    this.error.value = null;
    if (path === '') return;
    const running = new AbortController();
    this.running = running;
    this.since = Date.now();
    try {
      const fresh = await api.read<T>(path, running.signal);
      if (this.running === running) this.value.value = fresh;
    } catch (err) {
      if (!isAbort(err) && this.running === running) this.error.value = asProblem(err);
    }
    if (this.running !== running) return;
    this.running = null;
    if (this.old) await this.load(path);
  }

  /**
   * Reads the address once more. What is on its way comes first: changes without end may not stop it. But what
   * has not come in longer than the server takes for any answer is not waited for.
   */
  async again(): Promise<void> {
    if (this.running && Date.now() - this.since < PATIENCE_MS) this.old = true;
    else await this.load(this.path);
  }
}

export const headline = new Part<Headline>();
export const areas = new Part<Areas>();
export const series = new Part<Series>();
export const problems = new Part<Problems>();
export const groups = new Part<Groups>();
export const auctions = new Part<Auctions>();
export const pipeline = new Part<Pipeline>();
export const first = new Part<Series>();
export const second = new Part<Series>();
const work = new Part<{ areas: readonly { code: string }[] }>();

/** The codes of the reader's own areas. */
export const mine = computed(() => new Set((work.value.value?.areas ?? []).map((a) => a.code)));

const parts = [headline, areas, series, problems, groups, auctions, pipeline, first, second, work];

/** Why the server has no figures of the day that the address names: one that has not come, or none at all; null = it has. */
export const dayRefused = computed<Problem | null>(() => {
  if (asked('at') === '') return null;
  return parts.map((p) => p.error.value).find((e) => e !== null && names(e, 'at')) ?? null;
});

function names(p: Problem, field: string): boolean {
  const { fields } = p.body;
  return Array.isArray(fields) && fields.some((f: { field?: unknown }) => f?.field === field);
}

/** false while the stream of changes is lost: what is shown may be out of date. */
export const live = signal(true);

const AFTER_CHANGE_MS = 400;
const LONGEST_MS = 2_000;
const LOOK_AT_CLOCK_MS = 60_000;

/** Reads the parts that the address asks for, and again when it or the data changes. Returns what ends it. */
export function startBoard(): () => void {
  const stops = [
    effect(() => void headline.load(`/api/board${query()}`)),
    effect(() => void areas.load(`/api/board/areas${query()}`)),
    effect(() => {
      const of = asked('of');
      const narrowed = of === '' ? {} : { area: of };
      void series.load(`/api/board/series${query({ ...narrowed, plan: asked('plan') })}`);
    }),
    effect(() => void problems.load(`/api/board/problems${query()}`)),
    effect(() => void groups.load(`/api/board/groups${query({ by: asked('by') })}`)),
    effect(() => void auctions.load(`/api/board/auctions${query()}`)),
    effect(() => void pipeline.load(`/api/board/pipeline${query()}`)),
    effect(() => void first.load(pathOf(asked('a')))),
    effect(() => void second.load(pathOf(asked('b')))),
  ];
  void work.load('/api/work');
  const { ask: refresh, stop } = settled(
    () => {
      for (const p of parts) void p.again();
    },
    AFTER_CHANGE_MS,
    LONGEST_MS,
  );
  // Nothing has to happen for a day to end: days left and lights turn over without a change.
  const clock = setInterval(() => {
    const shown = headline.value.peek();
    if (shown && !shown.past && shown.day < fmt.peek().dayOf(new Date().toISOString())) refresh();
  }, LOOK_AT_CLOCK_MS);
  const seenAgain = () => {
    if (document.visibilityState === 'visible') refresh();
  };
  document.addEventListener('visibilitychange', seenAgain);
  let seen = 0;
  const end = follow('/api/live?tileset=staff', {
    up: (on) => {
      live.value = on;
    },
    hello: (revision) => {
      if (seen !== 0 && seen !== revision) refresh();
      seen = revision;
    },
    change: (event) => {
      seen = event.revision;
      refresh();
    },
    reload: refresh,
  });
  return () => {
    stop();
    clearInterval(clock);
    document.removeEventListener('visibilitychange', seenAgain);
    end();
    for (const s of stops) s();
  };
}

function pathOf(area: string): string {
  if (area === '') return '';
  const at = asked('at');
  return `/api/board/series?${new URLSearchParams({ area, ...(at === '' ? {} : { at }) })}`;
}
