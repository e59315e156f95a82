// What is said of a task in few words. Pure functions; today and the zone come along.
import type { components } from "../../dashboard/src/api/schema.d.ts";

type Schemas = components["schemas"];
export type Task = Schemas["Task"];
export type Part = Schemas["Part"];

/** What `what_next` answers: the best task as the API has it, and what its dates mean. */
export type Next = Schemas["Best"] & { time_zone?: string; now?: string };

const DAY_MS = 86_400_000;

const FACTORS: Record<Part["factor"], string> = {
  urgency: "Urgency",
  importance: "Importance",
  fit: "Fits the time",
  unblocks: "Unblocks",
  started: "Started",
  time_of_day: "Time of day",
  small: "Small",
  age: "Waiting long",
  not_now: "Not now",
};

export function factor(part: Part): string {
  return FACTORS[part.factor];
}

export function points(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(1)}`;
}

/** How long a bar is, in percent of the longest that there could be. */
export function share(part: Part, parts: readonly Part[]): number {
  const most = Math.max(1, ...parts.map((other) => Math.max(Math.abs(other.points), other.max ?? 0)));
  return (100 * Math.abs(part.points)) / most;
}

/** The day of a date as it is in the zone: of a day or a wall clock its own, of an instant the zone's. */
function dayIn(date: string, zone: string | undefined): string {
  if (!/(Z|[+-]\d\d:\d\d)$/.test(date)) return date.slice(0, 10);
  const form = { year: "numeric", month: "2-digit", day: "2-digit", timeZone: zone } as const;
  return new Intl.DateTimeFormat("en-CA", form).format(new Date(date));
}

function clockIn(date: string, zone: string | undefined): string {
  if (date.length <= 10) return "";
  if (!/(Z|[+-]\d\d:\d\d)$/.test(date)) return ` ${date.slice(11, 16)}`;
  const form = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone } as const;
  return ` ${new Intl.DateTimeFormat("en-GB", form).format(new Date(date))}`;
}

/** "today", "tomorrow 14:00", "3 days ago", "5 Dec". */
export function when(date: string, next: Pick<Next, "now" | "time_zone">): string {
  const zone = next.time_zone;
  const day = dayIn(date, zone);
  const today = dayIn(next.now ?? new Date().toISOString(), zone);
  const days = Math.round((Date.parse(day) - Date.parse(today)) / DAY_MS);
  const clock = clockIn(date, zone);
  if (days === 0) return `today${clock}`;
  if (days === 1) return `tomorrow${clock}`;
  if (days === -1) return "yesterday";
  if (days < 0) return `${-days} days ago`;
  const form: Intl.DateTimeFormatOptions = { day: "numeric", month: "short", timeZone: "UTC" };
  if (day.slice(0, 4) !== today.slice(0, 4)) form.year = "numeric";
  return new Intl.DateTimeFormat("en-GB", form).format(new Date(day)) + clock;
}

export function effort(minutes: number): string {
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? "" : ` ${rest} min`}`;
}

/** What a person wants to know of a task beside its title. */
export function facts(task: Task, next: Next): { text: string; late?: boolean }[] {
  const facts: { text: string; late?: boolean }[] = [];
  const end = task.deadline ?? task.due_date;
  if (end !== null) {
    const word = task.overdue ? "Was due" : task.deadline === null ? "Due" : "Deadline";
    facts.push({ text: `${word} ${when(end, next)}`, late: task.overdue });
  }
  if (task.status === "in_progress") facts.push({ text: "In progress" });
  if (task.effort_estimate_minutes !== null) facts.push({ text: effort(task.effort_estimate_minutes) });
  facts.push({ text: `Priority ${task.priority}` });
  if (task.project !== null) facts.push({ text: task.project });
  for (const tag of task.tags) facts.push({ text: `#${tag}` });
  return facts;
}

/** What cannot be done now, in a sentence; empty when there is nothing. */
export function hidden(next: Next): string {
  const { snoozed, not_started_yet, blocked, has_open_subtasks, next_to_wake } = next.hidden;
  const kinds: [number, string][] = [
    [snoozed, "snoozed"],
    [not_started_yet, "not to be started yet"],
    [blocked, "blocked by other tasks"],
    [has_open_subtasks, "waiting for subtasks"],
  ];
  const said = kinds.filter(([count]) => count > 0).map(([count, kind]) => `${count} ${kind}`);
  if (said.length === 0) return "";
  const wakes = next_to_wake === null ? "" : ` ${next_to_wake.title} is back ${when(next_to_wake.at, next)}.`;
  return `Hidden: ${said.join(", ")}.${wakes}`;
}
