import { fmt } from '../store/server.ts';
import { mapWords } from '../map/words.ts';
import { matches, matchesTrouble } from '../store/matches.ts';
import { go, view, words } from '../store/view.ts';
import { fieldName, ofKey, valueName } from './filternames.ts';
import { Icon } from './icons.tsx';

/** What the map and the lists are cut down to; pressing a chip takes it away. */
export function FilterChips() {
  const { filter } = view.value;
  const keys = Object.keys(filter);
  const w = mapWords.value.filter;
  if (keys.length === 0) return null;
  const found = [...matches.value].map(([c, m]) => `${words.value.things[c]} ${fmt.value.int(m.matched)}`);
  return (
    <section class="filter-chips" aria-label={w.active}>
      {keys.map((key) => {
        const { collection, field } = ofKey(key);
        const value = valueName(collection, field, filter[key] ?? '');
        const name = field === 'status' ? words.value.things[collection] : fieldName(collection, field);
        const { [key]: _, ...rest } = filter;
        return (
          <button
            key={key}
            type="button"
            class="chip"
            aria-pressed="true"
            data-filter={key}
            title={w.remove}
            onClick={() => go({ filter: rest })}
          >
            {`${name}：${value}`}
            <Icon name="close" />
          </button>
        );
      })}
      <button type="button" class="plain" onClick={() => go({ filter: {} })}>
        {w.clear}
      </button>
      <p
        class="filter-found"
        role="status"
        data-found={[...matches.value].map(([c, m]) => `${c}:${m.matched}`).join(' ')}
      >
        {matchesTrouble.value || found.join(' · ')}
      </p>
    </section>
  );
}
