// Days as the API writes them (`2026-12-01`), without a clock of their own: `now` is given, and so is the zone that the
// person lives in, since the browser may stand elsewhere.
export type Day = string;

/** Days are counted at noon in UTC, where there is no summer time. */
function noon(day: Day): Date {
  return new Date(`${day}T12:00:00Z`);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making one is slow, and a list asks for the same one hundreds of times. */
function format(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  const made = formats.get(key) ?? new Intl.DateTimeFormat(locale, options);
  formats.set(key, made);
  return made;
}

/** The day, and the minutes of it that are over, on the wall clock of a zone. */
export function wallClock(now: Date, zone: string): { day: Day; minutes: number } {
  const parts = format("en-CA", {
    timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
  }).formatToParts(now);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? "";
  return { day: `${part("year").padStart(4, "0")}-${part("month")}-${part("day")}`, minutes: Number(part("hour")) * 60 + Number(part("minute")) };
}

/** The wall clock of a zone as if it were this browser's, for what reads only a date's own fields. */
export function asLocal(now: Date, zone: string): Date {
  const { day, minutes } = wallClock(now, zone);
  const date = new Date(`${day}T00:00:00`);
  date.setMinutes(minutes);
  return date;
}

export const browserZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

export function dayOf(date: Date, zone = browserZone()): Day {
  return wallClock(date, zone).day;
}

function isInstant(when: string): boolean {
  return when.length > 10 && /(?:Z|[+-]\d\d:\d\d)$/.test(when);
}

/**
 * The day of a date as the API gives it: a day, a wall clock, or an instant, which is shown in the zone; the browser's, which
 * is slow to find out, where none is given.
 */
export function dayOfWhen(when: string, zone?: string): Day {
  return isInstant(when) ? dayOf(new Date(when), zone) : when.slice(0, 10);
}

/** The same time on another day; a date without a time stays without one. An instant becomes the zone's wall clock. */
export function onDay(when: string | null, day: Day, zone = browserZone()): string {
  if (when === null || when.length <= 10) return day;
  if (!isInstant(when)) return day + when.slice(10);
  const { minutes } = wallClock(new Date(when), zone);
  return `${day}T${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

export function plusDays(day: Day, count: number): Day {
  const date = noon(day);
  date.setUTCDate(date.getUTCDate() + count);
  return date.toISOString().slice(0, 10);
}

/** From Monday, 1, to Sunday, 7. */
export function weekday(day: Day): number {
  return noon(day).getUTCDay() || 7;
}

/** The next such weekday, never the day itself. */
export function nextWeekday(day: Day, wanted: number): Day {
  return plusDays(day, (wanted - weekday(day) + 6) % 7 + 1);
}

/** “Today”, “Tomorrow”, “Friday”, “12 Dec”: by distance, in the words of the locale. */
export function dayLabel(day: Day, today: Day, locale: string, words: { today: string; tomorrow: string }): string {
  if (day === today) return words.today;
  if (day === plusDays(today, 1)) return words.tomorrow;
  if (day > today && day < plusDays(today, 7)) return format(locale, { timeZone: "UTC", weekday: "long" }).format(noon(day));
  const year = day.slice(0, 4) === today.slice(0, 4) ? {} : { year: "numeric" as const };
  return format(locale, { timeZone: "UTC", weekday: "short", day: "numeric", month: "short", ...year }).format(noon(day));
}

/** “Friday, 4 December”: a day in full. */
export function dayInFull(day: Day, locale: string, withYear = false): string {
  return format(locale, { timeZone: "UTC", weekday: "long", day: "numeric", month: "long", ...(withYear ? { year: "numeric" as const } : {}) }).format(noon(day));
}

/** “Fri” and “4”, for where there is little room. */
export function dayInShort(day: Day, locale: string): { weekday: string; number: string } {
  const number = format(locale, { timeZone: "UTC", day: "numeric" }).format(noon(day));
  return { weekday: format(locale, { timeZone: "UTC", weekday: "short" }).format(noon(day)), number };
}

/** The time of a wall clock, as it is, or of an instant, in the zone; none of a day. */
export function timeLabel(when: string, locale: string, zone = browserZone()): string | null {
  if (when.length <= 10) return null;
  const [date, timeZone] = isInstant(when) ? [new Date(when), zone] : [new Date(`${when}Z`), "UTC"];
  return format(locale, { timeZone, hour: "numeric", minute: "2-digit" }).format(date);
}
