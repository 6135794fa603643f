import { FIELDS, type CollectionName } from '../catalogue.gen.ts';
import { nameOf } from '../catalogue.ts';
import { factText } from '../facts.ts';
import { fmt } from '../store/server.ts';
import { lang, words } from '../store/view.ts';
import type { Counts } from '../types.ts';

/** The sums of what was counted, in words. */
export function Sums({ of, counts }: { of: CollectionName; counts: Counts }) {
  const t = { lang: lang.value, words: words.value, fmt: fmt.value };
  const known = FIELDS[of].filter((f) => counts.sums[f.name] !== undefined);
  return (
    <dl class="sums">
      {known.map((f) => (
        <div key={f.name} data-sum={f.name}>
          <dt>{nameOf(f, lang.value)}</dt>
          <dd>{factText(f, counts.sums[f.name] ?? 0, t)}</dd>
        </div>
      ))}
    </dl>
  );
}
