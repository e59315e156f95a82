// A week of the plan: its days, and what is on each.
import type { Task } from "../api/client.ts";
import { plusDays, type Day } from "./days.ts";
import { load, plannedDay } from "./groups.ts";

export interface WeekDay {
  day: Day;
  count: number;
  minutes: number;
  unknown: number;
}

export const weekLength = 7;

/** The seven days from a day on. */
export function week(tasks: readonly Task[], from: Day, zone: string): WeekDay[] {
  return Array.from({ length: weekLength }, (_, index) => {
    const day = plusDays(from, index);
    const members = tasks.filter((task) => task.status !== "completed" && plannedDay(task, zone) === day);
    return { day, count: members.length, ...load(members) };
  });
}

/** The day that a week shown from an address begins with: today or later; anything else is read as today. */
export function weekFrom(search: string, today: Day): Day {
  const from = new URLSearchParams(search).get("from") ?? "";
  return isDay(from) && from > today ? from : today;
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const date = new Date(`${text}T12:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
