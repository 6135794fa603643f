import { PROJECTS } from '../catalogue.ts';
import { go, view, words } from '../store/view.ts';
import { MODES } from '../url.ts';
import { SearchBox } from './search.tsx';

/** What the map adds to the bar: its themes and the search. */
export function MapTools() {
  return (
    <div class="tools">
      <ModeSwitch />
      <SearchBox />
    </div>
  );
}

function ModeSwitch() {
  const w = words.value.mode;
  return (
    <fieldset class="modes">
      <legend class="unseen">{w.label}</legend>
      {MODES.map((m) => (
        <label key={m} class="mode">
          <input
            type="radio"
            name="mode"
            value={m}
            checked={view.value.mode === m}
            onChange={() => go({ mode: m, hide: view.value.hide.filter((c) => c === PROJECTS) })}
          />
          <span>{w[m]}</span>
        </label>
      ))}
    </fieldset>
  );
}
