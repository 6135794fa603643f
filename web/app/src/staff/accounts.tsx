import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Problem } from '../api.ts';
import { api, asProblem, fmt, session } from '../store/server.ts';
import { lang, words } from '../store/view.ts';
import { ownHalf } from '../twonames.ts';
import { AccountBox } from './accountbox.tsx';
import { Titled } from './columns.tsx';
import { desk } from './deskwords.ts';
import type { Account } from './desktypes.ts';
import { filtersOf, setFilters } from './filters.tsx';
import { given, type Values } from './formvalues.ts';
import { Form } from '../ui/form.tsx';
import { newPassword } from './password.ts';
import { type Column, Table } from './table.tsx';
import type { InputField } from './types.ts';

/** The accounts: who may sign in, with which role, and whether a second factor is on. */
export function Accounts() {
  const w = desk.value.accounts;
  const rows = useSignal<readonly Account[]>([]);
  const loading = useSignal(true);
  const error = useSignal<Problem | null>(null);
  const { edit = '', add = '' } = filtersOf(['edit', 'add']);
  const told = useSignal<Values | null>(null);
  const read = async () => {
    loading.value = true;
    error.value = null;
    try {
      rows.value = (await api.read<{ users: Account[] | null }>('/api/users')).users ?? [];
    } catch (err) {
      error.value = asProblem(err);
    }
    loading.value = false;
  };
  useEffect(() => void read(), []);
  const open = rows.value.find((r) => r.login === edit);
  return (
    <>
      <div class="filter-row">
        <p class="matched" role="status">
          {loading.value && rows.value.length === 0 ? '…' : w.count(fmt.value.int(rows.value.length))}
        </p>
        <button
          type="button"
          class="second"
          aria-expanded={add !== ''}
          onClick={() => setFilters({ add: add === '' ? 'yes' : '', edit: '' })}
        >
          {w.add}
        </button>
      </div>
      {add !== '' && (
        <NewAccount
          made={async (values) => {
            told.value = values;
            await read();
            setFilters({ add: '', edit: '' });
          }}
        />
      )}
      {told.value && (
        <Told
          values={told.value}
          close={() => {
            told.value = null;
          }}
        />
      )}
      {edit !== '' && !open && loading.value && <div class="box account-waiting" aria-busy="true" />}
      {open && <AccountBox key={open.login} account={open} reload={read} />}
      <Table
        label={desk.value.admin.tabs.accounts}
        columns={columns()}
        rows={rows.value}
        codeOf={(r) => r.login}
        hrefOf={(r) => `/admin?tab=accounts&edit=${encodeURIComponent(r.login)}`}
        markOf={(r) =>
          [r.disabled && 'done-row', (r.login === edit || r.login === told.value?.login) && 'chosen']
            .filter(Boolean)
            .join(' ')
        }
        loading={loading.value}
        fresh={!loading.value}
        error={error.value}
        retry={() => void read()}
        empty={w.none}
      />
    </>
  );
}

function columns(): Column<Account>[] {
  const w = desk.value.accounts;
  const roles: Record<string, string> = words.value.roles;
  return [
    {
      name: 'login',
      label: w.account,
      cell: (r) => (
        <Titled
          title={r.login}
          under={[ownHalf(r.name, lang.value), r.login === session.value?.user?.login && w.you]
            .filter(Boolean)
            .join(' · ')}
        />
      ),
    },
    { name: 'role', label: w.role, cell: (r) => roles[r.role] ?? r.role },
    { name: 'state', label: w.state, cell: (r) => (r.disabled ? w.disabled : w.enabled) },
    {
      name: 'password',
      label: w.password,
      cell: (r) =>
        r.has_password ? (
          <Titled title={w.set} under={r.password_on ? fmt.value.date(r.password_on) : ''} />
        ) : (
          w.unset
        ),
    },
    {
      name: 'second_factor',
      label: w.secondFactor,
      cell: (r) => (r.second_factor ? w.on : r.second_factor_required ? w.missing : w.off),
    },
    { name: 'tokens', label: w.tokens, num: true, cell: (r) => fmt.value.int(r.tokens) },
    {
      name: 'identities',
      label: w.identities,
      num: true,
      cell: (r) => fmt.value.int(r.identities?.length ?? 0),
    },
  ];
}

/** The roles that an account can have. */
export function roleInput(value: string): InputField {
  const w = desk.value.accounts;
  const roles: Record<string, string> = words.value.roles;
  const options = ROLES.map((code) => ({ code, zh: roles[code] ?? code, en: roles[code] ?? code }));
  return { name: 'role', type: 'string', zh: w.role, en: w.role, required: true, options, value };
}

const ROLES = ['viewer', 'field', 'planner', 'trading', 'leader', 'supervisor', 'admin'] as const;

// The first password stays until whoever made the account has passed it on.
function Told(p: { values: Values; close(): void }) {
  const w = desk.value.accounts;
  const { login = '', password = '' } = p.values;
  return (
    <section class="box new-item first-password" aria-live="polite" aria-label={w.made(login)}>
      <div class="box-head">
        <h2>{w.made(login)}</h2>
        <button type="button" class="quiet" onClick={p.close}>
          {w.close}
        </button>
      </div>
      <p>
        {w.first} <code>{password}</code>
      </p>
      <p class="hint">{w.tellIt}</p>
    </section>
  );
}

function NewAccount({ made }: { made(values: Values): Promise<void> }) {
  const w = desk.value.accounts;
  const box = useRef<HTMLElement>(null);
  const first = useRef(newPassword());
  useEffect(() => {
    box.current?.querySelector<HTMLElement>('input')?.focus();
  }, []);
  const inputs: readonly InputField[] = [
    { name: 'login', type: 'string', zh: w.account, en: w.account, required: true },
    { name: 'name', type: 'string', zh: w.name, en: w.name },
    roleInput(''),
    { name: 'password', type: 'string', zh: w.first, en: w.first, required: true, value: first.current },
  ];
  const save = async (values: Values) => {
    await api.write('POST', '/api/users', given(values), {});
    await made(values);
  };
  return (
    <section ref={box} class="box new-item" aria-label={w.add}>
      <div class="box-head">
        <h2>{w.add}</h2>
      </div>
      <p class="hint">{w.tellIt}</p>
      <Form inputs={inputs} label={w.addNow} submit={save} cancel={() => setFilters({ add: '' })} />
    </section>
  );
}
