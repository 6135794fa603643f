import type { Lang } from '../url.ts';
import type { InputField, Reason } from './types.ts';

/** What a form holds, by the names of its inputs; "" = not given. */
export type Values = Readonly<Record<string, string>>;

/** What stands in a form when it opens. */
export function startValues(inputs: readonly InputField[]): Values {
  return Object.fromEntries(inputs.map((i) => [i.name, i.value ?? '']));
}

/** What was filled in: without what is empty. */
export function given(values: Values): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([k, v]) => (v.trim() === '' ? [] : [[k, v.trim()] as const])),
  );
}

/** What differs from the start; "" empties a value. */
export function changed(start: Values, values: Values): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([k, v]) =>
      v.trim() === (start[k] ?? '').trim() ? [] : [[k, v.trim()] as const],
    ),
  );
}

/**
 * Brings a form to a new state of its thing: what the reader typed stays, what was only shown is what
 * holds now.
 */
export function rebase(values: Values, seen: Values, now: Values): Values {
  return Object.fromEntries(
    Object.entries(now).map(([k, fresh]) => {
      const mine = values[k];
      return [k, mine !== undefined && mine !== (seen[k] ?? '') ? mine : fresh];
    }),
  );
}

/** Who changed what while the form was open: the inputs whose present value is another than the one shown. */
export function movedUnder(inputs: readonly InputField[], seen: Values, now: Values): readonly InputField[] {
  return inputs.filter((i) => (seen[i.name] ?? '') !== (now[i.name] ?? ''));
}

export interface FormFault {
  /** By the name of the input. */
  readonly fields: Readonly<Record<string, string>>;
  /** Faults of what the form does not ask for. */
  readonly others: readonly string[];
}

/** The faults that a problem document names, by input. */
export function faultsOf(
  body: Record<string, unknown>,
  inputs: readonly InputField[],
  lang: Lang,
): FormFault {
  const fields: Record<string, string> = {};
  const others: string[] = [];
  for (const f of listOf(body.fields)) {
    const name = String(f.field ?? '').replace(/^(?:data|values)\./, '');
    const text = String((lang === 'en' ? f.en : f.zh) || f.zh || f.en || '');
    if (inputs.some((i) => i.name === name)) fields[name] = text;
    else others.push(name === '' ? text : `${name}: ${text}`);
  }
  return { fields, others };
}

/** The guards that a refusal names, and where the thing may go instead. */
export function refusalOf(body: Record<string, unknown>): { reasons: Reason[]; allowed: string[] } | null {
  const reasons = listOf(body.reasons).map((r) => ({
    guard: String(r.guard ?? ''),
    zh: String(r.zh ?? ''),
    en: String(r.en ?? ''),
  }));
  const allowed = Array.isArray(body.allowed) ? body.allowed.filter((a) => typeof a === 'string') : [];
  return reasons.length > 0 ? { reasons, allowed } : null;
}

/** What is wrong with a value before it is sent; "" = nothing. */
export function checkValue(
  input: InputField,
  value: string,
): '' | 'required' | 'number' | 'integer' | 'date' {
  const text = value.trim();
  if (text === '') return input.required ? 'required' : '';
  if (input.type === 'number' && !/^-?\d+(\.\d+)?$/.test(plainNumber(text))) return 'number';
  if (input.type === 'integer' && !/^-?\d+$/.test(plainNumber(text))) return 'integer';
  if (input.type === 'date' && !/^\d{4}-\d{2}-\d{2}$/.test(text)) return 'date';
  return '';
}

/** A number as people write it, as the server reads it: full-width digits, blanks and thousands marks go. */
export function plainNumber(text: string): string {
  return text.normalize('NFKC').replace(/[,\s_]/g, '');
}

/** The values as they are sent: numbers plain, texts without outer blanks. */
export function tidy(inputs: readonly InputField[], values: Values): Values {
  const kind = new Map(inputs.map((i) => [i.name, i.type]));
  return Object.fromEntries(
    Object.entries(values).map(([k, v]) => {
      const numeric = kind.get(k) === 'number' || kind.get(k) === 'integer';
      return [k, numeric ? plainNumber(v) : v.trim()];
    }),
  );
}

function listOf(value: unknown): Record<string, unknown>[] {
  if (!Array.isArray(value)) return [];
  return value.filter((v): v is Record<string, unknown> => typeof v === 'object' && v !== null);
}
