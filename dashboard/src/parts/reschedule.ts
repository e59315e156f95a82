// Moves tasks to a day, by whichever way: dropped, by key, by menu. Their time of day stays.
import { tasks, type Task } from "../api/client.ts";
import { onDay, type Day } from "../logic/days.ts";
import { zone } from "../preferences.ts";
import { text } from "../strings.ts";
import { make } from "./changes.ts";

/** As many as a batch may hold. */
const most = 50;

/** One change for all of them, so that one undo takes it back. */
export async function reschedule(some: readonly Task[], day: Day | null): Promise<void> {
  const moved = some.slice(0, most).map((task) => ({ task, due_date: day === null ? null : onDay(task.due_date, day, zone()) }));
  const [first] = moved;
  if (!first) return;
  const as = new Map(moved.map(({ task, due_date }) => [task.id, { due_date, overdue: false }]));
  if (moved.length === 1) await make(as, () => tasks.change(first.task, { due_date: first.due_date }), text.movedToast(first.task.title));
  else await make(as, () => tasks.batch(moved.map(({ task, due_date }) => ({ op: "update", id: task.id, version: task.version, due_date }))), text.movedAllToast(moved.length));
}
