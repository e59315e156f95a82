// What a list shows of changes that are under way: each at once, until the list was read after its answer.
import type { Pending, Task } from "../api/client.ts";

export interface Seen {
  id: string;
  /** The fields as the change makes them; null takes the task off the list. */
  as: Partial<Task> | null;
  /** When the answer came; null while it is awaited. */
  answered: number | null;
  /** What the change waits as while the server is away, and what a person was told that it does. */
  pending?: Pending;
  message?: string;
}

/** The tasks as a list shows them that began to be read at `readAt`. */
export function overlaid(items: readonly Task[], seen: readonly Seen[], readAt: number): readonly Task[] {
  const changed = new Map<string, Partial<Task> | null>();
  for (const { id, as, answered } of seen) {
    if (answered !== null && answered < readAt) continue;
    const before = changed.get(id);
    // What was taken off the list does not come back by a later change.
    if (before !== null) changed.set(id, as === null ? null : { ...before, ...as });
  }
  if (changed.size === 0) return items;
  return items.flatMap((task) => {
    const as = changed.get(task.id);
    return as === undefined ? [task] : as === null ? [] : [{ ...task, ...as }];
  });
}
