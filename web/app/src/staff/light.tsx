import { staffWords } from './store.ts';

/** A light, never by colour alone: shape and word go with it. */
export function LightMark({ light, days }: { light: string; days?: number | null | undefined }) {
  const w = staffWords.value.file;
  const named = light === 'green' || light === 'amber' || light === 'red';
  if (!named && typeof days !== 'number') return null;
  return (
    <span class={`light ${named ? light : 'none'}`}>
      {named && <span>{w.lights[light]}</span>}
      {typeof days === 'number' && <span>{daysText(days)}</span>}
    </span>
  );
}

/** How long it is to a deadline, in words; negative = it is over. */
export function daysText(days: number): string {
  const w = staffWords.value.file;
  if (days < 0) return w.daysLate(-days);
  return days === 0 ? w.dueToday : w.daysLeft(days);
}
