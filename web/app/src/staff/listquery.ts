/** The filters of a list as its address carries them: one value each, nothing that is not known. */
export type Filters = Readonly<Record<string, string>>;

const MAX_VALUE = 200;

/** Reads the known filters of a query string; what is empty, repeated or too long counts as not said. */
export function readFilters(search: string, names: readonly string[]): Filters {
  const said = new URLSearchParams(search);
  const out: Record<string, string> = {};
  for (const name of names) {
    const values = said.getAll(name);
    const value = values[0]?.trim() ?? '';
    if (values.length === 1 && value !== '' && value.length <= MAX_VALUE) out[name] = value;
  }
  return out;
}

/** Writes a query string with some filters changed, "" taking one away; what else it said stays. */
export function writeFilters(search: string, patch: Filters): string {
  const said = new URLSearchParams(search);
  for (const [name, value] of Object.entries(patch)) {
    if (value.trim() === '') said.delete(name);
    else said.set(name, value.trim());
  }
  const text = said.toString();
  return text === '' ? '' : `?${text}`;
}

/** Whether two sets of filters ask for the same. */
export function sameFilters(a: Filters, b: Filters): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((n) => a[n] === b[n]);
}
