// The ways to snooze, from one list for every menu of them.
import type { Snooze } from "../api/client.ts";
import { nextWeekday, plusDays, type Day } from "../logic/days.ts";
import { today } from "../preferences.ts";
import { text } from "../strings.ts";
import type { Choice } from "./menu.ts";

function snoozes(today: Day): { label: string; body: Snooze }[] {
  return [
    { label: text.laterToday, body: { hours: 3 } },
    { label: text.tomorrow, body: { until: plusDays(today, 1) } },
    { label: text.weekend, body: { until: nextWeekday(today, 6) } },
    { label: text.nextWeek, body: { until: nextWeekday(today, 1) } },
  ];
}

export function snoozeChoices(snooze: (body: Snooze) => void): Choice[] {
  return snoozes(today()).map(({ label, body }) => ({ label, choose: () => { snooze(body); } }));
}
