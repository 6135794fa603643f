import type { BatchRefusal, RowFault } from './desktypes.ts';
import { plainNumber } from './formvalues.ts';
import type { InputField, Reason } from './types.ts';

/** What is filled in for a list of moves: once for all, and row by row. */
export interface Batch {
  readonly to: string;
  readonly on: string;
  readonly reason: string;
  readonly common: Readonly<Record<string, string>>;
  readonly rows: readonly BatchRow[];
}

export interface BatchRow {
  readonly code: string;
  readonly version: number;
  readonly own: Readonly<Record<string, string>>;
}

/** The most rows that one list may have. */
export const MOST_ROWS = 500;

/** The body of the request: empty values are not said, so the common value stands in. */
export function batchBody(b: Batch): Record<string, unknown> {
  const data = filled(b.common);
  return {
    to: b.to,
    ...(b.on === '' ? {} : { on: b.on }),
    ...(b.reason.trim() === '' ? {} : { reason: b.reason.trim() }),
    ...(Object.keys(data).length > 0 ? { data } : {}),
    items: b.rows.map((r) => {
      const own = filled(r.own);
      return { code: r.code, version: r.version, ...(Object.keys(own).length > 0 ? { data: own } : {}) };
    }),
  };
}

function filled(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values)
      .map(([k, v]) => [k, v.trim()] as const)
      .filter(([, v]) => v !== ''),
  );
}

/** The values of the inputs that are filled in once for all, or of those that are filled in row by row. */
export function batchValues(
  values: Readonly<Record<string, string>>,
  inputs: readonly InputField[],
  rowwise: ReadonlySet<string>,
  ofRows: boolean,
): Readonly<Record<string, string>> {
  const own = inputs.filter((i) => rowwise.has(i.name) === ofRows);
  const plain = (i: InputField, v: string) =>
    i.type === 'number' || i.type === 'integer' ? plainNumber(v) : v;
  return Object.fromEntries(own.map((i) => [i.name, plain(i, values[i.name] ?? '')]));
}

/** Inputs that differ from row to row as a rule: numbers of papers, amounts, flats. */
export function perRow(input: InputField): boolean {
  return input.type === 'number' || input.type === 'integer' || /(?:_no|flat|keys|photo)$/.test(input.name);
}

/** Why each refused row was refused, by code. */
export function refusalsOf(body: Readonly<Record<string, unknown>>): ReadonlyMap<string, BatchRefusal> {
  const rows = Array.isArray(body.rows) ? (body.rows as unknown[]) : [];
  const out = new Map<string, BatchRefusal>();
  for (const row of rows) {
    if (typeof row !== 'object' || row === null) continue;
    const r = row as Record<string, unknown>;
    if (typeof r.code !== 'string') continue;
    out.set(r.code, {
      code: r.code,
      status: typeof r.status === 'number' ? r.status : 0,
      detail: typeof r.detail === 'string' ? r.detail : '',
      reasons: Array.isArray(r.reasons) ? (r.reasons as Reason[]) : [],
      faults: Array.isArray(r.fields) ? (r.fields as RowFault[]) : [],
    });
  }
  return out;
}
