// What a line of quick add means: `Call Ada friday 10am #phone +home 15m p4 every week !sunday`. Dates in words are found by
// whoever is passed in, since the grammar for them is large and works beside the page; all else is here.
import type { NewTask } from "../api/client.ts";
import { dayOf, nextWeekday, type Day } from "./days.ts";

export interface FoundDate {
  index: number;
  text: string;
  day: Day;
  /** `HH:MM`; none where only a day was said. */
  time: string | null;
}

/** The dates in what is left of a line. */
export type FindDates = (rest: string, now: Date) => readonly FoundDate[];

export type Kind = "priority" | "tag" | "project" | "effort" | "repeat" | "due" | "deadline";

export interface Token {
  kind: Kind;
  start: number;
  end: number;
  text: string;
}

export interface Reading {
  tokens: Token[];
  task: NewTask;
}

interface Found extends Token {
  apply: (task: NewTask) => void;
}

const days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const codes = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
const units: Record<string, string> = { day: "DAILY", week: "WEEKLY", month: "MONTHLY", year: "YEARLY" };
const dayName = "(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?s?";
const repeat = new RegExp(
  `(?<!\\S)every\\s+(?:(?<weekdays>weekdays?|workdays?)|(?:(?<count>\\d{1,2}|other)\\s+)?(?<unit>day|week|month|year)s?|(?<names>${dayName}(?:(?:\\s*,\\s*|\\s+and\\s+)${dayName})*))(?![^\\s])`,
  "gi",
);

/**
 * `kept` are the tokens that the person wants to stay text, as they stand in the line. Of a kind that a task has one of, the last
 * counts, and those before it stay text: nothing that was written is lost.
 */
export function read(line: string, now: Date, findDates: FindDates, kept: ReadonlySet<string> = new Set()): Reading {
  const found: Found[] = [];
  let rest = line;
  // What is taken is blanked, so that positions hold and nothing reads it twice.
  const blank = (start: number, end: number) => (rest = rest.slice(0, start) + " ".repeat(end - start) + rest.slice(end));
  const take = (token: Found) => {
    blank(token.start, token.end);
    if (!kept.has(token.text)) found.push(token);
  };
  const each = (pattern: RegExp, kind: Kind, apply: (match: RegExpExecArray, task: NewTask) => void) => {
    for (const match of rest.matchAll(pattern)) {
      const end = match.index + match[0].length;
      take({ kind, start: match.index, end, text: match[0], apply: (task) => { apply(match, task); } });
    }
  };
  each(/(?<!\S)#([^\s#,]{1,50})/g, "tag", (match, task) => (task.tags = [...new Set((task.tags ?? []).concat(match[1] ?? ""))]));
  each(/(?<!\S)\+(?:"([^"]{1,100})"|([^\s"+]{1,100}))/g, "project", (match, task) => (task.project = match[1] ?? match[2] ?? ""));
  each(/(?<!\S)p([1-5])(?!\S)/gi, "priority", (match, task) => (task.priority = Number(match[1])));
  for (const match of rest.matchAll(/(?<!\S)(?=\d)(?:(\d{1,3}(?:\.\d)?)h)?(?:(\d{1,4})m(?:in)?)?(?!\S)/gi)) {
    const minutes = Math.round(Number(match[1] ?? 0) * 60 + Number(match[2] ?? 0));
    const end = match.index + match[0].length;
    // What no task may take stays text; it is no date either.
    if (minutes < 1 || minutes > 10_080) blank(match.index, end);
    else take({ kind: "effort", start: match.index, end, text: match[0], apply: (task) => (task.effort_estimate_minutes = minutes) });
  }
  each(repeat, "repeat", (match, task) => { repeats(match.groups ?? {}, now, task); });
  for (const date of findDates(rest, now)) {
    const hard = rest[date.index - 1] === "!";
    const start = hard ? date.index - 1 : date.index;
    const end = date.index + date.text.length;
    const when = date.time === null ? date.day : `${date.day}T${date.time}`;
    take({ kind: hard ? "deadline" : "due", start, end, text: line.slice(start, end), apply: (task) => (task[hard ? "deadline" : "due_date"] = when) });
  }
  found.sort((one, other) => one.start - other.start);
  const meant = found.filter(({ kind }, index) => kind === "tag" || !found.slice(index + 1).some((later) => later.kind === kind));
  const task: NewTask = { title: titleOf(line, meant) };
  // Dates last: a date that was said goes before the one that a repetition begins with.
  for (const token of meant.toSorted((one, other) => order(one) - order(other))) token.apply(task);
  // The anchor of a repetition is the due date, or else the deadline.
  return { tokens: meant.map(({ kind, start, end, text }) => ({ kind, start, end, text })), task };
}

/** What dates are looked for in: the line, with what means something else blanked. */
export function restOf(line: string, now: Date): string {
  let left = line;
  read(line, now, (rest) => {
    left = rest;
    return [];
  });
  return left;
}

function order(token: Token): number {
  return token.kind === "due" ? 1 : 0;
}

function titleOf(line: string, found: readonly Token[]): string {
  let at = 0;
  let title = "";
  for (const token of found) {
    title += line.slice(at, token.start);
    at = token.end;
  }
  return (title + line.slice(at)).replaceAll(/\s+/g, " ").trim();
}

function repeats(groups: Record<string, string | undefined>, now: Date, task: NewTask): void {
  const today = dayOf(now);
  task.recurrence_from = "schedule";
  if (groups["weekdays"] !== undefined) {
    task.recurrence = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR";
    task.due_date = today;
  } else if (groups["names"] !== undefined) {
    const numbers = groups["names"].toLowerCase().split(/\s*,\s*|\s+and\s+/).map((name) => days.findIndex((day) => day.startsWith(name.slice(0, 3))) + 1);
    task.recurrence = `FREQ=WEEKLY;BYDAY=${numbers.toSorted((one, other) => one - other).map((number) => codes[number - 1] ?? "").join(",")}`;
    task.due_date = numbers.map((number) => nextWeekday(today, number)).toSorted()[0] ?? today;
  } else {
    const count = groups["count"] === "other" ? 2 : Number(groups["count"] ?? 1);
    task.recurrence = `FREQ=${units[(groups["unit"] ?? "day").toLowerCase()] ?? "DAILY"}${count > 1 ? `;INTERVAL=${count}` : ""}`;
    task.due_date = today;
  }
}
