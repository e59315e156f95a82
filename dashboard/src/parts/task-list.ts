// A list of tasks in groups, on whichever page: what keys, menus and the pointer do to its rows. Which tasks there are, and
// in which groups, the page says; a change is made by `make`, so that every list shows it at once.
//
//   <mf-task-list label="All" .groups=${[{ key: "none", heading: null, tasks }]}></mf-task-list>
//
// The page passes on the keys that it is given (`act`), which are those of the row `at`.
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { tasks, type Task } from "../api/client.ts";
import { nextWeekday, plusDays, type Day } from "../logic/days.ts";
import type { Group } from "../logic/groups.ts";
import { neighbour } from "../logic/selection.ts";
import { today } from "../preferences.ts";
import { text } from "../strings.ts";
import { make } from "./changes.ts";
import { carry } from "./drag.ts";
import { Piece } from "./element.ts";
import "./menu.ts";
import { reschedule } from "./reschedule.ts";
import { snoozes } from "./snooze.ts";
import { facts } from "./task-facts.ts";

export interface ListGroup extends Group {
  heading: string | null;
  /** Marks the heading as one of what is late. */
  late?: boolean;
}

class TaskList extends Piece {
  static override properties = { groups: { attribute: false }, label: {}, at: { state: true } };
  declare groups: readonly ListGroup[];
  /** What the list is called where no heading says it. */
  declare label: string;
  /** The task that keys act on. */
  declare at: string | null;

  constructor() {
    super();
    this.groups = [];
    this.label = "";
    this.at = null;
  }

  /** By key; whether the key means something here. */
  act(key: string): boolean {
    const rows = this.#rows();
    const index = rows.findIndex((task) => task.id === this.at);
    const task = rows[index];
    if (key === "j" || key === "k" || key === "ArrowDown" || key === "ArrowUp") {
      const next = rows[Math.max(0, Math.min(rows.length - 1, index === -1 ? 0 : index + (key === "j" || key === "ArrowDown" ? 1 : -1)))];
      if (!next) return false;
      this.#focus(next.id);
    } else if (!task) return false;
    else if (key === "e") this.#complete(task);
    else if (key === "t" || key === "s") this.#row(task.id)?.querySelector<HTMLElement>(`.${key === "t" ? "move" : "later"} button`)?.click();
    else return false;
    return true;
  }

  #rows(): Task[] {
    return this.groups.flatMap((group) => group.tasks);
  }

  #row(id: string): HTMLElement | null {
    return this.querySelector<HTMLElement>(`[data-id="${id}"]`);
  }

  #focus(id: string): void {
    this.at = id;
    this.#row(id)?.focus();
  }

  /** The row that keys act on goes over to its neighbour, with the focus if it was here. */
  #leave(task: Task): void {
    const next = neighbour(this.#rows().map(({ id }) => id), task.id);
    const focused = this.#row(task.id)?.contains(document.activeElement) === true;
    this.at = next;
    if (focused && next !== null) this.#focus(next);
  }

  #complete(task: Task): void {
    this.#leave(task);
    void make(new Map([[task.id, null]]), () => tasks.complete(task.id), text.completedToast(task.title));
  }

  #reopen(task: Task): void {
    this.#leave(task);
    void make(new Map([[task.id, null]]), () => tasks.reopen(task.id), text.reopenedToast(task.title));
  }

  override render() {
    return html`${repeat(this.groups, ({ key }) => key, (group) => this.#group(group))}`;
  }

  #group(group: ListGroup): TemplateResult {
    return html`<div class="group" data-key=${group.key}>
      ${group.heading === null ? nothing : html`<h2 class=${group.late === true ? "late" : ""}>${group.heading}</h2>`}
      <ul class="tasks" aria-label=${group.heading ?? this.label}>${repeat(group.tasks, ({ id }) => id, (task) => this.#item(task))}</ul>
    </div>`;
  }

  #item(task: Task): TemplateResult {
    const now = today();
    const days: [string, Day | null][] = [
      [text.today, now], [text.tomorrow, plusDays(now, 1)], [text.weekend, nextWeekday(now, 6)], [text.nextWeek, nextWeekday(now, 1)], [text.noDate, null],
    ];
    const closed = task.status === "completed";
    return html`<li data-id=${task.id} tabindex="-1" draggable=${closed ? "false" : "true"} @dragstart=${(event: DragEvent) => { carry(event, [task.id]); }} class=${task.id === this.at ? "at" : ""} @focusin=${() => (this.at = task.id)}>
      <button class="check p${task.priority}" aria-label=${closed ? text.reopen(task.title) : text.complete(task.title)} aria-pressed=${closed}
        @click=${() => { if (closed) this.#reopen(task); else this.#complete(task); }}><span aria-hidden="true"></span></button>
      <div><p class="title">${task.title}</p>${facts(task)}</div>
      ${closed
        ? nothing
        : html`<mf-menu class="move" label=${text.move} .choices=${days.map(([label, day]) => ({ label, choose: () => { void reschedule([task], day); } }))}></mf-menu>
            <mf-menu class="later" label=${text.snooze} .choices=${snoozes(today()).map(({ label, body }) => ({
              label,
              choose: () => void make(new Map([[task.id, { status: "snoozed" }]]), () => tasks.snooze(task.id, body), text.snoozedToast(task.title)),
            }))}></mf-menu>`}
    </li>`;
  }
}

customElements.define("mf-task-list", TaskList);

export type TaskListPart = TaskList;
