// The line under a title: when, what for, how long. Nothing is said by colour alone.
import { html, nothing, type TemplateResult } from "lit";
import type { Task } from "../api/client.ts";
import { dayLabel, dayOfWhen, timeLabel } from "../logic/days.ts";
import { today, zone } from "../preferences.ts";
import { text } from "../strings.ts";
import { isWaiting } from "./pending.ts";

function when(date: string): string {
  const locale = navigator.language;
  const label = dayLabel(dayOfWhen(date, zone()), today(), locale, { today: text.today, tomorrow: text.tomorrow });
  return [label, timeLabel(date, locale, zone())].filter((part) => part !== null).join(" ");
}

export function facts(task: Task): TemplateResult {
  return html`<p class="facts">
    ${isWaiting(task.id) ? html`<span class="waiting">${text.waiting}</span>` : nothing}
    ${task.priority === 3 ? nothing : html`<span class="priority p${task.priority}">${text.priority(task.priority)}</span>`}
    ${task.overdue ? html`<span class="late">${text.overdue}</span>` : nothing}
    ${task.due_date === null ? nothing : html`<span>${when(task.due_date)}</span>`}
    ${task.deadline === null ? nothing : html`<span>${text.deadline(when(task.deadline))}</span>`}
    ${task.effort_estimate_minutes === null ? nothing : html`<span>${text.minutes(task.effort_estimate_minutes)}</span>`}
    ${task.project === null ? nothing : html`<span>${task.project}</span>`}
    ${task.tags.map((tag) => html`<span>#${tag}</span>`)}
    ${task.recurrence === null ? nothing : html`<span>${text.repeats}</span>`}
  </p>`;
}
