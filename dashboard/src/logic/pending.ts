// Changes that wait while the server is away: which tasks they are of, and what has become of them.
import type { Pending } from "../api/client.ts";
import type { Seen } from "./overlay.ts";

/** How many changes wait for each task, by its id, which is in their path. */
export function waitingFor(items: readonly Pending[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { path, state } of items) {
    const id = /^\/api\/tasks\/([0-9a-f-]{36})/.exec(path)?.[1];
    if (id !== undefined && state === "waiting") counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

export interface Settled {
  /** What lists go on showing: what waits still, and what was made until it is read. */
  seen: Seen[];
  made: Seen[];
  refused: { change: Seen; because: string | null }[];
}

/** What a list of the waiting says of the changes that were made here: one that is in it no longer was made. */
export function settle(seen: readonly Seen[], items: readonly Pending[], now: number): Settled {
  const settled: Settled = { seen: [], made: [], refused: [] };
  for (const change of seen) {
    const item = items.find(({ id }) => id === change.pending?.id);
    if (change.pending === undefined || change.answered !== null || item?.state === "waiting") settled.seen.push(change);
    else if (item) settled.refused.push({ change, because: item.because });
    else {
      settled.made.push(change);
      settled.seen.push({ ...change, answered: now });
    }
  }
  return settled;
}
