import { computed, signal } from '@preact/signals';
import { Api, isAbort, Problem } from '../api.ts';
import { formats } from '../format.ts';
import type { District, Session, Summary } from '../types.ts';
import { framed } from './framed.ts';
import { lang, words } from './view.ts';

/** The one way to the server. */
export const api = new Api(() => lang.value, framed ? 'omit' : 'same-origin');

export const district = signal<District | null>(null);
export const session = signal<Session | null>(null);
export const summary = signal<Summary | null>(null);
export const summaryError = signal<Problem | null>(null);
/** What kept the app from starting. */
export const startError = signal<Problem | null>(null);

export const staff = computed(() => Boolean(session.value?.user));
export const tileset = computed(() => (staff.value ? 'staff' : 'public'));
export const mayImport = computed(() => ['planner', 'admin'].includes(session.value?.user?.role ?? ''));
export const fmt = computed(() => formats(lang.value, district.value?.zone || 'Asia/Shanghai'));
export const districtName = computed(() => {
  const d = district.value;
  if (!d) return words.value.appName;
  return (lang.value === 'en' ? d.name_en || d.name : d.name) || words.value.appName;
});

/** Reads what every page needs: whose land this is, and who is looking; in a frame that is nobody. */
export async function loadStart(): Promise<void> {
  startError.value = null;
  try {
    [district.value, session.value] = await Promise.all([
      api.district(),
      framed ? { user: null } : api.session(),
    ]);
  } catch (err) {
    startError.value = asProblem(err);
  }
}

/** Reads the figures; where that fails the ones before stay, with their time. */
export async function loadSummary(): Promise<void> {
  try {
    const fresh = await api.summary();
    if (fresh.revision >= (summary.value?.revision ?? 0)) summary.value = fresh;
    summaryError.value = null;
  } catch (err) {
    summaryError.value = asProblem(err);
  }
}

/** Anything that was thrown, as a problem to be shown; an abort is no problem and is thrown on. */
export function asProblem(err: unknown): Problem {
  if (err instanceof Problem) return err;
  if (isAbort(err)) throw err;
  return new Problem(0, err instanceof Error ? err.message : String(err));
}

/** The sentence for a problem in the reader's language. */
export function problemText(p: Problem): string {
  const w = words.value.errors;
  // An answer without a word is that of something before the server.
  const text = /^HTTP \d+$/.test(p.message) ? w.answer(p.message) : p.message || w.network;
  return p.requestId ? `${text} ${words.value.errors.request(p.requestId)}` : text;
}
