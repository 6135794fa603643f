/** The order of a whole list: by which column, and whether the large comes first. */
export interface Order {
  readonly by: string;
  readonly down: boolean;
}

export type Key = string | number | null;

/** Reads "due" or "-due". */
export function readOrder(text: string): Order | null {
  const down = text.startsWith('-');
  const by = down ? text.slice(1) : text;
  return by === '' ? null : { by, down };
}

export function writeOrder(o: Order | null): string {
  return o ? `${o.down ? '-' : ''}${o.by}` : '';
}

/** What a press on a column's head asks for: up, then down, then as it came. */
export function nextOrder(now: Order | null, by: string): Order | null {
  if (now?.by !== by) return { by, down: false };
  return now.down ? null : { by, down: true };
}

/** Sorts by a key and keeps the order of equals; what has no key comes last either way. */
export function sorted<R>(rows: readonly R[], keyOf: (row: R) => Key, down: boolean): readonly R[] {
  const sign = down ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [keyOf(a), keyOf(b)];
    if (x === y) return 0;
    if (x === null || x === '') return 1;
    if (y === null || y === '') return -1;
    if (typeof x === 'number' && typeof y === 'number') return (x - y) * sign;
    return String(x).localeCompare(String(y), 'zh-CN', { numeric: true }) * sign;
  });
}
