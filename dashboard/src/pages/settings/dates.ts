// Days as the lists of the settings show them.
import { dayLabel } from "../../logic/days.ts";
import { today } from "../../preferences.ts";
import { text } from "../../strings.ts";
import { words } from "../../strings-settings.ts";

export function longDay(when: string): string {
  return new Intl.DateTimeFormat(navigator.language, { dateStyle: "medium" }).format(new Date(when));
}

/** A day on which something was used, which may be tomorrow's name in this zone: it is of UTC. */
export function dayOfUse(day: string | null): string {
  if (day === null) return words.never;
  return day >= today() ? text.today : dayLabel(day, today(), navigator.language, { today: text.today, tomorrow: text.tomorrow });
}
