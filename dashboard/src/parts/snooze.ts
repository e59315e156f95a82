// The ways to snooze, from one list for pages and keys.
import type { Snooze } from "../api/client.ts";
import { nextWeekday, plusDays, type Day } from "../logic/days.ts";
import { text } from "../strings.ts";

export function snoozes(today: Day): { label: string; body: Snooze }[] {
  return [
    { label: text.laterToday, body: { hours: 3 } },
    { label: text.tomorrow, body: { until: plusDays(today, 1) } },
    { label: text.weekend, body: { until: nextWeekday(today, 6) } },
    { label: text.nextWeek, body: { until: nextWeekday(today, 1) } },
  ];
}
