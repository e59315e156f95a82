// The line under a title: when, what for, how long. Nothing is said by colour alone.
import { html, nothing, type TemplateResult } from "lit";
import type { Task } from "../api/client.ts";
import { dayLabel, dayOfWhen, timeLabel } from "../logic/days.ts";
import { today, zone } from "../preferences.ts";
import { text } from "../strings.ts";
import { isWaiting } from "./pending.ts";

const labels = new Map<string, string>();

/** Put into words once: rows are drawn again and again, and share their days. */
function when(date: string): string {
  const [day, where, locale] = [today(), zone(), navigator.language];
  const key = `${date} ${day} ${where}`;
  const known = labels.get(key);
  if (known !== undefined) return known;
  const label = dayLabel(dayOfWhen(date, where), day, locale, { today: text.today, tomorrow: text.tomorrow });
  const words = [label, timeLabel(date, locale, where)].filter((part) => part !== null).join(" ");
  labels.set(key, words);
  return words;
}

/** Nothing where there is nothing to say. */
export function facts(task: Task): TemplateResult | typeof nothing {
  const said: (readonly [string, string] | null)[] = [
    isWaiting(task.id) ? [text.waiting, "waiting"] : null,
    task.priority === 3 ? null : [text.priority(task.priority), `priority p${String(task.priority)}`],
    task.overdue ? [text.overdue, "late"] : null,
    task.due_date === null ? null : [when(task.due_date), ""],
    task.deadline === null ? null : [text.deadline(when(task.deadline)), ""],
    task.effort_estimate_minutes === null ? null : [text.minutes(task.effort_estimate_minutes), ""],
    // A name may be as long as a line, and breaks in it; all else stays together.
    task.project === null ? null : [task.project, "name"],
    ...task.tags.map((tag): [string, string] => [`#${tag}`, "name"]),
    task.recurrence === null ? null : [text.repeats, ""],
  ];
  const there = said.filter((fact) => fact !== null);
  return there.length === 0 ? nothing : html`<p class="facts of-task">${there.map(([words, sort]) => html`<span class=${sort}>${words}</span> `)}</p>`;
}
