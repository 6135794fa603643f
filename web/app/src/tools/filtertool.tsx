import { useEffect } from 'preact/hooks';
import type { CollectionName } from '../catalogue.gen.ts';
import { MACHINE_OF, statusOf } from '../catalogue.ts';
import { FACETS, inOrder } from '../facets.ts';
import { keyOf, toggled } from '../filter.ts';
import { ensureWhole } from '../store/lists.ts';
import { revision } from '../store/live.ts';
import { askedOf } from '../store/matches.ts';
import { api, fmt, staff } from '../store/server.ts';
import { go, view } from '../store/view.ts';
import type { Counts } from '../types.ts';
import { fieldName, valueName } from '../ui/filternames.ts';
import { Swatch } from '../ui/swatch.tsx';
import { useLoaded } from './loaded.ts';
import { CollectionTabs, collection } from './pick.tsx';
import { toolsWords } from './words.ts';

// More values than these are a list to choose from.
const MOST_CHIPS = 14;

/** Chips with their counts for each field that a collection can be filtered by. */
export function FilterTool() {
  const w = toolsWords.value;
  const of = collection();
  const facets = FACETS[of].filter((f) => staff.value || !f.staff);
  useEffect(() => {
    // Areas are shown by name.
    void ensureWhole('areas');
  }, []);
  const counts = useLoaded<{ of: CollectionName; counts: Counts }>(
    () => JSON.stringify([collection(), view.value.filter, staff.value, revision.value]),
    async (signal) => {
      const c = collection();
      const by = FACETS[c].filter((f) => staff.peek() || !f.staff).map((f) => f.field);
      return { of: c, counts: await api.counts(c, { ...askedOf(c), by: by.join(',') }, signal) };
    },
  );
  const { value, loading, trouble } = counts.value;
  const known = value?.of === of ? value.counts : null;
  return (
    <div class="tool-body" aria-busy={loading}>
      <CollectionTabs />
      <p class="hint">{w.filter.hint}</p>
      {trouble && <p role="alert">{trouble}</p>}
      {facets.map(({ field }) => (
        <FacetChips key={field} of={of} field={field} counted={known?.by[field] ?? null} />
      ))}
      <footer class="tool-foot">
        <span role="status" data-matched={known?.matched}>
          {known && w.total(fmt.value.int(known.matched))}
        </span>
        <button type="button" class="plain" onClick={() => go({ filter: {} })}>
          {w.filter.clear}
        </button>
      </footer>
    </div>
  );
}

interface FacetProps {
  of: CollectionName;
  field: string;
  counted: Counts['by'][string] | null;
}

function FacetChips({ of, field, counted }: FacetProps) {
  const key = keyOf(of, field);
  const now = view.value.filter[key] ?? '';
  const choose = (value: string) => go({ filter: toggled(view.value.filter, key, value) });
  const values = (counted ?? []).filter((c) => c.value !== '');
  // What is chosen stays in sight when nothing of it is left.
  const kept = now === '' || values.some((c) => c.value === now) ? values : [...values, { value: now, n: 0 }];
  const rows = inOrder(of, field, kept);
  const name = fieldName(of, field);
  if (rows.length > MOST_CHIPS) {
    return (
      <label class="facet">
        <span class="facet-name">{name}</span>
        <select name={key} value={now} onChange={(e) => choose(e.currentTarget.value || now)}>
          <option value="">{toolsWords.value.any}</option>
          {rows.map((c) => (
            <option key={c.value} value={c.value}>
              {`${valueName(of, field, c.value)} (${fmt.value.int(c.n)})`}
            </option>
          ))}
        </select>
      </label>
    );
  }
  return (
    <fieldset class="facet">
      <legend class="facet-name">{name}</legend>
      <div class="facet-chips">
        {rows.map((c) => {
          const look = field === 'status' ? statusOf(MACHINE_OF[of], c.value) : undefined;
          return (
            <button
              key={c.value}
              type="button"
              class="chip"
              data-value={c.value}
              aria-pressed={c.value === now}
              onClick={() => choose(c.value)}
            >
              {look && <Swatch look={look} />}
              {valueName(of, field, c.value)}
              <span class="count">{fmt.value.int(c.n)}</span>
            </button>
          );
        })}
        {counted && rows.length === 0 && <span class="hint">—</span>}
      </div>
    </fieldset>
  );
}
