import type { Signal } from '@preact/signals';
import type { TargetedInputEvent } from 'preact';
import { useId } from 'preact/hooks';
import type { Problem } from '../api.ts';
import { problemText } from '../store/server.ts';

interface Props {
  label: string;
  name: string;
  value: Signal<string>;
  hint?: string;
  secret?: boolean;
  autocomplete?: 'current-password' | 'new-password' | 'one-time-code' | 'off';
  numeric?: boolean;
}

/** One line of a form about the account. */
export function AccountField({ label, name, value, hint, secret, autocomplete = 'off', numeric }: Props) {
  const id = useId();
  const common = {
    name,
    required: true,
    autocomplete,
    autocapitalize: 'none',
    spellcheck: false,
    ...(numeric ? { inputMode: 'numeric' } : {}),
    ...(hint ? { 'aria-describedby': id } : {}),
    value: value.value,
    onInput: (e: TargetedInputEvent<HTMLInputElement>) => {
      value.value = e.currentTarget.value;
    },
  } as const;
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is one of the two
    <label class="account-field">
      <span>{label}</span>
      {secret ? <input type="password" {...common} /> : <input type="text" {...common} />}
      {hint && (
        <small class="hint" id={id}>
          {hint}
        </small>
      )}
    </label>
  );
}

/** What is wrong, in the words of the server: its sentence, and that of each field. */
export function faultText(p: Problem, lang: string): string {
  const fields = Array.isArray(p.body.fields) ? (p.body.fields as { zh?: string; en?: string }[]) : [];
  const told = fields.map((f) => (lang === 'en' ? f.en : f.zh)).filter(Boolean);
  return told.length > 0 ? told.join(lang === 'en' ? '; ' : '；') : problemText(p);
}
