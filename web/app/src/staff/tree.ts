/** One body in the tree of organisations. */
export interface Node<T> {
  readonly item: T;
  /** 0 at the top. */
  readonly depth: number;
  readonly children: readonly Node<T>[];
}

/**
 * Builds a forest from rows that name what stands above them. A row whose parent is not there stands
 * at the top, and so does the first row of a ring: each row is there exactly once.
 */
export function forestOf<T>(
  rows: readonly T[],
  codeOf: (row: T) => string,
  parentOf: (row: T) => string,
): readonly Node<T>[] {
  const known = new Set(rows.map(codeOf));
  const below = new Map<string, T[]>();
  const tops: T[] = [];
  for (const row of rows) {
    const parent = parentOf(row);
    if (parent === '' || parent === codeOf(row) || !known.has(parent)) tops.push(row);
    else below.set(parent, [...(below.get(parent) ?? []), row]);
  }
  const placed = new Set<string>();
  const grow = (row: T, depth: number): Node<T> => {
    const code = codeOf(row);
    placed.add(code);
    const own = (below.get(code) ?? []).filter((r) => !placed.has(codeOf(r)));
    return {
      item: row,
      depth,
      children: own.flatMap((r) => (placed.has(codeOf(r)) ? [] : [grow(r, depth + 1)])),
    };
  };
  const forest = tops.map((row) => grow(row, 0));
  for (const row of rows) if (!placed.has(codeOf(row))) forest.push(grow(row, 0));
  return forest;
}

/** The nodes of a forest from the top down, each before those below it. */
export function flatten<T>(forest: readonly Node<T>[]): readonly Node<T>[] {
  return forest.flatMap((n) => [n, ...flatten(n.children)]);
}
