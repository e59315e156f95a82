// Moves tasks to a day, by whichever way: dropped, by key, by menu. Their time of day stays, where none was said.
import { tasks, type Task } from "../api/client.ts";
import { dueOn } from "../logic/bulk.ts";
import type { Day } from "../logic/days.ts";
import { zone } from "../preferences.ts";
import { text } from "../strings.ts";
import { change } from "./batch.ts";
import { make } from "./changes.ts";
import type { Regroup } from "./task-list.ts";

/** One change for all of them, so that one undo takes it back. */
export async function reschedule(some: readonly Task[], day: Day | null, time: string | null = null): Promise<void> {
  const [first] = some;
  if (!first) return;
  const to = { day, time, zone: zone() };
  if (some.length > 1) {
    await change({ kind: "move", ...to }, some, text.movedAllToast(some.length));
    return;
  }
  const due_date = dueOn(to, first.due_date);
  await make(new Map([[first.id, { due_date, overdue: false }]]), () => tasks.change(first, { due_date }), text.movedToast(first.title));
}

/** Moves tasks to the day of the group that they were dropped on. */
export function regroupedByDay({ detail: { tasks: some, to } }: CustomEvent<Regroup>): void {
  void reschedule(some, to.key === "none" ? null : to.key);
}
