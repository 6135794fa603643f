import { queryOf } from '../facets.ts';
import { fits, ON_OFFER, SORTS_OF } from '../listorder.ts';
import { lists } from '../store/lists.ts';
import { fmt, staff, summary } from '../store/server.ts';
import { go, view, words } from '../store/view.ts';
import { type Only, type Sort, SORTS, type Tab } from '../url.ts';

/** What a list can be cut down to and ordered by. */
export function ListTools({ tab }: { tab: Tab }) {
  const w = words.value.list;
  const s = summary.value;
  const sorts = SORTS_OF[tab].filter((k) => k !== 'late' || staff.value);
  if (tab === 'projects' || (tab === 'areas' && !staff.value)) return null;
  const onOffer = s?.parcels.by_status.filter((r) => ON_OFFER.includes(r.code)).reduce((n, r) => n + r.n, 0);
  return (
    <div class="list-tools">
      {tab === 'parcels' && (
        <Chip only="offer" text={w.onOffer} tip={w.onlyOffer} n={counted(tab, 'offer', onOffer)} />
      )}
      {tab === 'areas' && (
        <Chip
          only="late"
          text={w.onlyLate}
          tip={words.value.figures.lateTip}
          n={counted(tab, 'late', s?.areas.late)}
        />
      )}
      <span class="spring" />
      <label>
        <span>{w.sort}</span>
        <select
          name="sort"
          value={view.value.sort ?? ''}
          onChange={(e) => go({ sort: chosen(e.currentTarget.value) })}
        >
          <option value="">{w.sorts.code}</option>
          {sorts.map((k) => (
            <option key={k} value={k}>
              {w.sorts[k]}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

/**
 * How many rows of a list fit: of all as the summary says, under a filter as the list itself does; not
 * told of a filtered list that is not read to its end.
 */
function counted(tab: Tab, only: Only, all: number | undefined): number | undefined {
  if (Object.keys(queryOf(view.value.filter, tab, staff.value)).length === 0) return all;
  const { rows, next, loading, old } = lists[tab].value;
  return next || loading || old ? undefined : rows.filter((r) => fits(r, only)).length;
}

interface ChipProps {
  only: Only;
  text: string;
  tip: string;
  n: number | undefined;
}

function Chip({ only, text, tip, n }: ChipProps) {
  const on = view.value.only === only;
  return (
    <button
      type="button"
      class="chip"
      aria-pressed={on}
      title={tip}
      data-only={only}
      onClick={() => go({ only: on ? null : only })}
    >
      {text}
      {n !== undefined && <span class="count">{fmt.value.int(n)}</span>}
    </button>
  );
}

function chosen(value: string): Sort | null {
  return SORTS.find((k) => k === value) ?? null;
}
