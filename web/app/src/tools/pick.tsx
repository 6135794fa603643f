import { signal } from '@preact/signals';
import type { CollectionName } from '../catalogue.gen.ts';
import type { LngLat } from '../coords/ellipsoid.ts';
import { mapped } from '../store/matches.ts';
import { tab, words } from '../store/view.ts';
import { toolsWords } from './words.ts';

const chosen = signal<CollectionName | null>(null);

/** The polygon that was drawn to select by; null = none. */
export const polygon = signal<readonly LngLat[] | null>(null);

/** The polygon as the server reads it; {} without one. */
export function withinOf(corners: readonly LngLat[] | null): Record<string, string> {
  if (!corners) return {};
  return { within: corners.map((p) => `${p.lng.toFixed(7)} ${p.lat.toFixed(7)}`).join(',') };
}

/** The collection that filter and table are about: the list's, until another is chosen. */
export function collection(): CollectionName {
  const c = chosen.value ?? tab.value;
  return mapped.value.includes(c) ? c : 'areas';
}

/** Chooses it. */
export function CollectionTabs() {
  const now = collection();
  return (
    <fieldset class="tool-tabs">
      <legend class="unseen">{toolsWords.value.collection}</legend>
      {mapped.value.map((c) => (
        <label key={c}>
          <input
            type="radio"
            name="tool-collection"
            checked={c === now}
            onChange={() => {
              chosen.value = c;
            }}
          />
          <span>{words.value.things[c]}</span>
        </label>
      ))}
    </fieldset>
  );
}
