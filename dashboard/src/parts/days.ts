// The days that a task is moved to most, from one list for menus of rows and of several tasks.
import { nextWeekday, plusDays, type Day } from "../logic/days.ts";
import { text } from "../strings.ts";

export function daysToChoose(today: Day): { label: string; day: Day | null }[] {
  return [
    { label: text.today, day: today },
    { label: text.tomorrow, day: plusDays(today, 1) },
    { label: text.weekend, day: nextWeekday(today, 6) },
    { label: text.nextWeek, day: nextWeekday(today, 1) },
    { label: text.noDate, day: null },
  ];
}
