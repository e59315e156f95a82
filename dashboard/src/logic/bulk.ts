// What one change of several tasks asks of the API, and how the tasks are going to look.
import type { BatchItem, Snooze, Task, TaskPatch } from "../api/client.ts";

import { onDay, type Day } from "./days.ts";

/** A day on the wall clock of a zone; its `time`, or else each task's own. */
export interface To {
  day: Day | null;
  time?: string | null;
  zone: string;
}

export type Bulk =
  | { kind: "complete" | "reopen" | "delete" }
  | { kind: "snooze"; body: Snooze }
  | ({ kind: "move" } & To)
  | { kind: "set"; fields: TaskPatch }
  | { kind: "tag" | "untag"; tag: string };

/** As many as the API takes as one change. */
export const mostAtOnce = 50;

/** The items for these tasks, in an order in which none stands in the way of another. */
export function itemsOf(bulk: Bulk, tasks: readonly Task[]): BatchItem[] {
  switch (bulk.kind) {
    case "complete":
      // A parent is done after its subtasks.
      return open(tasks).toSorted((one, other) => depth(other, tasks) - depth(one, tasks)).map(({ id }) => ({ op: "complete", id }));
    case "reopen":
      return tasks.filter(({ status }) => status === "completed").map(({ id }) => ({ op: "update", id, status: "pending" }));
    case "delete":
      // A parent takes its subtasks along.
      return tasks.filter((task) => depth(task, tasks) === 0).map(({ id }) => ({ op: "delete", id }));
    case "snooze":
      return open(tasks).map(({ id }) => ({ op: "snooze", id, ...bulk.body }));
    case "move":
      return tasks.map(({ id, due_date }) => ({ op: "update", id, due_date: dueOn(bulk, due_date) }));
    case "set":
      return tasks.map(({ id }) => ({ op: "update", id, ...bulk.fields }));
    case "tag":
    case "untag":
      return tasks.flatMap((task) => {
        const tags = tagsAfter(bulk, task);
        return tags.length === task.tags.length ? [] : [{ op: "update" as const, id: task.id, tags }];
      });
  }
}

/** How lists show the tasks until they are read again; null where a task leaves them. */
export function shownAs(bulk: Bulk, tasks: readonly Task[]): Map<string, Partial<Task> | null> {
  return new Map(tasks.map((task) => [task.id, shown(bulk, task)]));
}

function shown(bulk: Bulk, task: Task): Partial<Task> | null {
  switch (bulk.kind) {
    case "complete":
    case "reopen":
    case "delete":
      return null;
    case "snooze":
      return { status: "snoozed" };
    case "move":
      return { due_date: dueOn(bulk, task.due_date), overdue: false };
    case "set": {
      const { priority, project } = bulk.fields;
      return {
        ...(priority === undefined ? {} : { priority }),
        ...(project === undefined ? {} : { project }),
      };
    }
    case "tag":
    case "untag":
      return { tags: tagsAfter(bulk, task) };
  }
}

/** What a task is due at when it is moved to a day: its time stays, unless another was said. */
export function dueOn({ day, time = null, zone }: To, due: string | null): string | null {
  if (day === null) return null;
  return time === null ? onDay(due, day, zone) : `${day}T${time}`;
}

function tagsAfter({ kind, tag }: { kind: "tag" | "untag"; tag: string }, task: Task): string[] {
  const others = task.tags.filter((one) => one !== tag);
  return kind === "untag" ? others : [...others, tag];
}

function open(tasks: readonly Task[]): Task[] {
  return tasks.filter(({ status }) => status !== "completed");
}

/** How many of the others a task lies under. */
function depth(task: Task, tasks: readonly Task[]): number {
  const parent = tasks.find(({ id }) => id === task.parent_id);
  return parent ? 1 + depth(parent, tasks) : 0;
}

export function inParts<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, part) => items.slice(part * size, (part + 1) * size));
}
