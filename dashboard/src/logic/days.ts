// Days as the API writes them (`2026-12-01`), without a clock of their own: `now` is given.
export type Day = string;

/** Noon, so that no change of summer time moves a day. */
function noon(day: Day): Date {
  return new Date(`${day}T12:00:00`);
}

const two = (part: number) => String(part).padStart(2, "0");

export function dayOf(date: Date): Day {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The day of a date as the API gives it: a day, a wall clock, or an instant, which is shown in this browser's zone. */
export function dayOfWhen(when: string): Day {
  return /(?:Z|[+-]\d\d:\d\d)$/.test(when) && when.length > 10 ? dayOf(new Date(when)) : when.slice(0, 10);
}

export function plusDays(day: Day, count: number): Day {
  const date = noon(day);
  date.setDate(date.getDate() + count);
  return dayOf(date);
}

/** From Monday, 1, to Sunday, 7. */
export function weekday(day: Day): number {
  return noon(day).getDay() || 7;
}

/** The next such weekday, never the day itself. */
export function nextWeekday(day: Day, wanted: number): Day {
  return plusDays(day, (wanted - weekday(day) + 6) % 7 + 1);
}

/** “Today”, “Tomorrow”, “Friday”, “12 Dec”: by distance, in the words of the locale. */
export function dayLabel(day: Day, today: Day, locale: string, words: { today: string; tomorrow: string }): string {
  if (day === today) return words.today;
  if (day === plusDays(today, 1)) return words.tomorrow;
  if (day > today && day < plusDays(today, 7)) return new Intl.DateTimeFormat(locale, { weekday: "long" }).format(noon(day));
  const year = day.slice(0, 4) === today.slice(0, 4) ? {} : { year: "numeric" as const };
  return new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short", ...year }).format(noon(day));
}

/** The time of a wall clock or an instant; none of a day. */
export function timeLabel(when: string, locale: string): string | null {
  if (when.length <= 10) return null;
  return new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" }).format(new Date(when));
}
