import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { api, session } from '../store/server.ts';
import { Form } from '../ui/form.tsx';
import { roleInput } from './accounts.tsx';
import { desk } from './deskwords.ts';
import type { Account } from './desktypes.ts';
import { setFilters } from './filters.tsx';
import type { Values } from './formvalues.ts';
import { newPassword } from './password.ts';
import type { InputField } from './types.ts';

/** One account: its name and role, whether it is in use, a new password, the second factor. */
export function AccountBox({ account: a, reload }: { account: Account; reload(): Promise<void> }) {
  const w = desk.value.accounts;
  const told = useSignal('');
  const fresh = useRef(newPassword());
  const mine = a.login === session.value?.user?.login;
  const patch = async (body: Record<string, unknown>, said: string) => {
    told.value = '';
    await api.write('PATCH', `/api/users/${encodeURIComponent(a.login)}`, body, { version: a.version });
    await reload();
    told.value = said;
  };
  const profile: readonly InputField[] = [
    { name: 'name', type: 'string', zh: w.name, en: w.name, required: true, value: a.name },
    roleInput(a.role),
    { name: 'disabled', type: 'boolean', zh: w.disable, en: w.disable, value: String(a.disabled) },
  ];
  const save = (_: Values, _key: string, only: Values) => {
    const { disabled, ...rest } = only;
    return patch({ ...rest, ...(disabled ? { disabled: disabled === 'true' } : {}) }, w.saved);
  };
  const password: readonly InputField[] = [
    {
      name: 'password',
      type: 'string',
      zh: w.newPassword,
      en: w.newPassword,
      required: true,
      value: fresh.current,
    },
  ];
  return (
    <section class="box new-item account-box" aria-label={w.of(a.login)}>
      <div class="box-head">
        <h2>{w.of(a.login)}</h2>
        <button type="button" class="quiet" onClick={() => setFilters({ edit: '' })}>
          {w.close}
        </button>
      </div>
      {mine && <p class="hint">{w.own}</p>}
      <p role="status" class="saved">
        {told.value}
      </p>
      <Form inputs={profile} label={w.save} version={a.version} submit={save} reload={reload} />
      {!mine && (
        <details>
          <summary>{w.resetPassword}</summary>
          <Form
            inputs={password}
            label={w.setPassword}
            version={a.version}
            reload={reload}
            submit={(values) => patch({ password: values.password }, w.passwordSet(values.password ?? ''))}
          >
            <p class="hint">{w.tellIt}</p>
          </Form>
        </details>
      )}
      {!mine && a.second_factor && (
        <details>
          <summary>{w.resetSecond}</summary>
          <Form
            inputs={[]}
            label={w.resetSecondNow}
            grave
            version={a.version}
            reload={reload}
            submit={() => patch({ reset_second_factor: true }, w.secondReset)}
          >
            <p class="hint">{w.resetSecondHint}</p>
          </Form>
        </details>
      )}
    </section>
  );
}
