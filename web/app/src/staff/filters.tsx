import { useSignal } from '@preact/signals';
import { goTo, route } from '../store/route.ts';
import { fmt } from '../store/server.ts';
import { desk } from './deskwords.ts';
import { type Filters, readFilters, writeFilters } from './listquery.ts';

/** One thing that a list can be cut down by. */
export interface FilterDef {
  readonly name: string;
  readonly label: string;
  readonly options: readonly FilterOption[];
  /** Shown as buttons in a row, for few options that are used much. */
  readonly chips?: boolean;
}

export interface FilterOption {
  readonly code: string;
  readonly label: string;
  readonly count?: number;
}

/** The filters that the address carries; each view of a list is a link. */
export function filtersOf(names: readonly string[]): Filters {
  return readFilters(route.value.search, names);
}

export function setFilters(patch: Filters): void {
  const { path, search } = route.peek();
  goTo(`${path}${writeFilters(search, patch)}`, 'replace');
}

/** The filters of a list, and how many items match. */
export function FilterBar(p: {
  defs: readonly FilterDef[];
  filters: Filters;
  matched: number | null;
  unit: (n: string) => string;
}) {
  const w = desk.value.filters;
  const open = useSignal(false);
  const on = p.defs.filter((d) => p.filters[d.name] !== undefined);
  const clear = Object.fromEntries(p.defs.map((d) => [d.name, '']));
  return (
    <search class="filters" aria-label={w.label}>
      {p.defs
        .filter((d) => d.chips)
        .map((d) => (
          <Chips key={d.name} def={d} value={p.filters[d.name] ?? ''} />
        ))}
      <div class={open.value ? 'filter-row open' : 'filter-row'}>
        {p.defs
          .filter((d) => !d.chips)
          .map((d) => (
            <FilterSelect key={d.name} def={d} value={p.filters[d.name] ?? ''} />
          ))}
        <button
          type="button"
          class="second filter-toggle"
          aria-expanded={open.value}
          onClick={() => {
            open.value = !open.value;
          }}
        >
          {w.label}
        </button>
        <p class="matched" role="status">
          {p.matched === null ? '…' : p.unit(fmt.value.int(p.matched))}
        </p>
        <button type="button" class="plain" disabled={on.length === 0} onClick={() => setFilters(clear)}>
          {w.clear}
        </button>
      </div>
    </search>
  );
}

function FilterSelect({ def, value }: { def: FilterDef; value: string }) {
  const known = value === '' || def.options.some((o) => o.code === value);
  return (
    <label class={value === '' ? 'filter' : 'filter on'}>
      <span>{def.label}</span>
      <select value={value} onChange={(e) => setFilters({ [def.name]: e.currentTarget.value })}>
        <option value="">{desk.value.filters.all}</option>
        {!known && <option value={value}>{value}</option>}
        {def.options.map((o) => (
          <option key={o.code} value={o.code}>
            {o.label}
          </option>
        ))}
      </select>
    </label>
  );
}

function Chips({ def, value }: { def: FilterDef; value: string }) {
  const all = [{ code: '', label: desk.value.filters.all }, ...def.options];
  return (
    <fieldset class="chips">
      <legend class="unseen">{def.label}</legend>
      {all.map((o: FilterOption) => (
        <button
          key={o.code}
          type="button"
          class="chip"
          aria-pressed={value === o.code}
          onClick={() => setFilters({ [def.name]: o.code })}
        >
          {o.label}
          {o.count !== undefined && <small>{fmt.value.int(o.count)}</small>}
        </button>
      ))}
    </fieldset>
  );
}
