import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Problem } from '../api.ts';
import { fileHref } from '../store/route.ts';
import { api, asProblem, fmt } from '../store/server.ts';
import { words } from '../store/view.ts';
import { desk } from './deskwords.ts';
import type { Access } from './desktypes.ts';
import { filtersOf } from './filters.tsx';
import { TextFilter } from './textfilter.tsx';
import { type Column, Table } from './table.tsx';
import { Who } from './who.tsx';

const MOST = 200;

/** Who read which household, the latest first. */
export function AccessLog() {
  const w = desk.value.audit;
  const code = filtersOf(['code']).code ?? '';
  const rows = useSignal<readonly Access[]>([]);
  const loading = useSignal(true);
  const error = useSignal<Problem | null>(null);
  const read = async () => {
    loading.value = true;
    error.value = null;
    try {
      const query = new URLSearchParams({ ...(code === '' ? {} : { code }), limit: String(MOST) });
      rows.value =
        (await api.read<{ accesses: Access[] | null }>(`/api/audit/access?${query}`)).accesses ?? [];
    } catch (err) {
      error.value = asProblem(err);
    }
    loading.value = false;
  };
  useEffect(() => void read(), [code]);
  const cut = rows.value.length >= MOST;
  return (
    <>
      <search class="filters" aria-label={desk.value.filters.label}>
        <div class="filter-row">
          <TextFilter name="code" label={w.household} />
          <p class="matched" role="status">
            {loading.value ? '…' : cut ? w.latest(String(MOST)) : w.reads(fmt.value.int(rows.value.length))}
          </p>
        </div>
      </search>
      <Table
        label={w.access}
        columns={columns()}
        rows={rows.value}
        codeOf={(r) => `${r.at}/${r.login}/${r.code}/${r.what}`}
        loading={loading.value}
        fresh={!loading.value}
        error={error.value}
        retry={() => void read()}
        empty={w.noReads}
      />
    </>
  );
}

function columns(): Column<Access>[] {
  const w = desk.value.audit;
  const roles: Record<string, string> = words.value.roles;
  const whats: Record<string, string> = w.whats;
  return [
    { name: 'at', label: w.at, cell: (r) => fmt.value.moment(r.at) },
    { name: 'login', label: w.who, cell: (r) => <Who login={r.login} name={r.name} /> },
    { name: 'role', label: w.role, cell: (r) => roles[r.role] ?? r.role },
    { name: 'code', label: w.household, cell: (r) => <a href={fileHref('households', r.code)}>{r.code}</a> },
    { name: 'what', label: w.what, cell: (r) => whats[r.what] ?? r.what },
  ];
}
