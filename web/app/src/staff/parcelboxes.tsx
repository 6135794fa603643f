import { nameOf } from '../catalogue.ts';
import { lang } from '../store/view.ts';
import { Rounds } from '../ui/rounds.tsx';
import { DATA_KEYS } from './datakeys.gen.ts';
import type { OpenFile } from './file.ts';
import { lastValue } from './homeboxes.tsx';
import { staffWords } from './store.ts';

// As the district's own list has them (净地).
const ORDER = [
  'clean_title',
  'clean_compensation',
  'clean_no_dispute',
  'clean_conditions',
  'clean_utilities',
];
const CLEAN = ORDER.flatMap((name) => DATA_KEYS.filter((k) => k.name === name));

/** A parcel's clean-land checklist and its auction rounds. */
export function ParcelBoxes({ f }: { f: OpenFile }) {
  return (
    <>
      <Checklist f={f} />
      {f.rounds.length > 0 && (
        <div class="box rounds-box">
          <Rounds rounds={f.rounds} />
        </div>
      )}
    </>
  );
}

function Checklist({ f }: { f: OpenFile }) {
  const w = staffWords.value.parcel;
  const met = cleanOf(f);
  return (
    <section class="box" aria-labelledby="clean-title">
      <div class="box-head">
        <h2 id="clean-title">{w.clean}</h2>
        <span class="hint">{w.cleanDone(met.size)}</span>
      </div>
      <ul class="checklist">
        {CLEAN.map((k) => (
          <li key={k.name} class={met.has(k.name) ? 'met' : 'unmet'}>
            <span class="tick" aria-hidden="true">
              {met.has(k.name) ? '✓' : ''}
            </span>
            <span>{nameOf(k, lang.value)}</span>
            <span class="hint">{met.has(k.name) ? w.yes : w.no}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

// The store tells the whole; which condition is met, the form of planning or the last event that named it.
function cleanOf(f: OpenFile): ReadonlySet<string> {
  if (f.item.properties.clean_complete === true) return new Set(CLEAN.map((k) => k.name));
  const inputs = (f.moves.moves ?? []).flatMap((m) => m.inputs ?? []);
  return new Set(
    CLEAN.filter((k) => {
      const input = inputs.find((i) => i.name === k.name);
      return (input?.value || lastValue(f.events, k.name)) === 'true';
    }).map((k) => k.name),
  );
}
