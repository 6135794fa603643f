import type { TargetedEvent } from 'preact';
import { filtersOf, setFilters } from './filters.tsx';

/** A filter that is typed or picked as a day; it counts once it is left or Enter is pressed. */
export function TextFilter(p: { name: string; label: string; day?: boolean }) {
  const value = filtersOf([p.name])[p.name] ?? '';
  const shared = {
    name: p.name,
    defaultValue: value,
    onChange: (e: TargetedEvent<HTMLInputElement>) => setFilters({ [p.name]: e.currentTarget.value }),
  };
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is inside
    <label class={value === '' ? 'filter' : 'filter on'}>
      <span>{p.label}</span>
      {p.day ? (
        <input key={value} {...shared} type="date" />
      ) : (
        <input key={value} {...shared} type="text" maxLength={64} autocomplete="off" spellcheck={false} />
      )}
    </label>
  );
}
