import { nameOf } from '../catalogue.ts';
import { staffWords } from '../staff/store.ts';
import { checkValue, plainNumber } from '../staff/formvalues.ts';
import type { InputField } from '../staff/types.ts';
import { fmt } from '../store/server.ts';
import { lang, words } from '../store/view.ts';
import type { Hint } from './form.tsx';
import { RefBox } from './refbox.tsx';

const YI_IN_WAN = 10_000;

export interface FormInputProps {
  id: string;
  input: InputField;
  value: string;
  /** What is wrong with it; "" = nothing. */
  fault: string;
  hint?: Hint | undefined;
  set: (value: string) => void;
}

/** One value of a form with its label, unit, hint and fault. */
export function FormInput(p: FormInputProps) {
  const { id, input, fault } = p;
  const w = staffWords.value.form;
  const hint = p.hint ?? moneyHint(input, p.value);
  const described = [fault !== '' && `${id}-fault`, hint && `${id}-hint`].filter(Boolean).join(' ');
  const tick = input.type === 'boolean';
  const label = (
    <label for={id}>
      {nameOf(input, lang.value)}
      {input.required && (
        <span class="mark" aria-hidden="true">
          {' '}
          *
        </span>
      )}
      {input.secret && <span class="mark-secret">{w.secret}</span>}
    </label>
  );
  return (
    <div
      class={['form-field', input.long && 'long', tick && 'tick-field', fault !== '' && 'wrong']
        .filter(Boolean)
        .join(' ')}
    >
      {!tick && label}
      <Control {...p} described={described} />
      {tick && label}
      {fault !== '' && (
        <p id={`${id}-fault`} class="fault">
          {fault}
        </p>
      )}
      {hint && (
        <p id={`${id}-hint`} class={hint.warn ? 'hint warn' : 'hint'} aria-live="polite">
          {hint.text}
        </p>
      )}
    </div>
  );
}

// An amount above a hundred million reads easier in 亿元.
function moneyHint(input: InputField, value: string): Hint | undefined {
  if (input.unit !== '万元' || value === '' || checkValue(input, value) !== '') return undefined;
  const wan = Number(plainNumber(value));
  return wan >= YI_IN_WAN || lang.value === 'en' ? { text: `= ${fmt.value.money(wan)}` } : undefined;
}

function Control({ id, input, value, fault, set, described }: FormInputProps & { described: string }) {
  const w = staffWords.value.form;
  const shared = {
    id,
    name: input.name,
    'aria-required': Boolean(input.required),
    'aria-invalid': fault !== '',
    ...(described === '' ? {} : { 'aria-describedby': described }),
  };
  if (input.type === 'boolean') {
    return (
      <input
        {...shared}
        type="checkbox"
        checked={value === 'true'}
        onChange={(e) => set(e.currentTarget.checked ? 'true' : 'false')}
      />
    );
  }
  if (input.options && input.options.length > 0) {
    return (
      <select {...shared} value={value} onChange={(e) => set(e.currentTarget.value)}>
        <option value="">{w.choose}</option>
        {input.options.map((o) => (
          <option key={o.code} value={o.code}>
            {nameOf(o, lang.value)}
          </option>
        ))}
      </select>
    );
  }
  if (input.ref) return <RefBox {...shared} collection={input.ref} value={value} set={set} />;
  if (input.long) {
    return (
      <textarea
        {...shared}
        rows={3}
        maxLength={500}
        onInput={(e) => set(e.currentTarget.value)}
        value={value}
      />
    );
  }
  if (input.type === 'date') {
    return (
      <input
        {...shared}
        type="date"
        value={value}
        onInput={(e) => set(e.currentTarget.value)}
        max="9999-12-31"
      />
    );
  }
  const numeric = input.type === 'number' || input.type === 'integer';
  const box = (
    <input
      {...shared}
      type="text"
      autocomplete="off"
      maxLength={500}
      value={value}
      {...(numeric ? { inputMode: input.type === 'integer' ? 'numeric' : 'decimal', class: 'num' } : {})}
      onInput={(e) => set(e.currentTarget.value)}
    />
  );
  if (!input.unit) return box;
  return (
    <span class="with-unit">
      {box}
      <span class="unit">{unitName(input.unit)}</span>
    </span>
  );
}

/** A unit in the reader's language. */
export function unitName(unit: string): string {
  const units: Record<string, string> = words.value.units;
  if (unit === '万元' && lang.value === 'en') return '10k CNY';
  return units[unit] ?? unit;
}
