import type { Lang } from './url.ts';

const HAN = /\p{Script=Han}/u;

/**
 * The reader's half of a name that its owner wrote in both languages: "规划员 / planner". Any other name
 * stays whole, in whatever language it is.
 */
export function ownHalf(name: string, lang: Lang): string {
  const [zh = '', en = '', more] = name.split(' / ');
  if (more !== undefined || !HAN.test(zh) || en === '' || HAN.test(en)) return name;
  return lang === 'en' ? en : zh;
}
