// The fields of a task as a person reads and writes them, and what to do when two have written at once.
import type { Task, TaskPatch } from "../api/client.ts";
import { dayOfWhen, wallClock } from "./days.ts";

export type Field =
  | "title" | "description" | "priority" | "due_date" | "deadline" | "start_date" | "effort_estimate_minutes" | "tags" | "project"
  | "preferred_time" | "recurrence" | "recurrence_from" | "parent_id" | "depends_on";

/** A field's value as its control shows it. */
export function said(task: Pick<Task, Field>, field: Field, zone: string): string {
  const value = task[field];
  if (value === null) return "";
  if (field === "due_date" || field === "deadline" || field === "start_date") return wallClockOf(String(value), zone);
  if (field === "effort_estimate_minutes") return effort(Number(value));
  return Array.isArray(value) ? value.join(", ") : String(value);
}

/** The change that a control's value means; null where it cannot be read. */
export function meant(field: Field, value: string): TaskPatch | null {
  const words = value.trim();
  switch (field) {
    case "title":
      return words === "" ? null : { title: words };
    case "priority":
      return { priority: Number(words) };
    case "effort_estimate_minutes": {
      const minutes = words === "" ? null : minutesOf(words);
      return minutes === undefined ? null : { effort_estimate_minutes: minutes };
    }
    case "tags":
    case "depends_on":
      return { [field]: [...new Set(words.split(",").map((one) => one.trim().replace(/^#/, "")).filter((one) => one !== ""))] };
    case "description":
      return { description: words === "" ? null : value };
    case "due_date":
    case "deadline":
    case "start_date":
    case "project":
    case "preferred_time":
    case "recurrence":
    case "recurrence_from":
    case "parent_id":
      return { [field]: words === "" ? null : words };
  }
}

/** Day and time of a date, on the zone's clock: `2026-12-01` or `2026-12-01T09:30`. */
function wallClockOf(when: string, zone: string): string {
  if (when.length <= 10) return when;
  const day = dayOfWhen(when, zone);
  if (!/(?:Z|[+-]\d\d:\d\d)$/.test(when)) return when.slice(0, 16);
  const { minutes } = wallClock(new Date(when), zone);
  return `${day}T${effortless(Math.floor(minutes / 60))}:${effortless(minutes % 60)}`;
}

const effortless = (part: number) => String(part).padStart(2, "0");

function effort(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [hours === 0 ? "" : `${hours} h`, rest === 0 ? "" : `${rest} min`].filter((part) => part !== "").join(" ");
}

/** `90`, `90 min`, `1h30`, `1.5 h`; undefined where it is none of them. */
export function minutesOf(words: string): number | undefined {
  const match = /^(?:(\d{1,3}(?:[.,]\d+)?)\s*h(?:ours?|rs?)?)?\s*(?:(\d{1,5})\s*(?:m(?:in(?:utes?)?)?)?)?$/i.exec(words);
  if (!match || words === "") return undefined;
  const minutes = Math.round(Number((match[1] ?? "0").replace(",", ".")) * 60) + Number(match[2] ?? 0);
  return minutes >= 1 && minutes <= 10_080 ? minutes : undefined;
}

/** The fields of a change that somebody else has changed since `base`, to something else. */
export function conflicts(base: Task, mine: TaskPatch, theirs: Task): Field[] {
  const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
  return (Object.keys(mine) as Field[]).filter((field) => !same(base[field], theirs[field]) && !same(mine[field], theirs[field]));
}
