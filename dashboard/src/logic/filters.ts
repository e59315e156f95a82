// What the page of all tasks shows: filters as the address has them, as a line of search has them (`#tag +project p4 words`),
// as the API is asked, and as a task meets them.
import type { Task, TaskQuery } from "../api/client.ts";
import { folded } from "./commands.ts";
import { plusDays, type Day } from "./days.ts";
import { plannedDay } from "./groups.ts";

export const statuses = ["open", "pending", "in_progress", "snoozed", "blocked", "completed"] as const;
export const dues = ["overdue", "today", "week", "none"] as const;
export const sorts = ["newest", "due", "priority", "changed", "score"] as const;

export type Status = (typeof statuses)[number];
export type Due = (typeof dues)[number];
export type Sort = (typeof sorts)[number];

export interface Filters {
  /** Words, which the API searches. */
  words: string;
  status: Status;
  /** This priority or a higher one. */
  priority: number | null;
  tag: string | null;
  project: string | null;
  due: Due | null;
  sort: Sort;
}

export const everything: Filters = { words: "", status: "open", priority: null, tag: null, project: null, due: null, sort: "newest" };

/** What narrows the list, besides the words and the order. */
export const chips = ["status", "priority", "tag", "project", "due"] as const;
export type Chip = (typeof chips)[number];

/** Of an address; what it does not know is as if it were not there. */
export function fromSearch(search: string): Filters {
  const query = new URLSearchParams(search);
  const one = <T extends string>(name: string, values: readonly T[]): T | null => values.find((value) => value === query.get(name)) ?? null;
  const text = (name: string, longest: number) => nothing(query.get(name)?.trim().slice(0, longest));
  const priority = Number(query.get("priority"));
  return {
    words: text("q", 256) ?? "",
    status: one("status", statuses) ?? everything.status,
    priority: [1, 2, 3, 4, 5].includes(priority) ? priority : null,
    tag: text("tag", 50),
    project: text("project", 100),
    due: one("due", dues),
    sort: one("sort", sorts) ?? everything.sort,
  };
}

/** For an address: only what differs from everything; `?` included, empty where nothing does. */
export function toSearch(filters: Filters): string {
  const query = new URLSearchParams();
  if (filters.words !== "") query.set("q", filters.words);
  for (const name of [...chips, "sort"] as const) {
    const value = filters[name];
    if (value !== null && value !== everything[name]) query.set(name, String(value));
  }
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

function nothing(text: string | undefined): string | null {
  return text === undefined || text === "" ? null : text;
}

/** A line of search: its tokens become filters once a space ends them, what else was set stays, and the rest are words. */
export function withLine(filters: Filters, line: string): Filters {
  const read = { ...filters };
  const take = (pattern: RegExp, set: (value: string) => void) => (rest: string) =>
    rest.replaceAll(pattern, (_, quoted: string | undefined, plain: string | undefined) => {
      set(quoted ?? plain ?? "");
      return "";
    });
  const tag = take(/(?<!\S)#([^\s#,]{1,50})(?=\s)/g, (value) => (read.tag = value));
  const project = take(/(?<!\S)\+(?:"([^"]{1,100})"|([^\s"+]{1,100}))(?=\s)/g, (value) => (read.project = value));
  const priority = take(/(?<!\S)p([1-5])(?=\s)/gi, (value) => (read.priority = Number(value)));
  read.words = priority(project(tag(line))).replaceAll(/\s+/g, " ").trim();
  return read;
}

const open = ["pending", "in_progress", "snoozed", "blocked"] as const;
const orders: Record<Sort, NonNullable<TaskQuery["sort"]>> = {
  newest: "-created_at", due: "due_date", priority: "-priority", changed: "-updated_at", score: "score",
};

/** What the API is asked for; the days are compared by `meets`, since those of deadlines count, too. */
export function asked(filters: Filters): { q: string } | TaskQuery {
  if (filters.words !== "") return { q: filters.words };
  return {
    status: filters.status === "open" ? [...open] : [filters.status],
    sort: filters.status === "completed" && filters.sort === "score" ? orders.newest : orders[filters.sort],
    ...(filters.tag === null ? {} : { tag: filters.tag }),
    ...(filters.project === null ? {} : { project: filters.project }),
    ...(filters.priority === null ? {} : { priority_min: filters.priority }),
  };
}

/** Whether a task meets the filters but for the words, which the API has compared. */
export function meets(task: Task, filters: Filters, today: Day, zone: string): boolean {
  const { status, priority, tag, project, due } = filters;
  // Asked for where it matters only: a zone's clock costs more than all else here.
  const day = due === null ? null : plannedDay(task, zone);
  return (
    (status === "open" ? task.status !== "completed" : task.status === status) &&
    (priority === null || task.priority >= priority) &&
    (tag === null || task.tags.some((one) => folded(one) === folded(tag))) &&
    (project === null || (task.project !== null && folded(task.project) === folded(project))) &&
    (due === null || { overdue: task.overdue, today: day === today, week: day !== null && day >= today && day < plusDays(today, 7), none: day === null }[due])
  );
}

/** The tags of some tasks, in the order of the alphabet. */
export function tagsOf(tasks: readonly Task[], locale: string): string[] {
  return [...new Set(tasks.flatMap((task) => task.tags))].toSorted((one, other) => one.localeCompare(other, locale));
}
