// The plan of days as lists show it.
import type { Task } from "../api/client.ts";
import { dayInFull, plusDays, type Day } from "./days.ts";
import { byDay, type Group } from "./groups.ts";

export interface HeadedGroup extends Group {
  heading: string;
  late?: boolean;
  takes?: boolean;
}

interface Words {
  overdue: string;
  today: string;
  tomorrow: string;
  noDate: string;
}

function headed(group: Group, today: Day, locale: string, words: Words): HeadedGroup {
  if (group.key === "overdue") return { ...group, heading: words.overdue, late: true };
  if (group.key === "none") return { ...group, takes: true, heading: words.noDate };
  const name = group.key === today ? words.today : group.key === plusDays(today, 1) ? words.tomorrow : null;
  const full = dayInFull(group.key, locale, group.key.slice(0, 4) !== today.slice(0, 4));
  return { ...group, takes: true, heading: name === null ? full : `${name} · ${full}` };
}

/** What is overdue, and what is planned for today. */
export function planOfToday(tasks: readonly Task[], today: Day, zone: string, locale: string, words: Words): HeadedGroup[] {
  return byDay(tasks, today, zone)
    .filter(({ key }) => key === "overdue" || key === today)
    .map((group) => (group.key === today ? { ...group, takes: true, heading: words.today } : headed(group, today, locale, words)));
}

/** What is overdue, then the days from one on, then what has no day, where that is wanted. */
export function planFrom(tasks: readonly Task[], from: Day, today: Day, undated: boolean, zone: string, locale: string, words: Words): HeadedGroup[] {
  return byDay(tasks, today, zone)
    .filter(({ key }) => (key === "none" ? undated : key === "overdue" || key >= from))
    .map((group) => headed(group, today, locale, words));
}
