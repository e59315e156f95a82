// Changes that were made here, as they can be named to be undone.
import type { Change } from "../api/client.ts";

export interface Made {
  /** What a person was told of it. */
  message: string;
  /** Its changes by id, the last one first; or a task with the instant at which it was changed, by which history knows it. */
  by: readonly string[] | { task: string; at: string };
}

/** How the change that gave this answer is undone; null where the answer does not tell. */
export function madeBy(value: unknown, message: string): Made | null {
  if (typeof value !== "object" || value === null) return null;
  const { change_id, change_ids, id, updated_at } = value as { change_id?: unknown; change_ids?: unknown; id?: unknown; updated_at?: unknown };
  if (Array.isArray(change_ids)) return change_ids.length === 0 ? null : { message, by: change_ids as string[] };
  if (typeof change_id === "string") return { message, by: [change_id] };
  return typeof id === "string" && typeof updated_at === "string" ? { message, by: { task: id, at: updated_at } } : null;
}

/** The change that was made of a task at an instant. */
export function changeOf(changes: readonly Change[], { task, at }: { task: string; at: string }): Change | null {
  return changes.find((change) => change.at === at && change.task_ids.includes(task)) ?? null;
}
