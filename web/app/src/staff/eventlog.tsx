import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { isAbort, type Problem } from '../api.ts';
import { fileHref } from '../store/route.ts';
import { api, asProblem, fmt } from '../store/server.ts';
import { words } from '../store/view.ts';
import { desk } from './deskwords.ts';
import type { LogEvent } from './desktypes.ts';
import { eventText } from './eventtext.ts';
import { filtersOf, setFilters } from './filters.tsx';
import type { Filters } from './listquery.ts';
import { Failure } from './table.tsx';
import { TextFilter } from './textfilter.tsx';
import { isThing } from './things.ts';
import { collectionOf } from './things.ts';
import { Who } from './who.tsx';

const NAMES = ['actor', 'entity', 'code', 'verb', 'from', 'to'];
const ENTITIES = [
  'area',
  'building',
  'household',
  'parcel',
  'problem',
  'project',
  'organisation',
  'person',
  'board',
  'district',
  'account',
] as const;
const PAGE = 50;

/** The log, the latest first, with what was done in words. */
export function EventLog() {
  const w = desk.value.audit;
  const filters = filtersOf(NAMES);
  const asked = new URLSearchParams(filters).toString();
  const events = useSignal<readonly LogEvent[]>([]);
  const more = useSignal(false);
  const loading = useSignal(true);
  const error = useSignal<Problem | null>(null);
  const running = useRef<AbortController | null>(null);
  const read = async (before: readonly LogEvent[]) => {
    running.current?.abort();
    const mine = new AbortController();
    running.current = mine;
    loading.value = true;
    error.value = null;
    const last = before.at(-1);
    const query = new URLSearchParams({
      ...filters,
      limit: String(PAGE),
      ...(last ? { before: String(last.id) } : {}),
    });
    try {
      const page = await api.read<{ events: LogEvent[] | null; more: boolean }>(
        `/api/audit?${query}`,
        mine.signal,
      );
      events.value = [...before, ...(page.events ?? [])];
      more.value = page.more;
    } catch (err) {
      if (isAbort(err)) return;
      error.value = asProblem(err);
    }
    loading.value = false;
  };
  useEffect(() => {
    void read([]);
    return () => running.current?.abort();
  }, [asked]);
  return (
    <>
      <LogFilters filters={filters} />
      {error.value && <Failure error={error.value} retry={() => void read([])} />}
      <ol class={loading.value ? 'log stale' : 'log'} aria-busy={loading.value} aria-label={w.events}>
        {events.value.map((e) => (
          <Entry key={e.id} event={e} />
        ))}
      </ol>
      {events.value.length === 0 && !loading.value && !error.value && <p class="list-empty">{w.noEvents}</p>}
      <p class="list-foot">
        {loading.value && <span role="status">{desk.value.table.loading}</span>}
        {more.value && (
          <button
            type="button"
            class="second"
            disabled={loading.value}
            onClick={() => void read(events.value)}
          >
            {w.earlier}
          </button>
        )}
      </p>
    </>
  );
}

function LogFilters({ filters }: { filters: Filters }) {
  const w = desk.value.audit;
  const none = Object.keys(filters).length === 0;
  return (
    <search class="filters" aria-label={desk.value.filters.label}>
      <div class="filter-row">
        <TextFilter name="actor" label={w.whoAsked} />
        <Choose
          name="entity"
          label={w.entity}
          value={filters.entity ?? ''}
          options={ENTITIES}
          names={w.entities}
        />
        <TextFilter name="code" label={w.code} />
        <Choose
          name="verb"
          label={w.verb}
          value={filters.verb ?? ''}
          options={Object.keys(desk.value.verbs)}
          names={desk.value.verbs}
        />
        <TextFilter name="from" label={w.from} day />
        <TextFilter name="to" label={w.to} day />
        <button
          type="button"
          class="plain"
          disabled={none}
          onClick={() => setFilters(Object.fromEntries(NAMES.map((n) => [n, ''])))}
        >
          {desk.value.filters.clear}
        </button>
      </div>
    </search>
  );
}

function Choose(p: {
  name: string;
  label: string;
  value: string;
  options: readonly string[];
  names: Readonly<Record<string, string>>;
}) {
  return (
    <label class={p.value === '' ? 'filter' : 'filter on'}>
      <span>{p.label}</span>
      <select name={p.name} value={p.value} onChange={(e) => setFilters({ [p.name]: e.currentTarget.value })}>
        <option value="">{desk.value.filters.all}</option>
        {p.options.map((o) => (
          <option key={o} value={o}>
            {p.names[o] ?? o}
          </option>
        ))}
      </select>
    </label>
  );
}

function Entry({ event: e }: { event: LogEvent }) {
  const w = desk.value.audit;
  const f = fmt.value;
  const roles: Record<string, string> = words.value.roles;
  const sources: Record<string, string> = w.sources;
  const entities: Record<string, string> = w.entities;
  const collection = collectionOf(e.entity);
  const { title, rows } = eventText(e);
  const name = `${entities[e.entity] ?? e.entity} ${e.code}`;
  return (
    <li class="log-entry">
      <time dateTime={e.at}>{f.moment(e.at)}</time>
      <div class="log-what">
        <p>
          {isThing(collection) ? <a href={fileHref(collection, e.code)}>{name}</a> : <strong>{name}</strong>}{' '}
          <span class={`log-verb ${e.verb}`}>{title}</span>
          {e.on && !e.at.startsWith(e.on) && <span class="hint"> {w.happened(f.date(e.on))}</span>}
        </p>
        {rows.length > 0 && (
          <dl class="log-data">
            {rows.map((r) => (
              <div key={r.label}>
                <dt>{r.label}</dt>
                <dd>
                  {r.was !== undefined && (
                    <>
                      <del>{r.was || '—'}</del> <span aria-hidden="true">→</span>{' '}
                    </>
                  )}
                  {r.text || '—'}
                </dd>
              </div>
            ))}
          </dl>
        )}
        {e.reason && <p class="log-reason">{words.value.drawer.reason(e.reason)}</p>}
      </div>
      <div class="log-who">
        <strong>
          <Who login={e.actor ?? ''} name={e.actor_name} />
        </strong>
        <span class="hint">
          {[roles[e.role ?? ''] ?? e.role, sources[e.source ?? ''] ?? e.source].filter(Boolean).join(' · ')}
        </span>
        <span class="hint">#{f.int(e.id)}</span>
      </div>
    </li>
  );
}
