// Tasks by the day that they are meant for.
import type { Task } from "../api/client.ts";
import { dayOfWhen, type Day } from "./days.ts";

export interface Group {
  /** `overdue`, a day, or `none` for tasks without a date. */
  key: string;
  tasks: Task[];
}

/** What a group's heading is called in a list whose rows are called by the ids of their tasks. */
export function headingKey({ key }: Group): string {
  return `heading ${key}`;
}

export function isHeading(key: string): boolean {
  return key.startsWith("heading ");
}

/** The day that a task is planned for, or else the last one that it can be done on. */
export function plannedDay(task: Task, zone?: string): Day | null {
  const when = task.due_date ?? task.deadline;
  return when === null ? null : dayOfWhen(when, zone);
}

function byImportance(one: Task, other: Task): number {
  return other.priority - one.priority || inOrder(one.due_date ?? one.deadline ?? "", other.due_date ?? other.deadline ?? "") || inOrder(one.id, other.id);
}

/** Of instants and ids, which no language orders otherwise. */
function inOrder(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Overdue first, then day by day; what was planned for a day that is over is overdue here, whatever its deadline. */
export function byDay(tasks: readonly Task[], today: Day, zone?: string): Group[] {
  const groups = new Map<Group["key"], Task[]>();
  for (const task of tasks) {
    const day = plannedDay(task, zone);
    const key = day === null ? "none" : task.overdue || day < today ? "overdue" : day;
    const members = groups.get(key);
    if (members) members.push(task);
    else groups.set(key, [task]);
  }
  const rank = (key: Group["key"]) => (key === "overdue" ? "" : key === "none" ? "~" : key);
  return [...groups.entries()]
    .sort(([one], [other]) => (rank(one) < rank(other) ? -1 : 1))
    .map(([key, members]) => ({ key, tasks: members.toSorted(byImportance) }));
}

/** How much is planned, and of how many tasks nobody knows how long they take. */
export function load(tasks: readonly Task[]): { minutes: number; unknown: number } {
  return {
    minutes: tasks.reduce((sum, task) => sum + (task.effort_estimate_minutes ?? 0), 0),
    unknown: tasks.filter((task) => task.effort_estimate_minutes === null).length,
  };
}
