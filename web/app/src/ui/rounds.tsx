import '../styles/facts.css';

import { FIELDS } from '../catalogue.gen.ts';
import { nameOf } from '../catalogue.ts';
import { factText } from '../facts.ts';
import { fmt } from '../store/server.ts';
import { lang, words } from '../store/view.ts';
import type { Round } from '../types.ts';

// A round carries the fields of its parcel that belong to the auction, under the same names.
const ORDER = [
  'notice_no',
  'mode',
  'start_wan',
  'reserve_wan',
  'deposit_wan',
  'step_wan',
  'notice_on',
  'list_from',
  'list_to',
  'deal_wan',
  'premium',
  'sold_on',
  'buyer',
  'contract_no',
  'contracted_on',
  'handed_over_on',
];

/** The auction rounds of a parcel, newest first; failed ones stay. */
export function Rounds({ rounds }: { rounds: readonly Round[] }) {
  const w = words.value;
  const newest = [...rounds].sort((a, b) => Number(b.no) - Number(a.no));
  return (
    <section aria-labelledby="rounds-title">
      <h3 id="rounds-title">{w.drawer.rounds}</h3>
      {newest.map((r, i) => (
        <details key={String(r.no)} class="round" open={i === 0}>
          <summary>
            <span>{w.drawer.round(Number(r.no))}</span>
            <span class="outcome">{outcome(r)}</span>
          </summary>
          <dl class="facts">
            {ORDER.flatMap((name) => {
              const field = FIELDS.parcels.find((f) => f.name === name);
              const value = r[name];
              if (!field || value === undefined || value === null || value === '') return [];
              const t = { lang: lang.value, words: w, fmt: fmt.value };
              return (
                <div key={name} class="fact">
                  <dt>{nameOf(field, lang.value)}</dt>
                  <dd>{factText(field, value, t)}</dd>
                </div>
              );
            })}
          </dl>
        </details>
      ))}
    </section>
  );
}

function outcome(r: Round): string {
  const known: Record<string, string> = words.value.outcomes;
  return known[String(r.outcome || 'open')] ?? String(r.outcome);
}
