import type { DeskWords } from '../i18n/desk.zh.ts';

interface Line {
  readonly label: string;
  readonly text: string;
  readonly was?: string;
}

/** A change of the calendar or of the thresholds in words: days by their kind and name, numbers by their name. */
export function settingLines(
  data: Readonly<Record<string, unknown>>,
  w: DeskWords,
  date: (day: string) => string,
): readonly Line[] {
  const numbers: Record<string, string> = w.thresholds.names;
  return Object.entries(data).flatMap(([name, value]) => {
    if (typeof value !== 'object' || value === null) return [];
    const { from, to } = value as { from?: unknown; to?: unknown };
    const isDay = /^\d{4}-\d{2}-\d{2}$/.test(name);
    const told = (v: unknown) => (isDay ? dayText(v, w) : v === null || v === undefined ? '' : String(v));
    return [{ label: isDay ? date(name) : (numbers[name] ?? name), was: told(from), text: told(to) }];
  });
}

function dayText(value: unknown, w: DeskWords): string {
  if (typeof value !== 'object' || value === null) return w.calendar.usual;
  const { works, name } = value as { works?: unknown; name?: unknown };
  return [works === true ? w.calendar.on : w.calendar.off, typeof name === 'string' ? name : '']
    .filter(Boolean)
    .join(' · ');
}
