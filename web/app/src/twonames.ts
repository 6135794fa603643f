import type { Lang } from './url.ts';

/**
 * The reader's half of a name that its owner wrote in both languages: "规划员 / planner". Any other name
 * stays whole, in whatever language it is.
 */
export function ownHalf(name: string, lang: Lang): string {
  const halves = /^([^/]*\p{sc=Han}[^/]*) \/ ([ -.0-~]+)$/u.exec(name);
  return halves?.[lang === 'en' ? 2 : 1] ?? name;
}
