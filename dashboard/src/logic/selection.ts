// Which rows of a list are meant together. Rows are ids in the order in which they stand.

/** The rows from one to another, both of them too, whichever comes first. */
export function span(rows: readonly string[], from: string, to: string): string[] {
  const [first, last] = [rows.indexOf(from), rows.indexOf(to)].toSorted((one, other) => one - other);
  return first === undefined || last === undefined || first === -1 ? [] : rows.slice(first, last + 1);
}

export function toggled(selected: ReadonlySet<string>, id: string): Set<string> {
  const next = new Set(selected);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** What is still there of a selection; the same set when all of it is. */
export function kept(selected: ReadonlySet<string>, rows: readonly string[]): ReadonlySet<string> {
  const there = new Set(rows);
  return [...selected].every((id) => there.has(id)) ? selected : new Set([...selected].filter((id) => there.has(id)));
}

/** The row that keys go on from when theirs is gone: the next one that is still there, or else the one before. */
export function neighbour(before: readonly string[], id: string, there: ReadonlySet<string>): string | null {
  const index = before.indexOf(id);
  return before.slice(index + 1).find((row) => there.has(row)) ?? before.slice(0, Math.max(index, 0)).findLast((row) => there.has(row)) ?? null;
}
