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
export function overlaid(items: readonly Task[], seen: readonly Seen[], readAt: number): Task[] {
  return seen
    .filter(({ answered }) => answered === null || answered >= readAt)
    .reduce<Task[]>(
      (tasks, { id, as }) => tasks.flatMap((task) => (task.id !== id ? [task] : as === null ? [] : [{ ...task, ...as }])),
      [...items],
    );
}
