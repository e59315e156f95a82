// How much of a day is planned, against the hours that the person works.
import type { Preferences, Task } from "../api/client.ts";
import { wallClock, weekday, type Day } from "./days.ts";
import { load } from "./groups.ts";

export interface Capacity {
  /** Minutes of estimates, and how many tasks have none. */
  planned: number;
  unknown: number;
  /** Working minutes of the day that are left. */
  free: number;
  /** By how many minutes more is planned than there is time for; 0 where all fits. */
  over: number;
  /** Why there is no time, where that is not because it is planned. */
  closed: "day off" | "after work" | null;
  /** How wide the planned part is drawn, of 100. */
  width: number;
}

type Hours = Pick<Preferences, "time_zone" | "work_start" | "work_end" | "work_days">;

const minutesOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** The working minutes of a day: all of them, or for today those that are left. */
export function workingMinutes(day: Day, now: Date, hours: Hours): number {
  if (!hours.work_days.includes(weekday(day))) return 0;
  const clock = wallClock(now, hours.time_zone);
  const from = day === clock.day ? Math.max(minutesOf(hours.work_start), clock.minutes) : minutesOf(hours.work_start);
  return day < clock.day ? 0 : Math.max(0, minutesOf(hours.work_end) - from);
}

/** Whether what is planned for a day fits. A task that is done needs no more time. */
export function capacity(tasks: readonly Task[], day: Day, now: Date, hours: Hours): Capacity {
  const { minutes: planned, unknown } = load(tasks.filter(({ status }) => status !== "completed"));
  const free = workingMinutes(day, now, hours);
  const closed = free > 0 ? null : hours.work_days.includes(weekday(day)) ? "after work" : "day off";
  return { planned, unknown, free, over: Math.max(0, planned - free), closed, width: planned === 0 ? 0 : free === 0 ? 100 : Math.min(100, (planned / free) * 100) };
}
