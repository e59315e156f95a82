// Today, Upcoming and All: one list of tasks, asked for and grouped in three ways. A change shows at once, and is taken
// back with a message when it is refused.
import { html, nothing, type TemplateResult } from "lit";
import { tasks, type Outcome, type Task } from "../api/client.ts";
import { dayLabel, dayOf, nextWeekday, plusDays, type Day } from "../logic/days.ts";
import { byDay, load, type Group } from "../logic/groups.ts";
import { Piece } from "../parts/element.ts";
import "../parts/menu.ts";
import { snoozes } from "../parts/snooze.ts";
import { facts } from "../parts/task-facts.ts";
import { tell } from "../parts/toasts.ts";
import { text } from "../strings.ts";

export type View = "today" | "upcoming" | "all";

const pageSize = 100;
/** As many as a list shows; whoever has more finds them by search. */
const most = 500;
const open = ["pending", "in_progress", "snoozed", "blocked"] as const;

class TaskList extends Piece {
  static override properties = {
    view: {}, items: { state: true }, refusal: { state: true }, query: { state: true }, status: { state: true }, at: { state: true },
  };
  declare view: View;
  declare items: Task[] | null;
  declare refusal: string | null;
  declare query: string;
  declare status: "open" | "completed";
  /** The task that keys act on. */
  declare at: string | null;
  #asked = 0;

  constructor() {
    super();
    this.view = "today";
    this.items = null;
    this.refusal = null;
    this.query = "";
    this.status = "open";
    this.at = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.reload();
  }

  /** An answer that a later question has overtaken is dropped. */
  async reload(): Promise<void> {
    const asked = ++this.#asked;
    const outcome = this.query === "" ? await this.#read() : await tasks.search(this.query);
    if (asked !== this.#asked || outcome.kind === "pending") return;
    if (outcome.kind === "refused") this.refusal = outcome.message;
    else [this.items, this.refusal] = [outcome.value.items, null];
  }

  async #read(): ReturnType<typeof tasks.list> {
    const tomorrow = plusDays(dayOf(new Date()), 1);
    const query =
      this.view === "all"
        ? { status: this.status === "open" ? [...open] : ["completed" as const], limit: pageSize }
        : { status: [...open], sort: "due_date" as const, limit: pageSize, ...(this.view === "today" ? { due_before: tomorrow } : {}) };
    const items: Task[] = [];
    let cursor: string | null = null;
    do {
      const outcome: Awaited<ReturnType<typeof tasks.list>> = await tasks.list(cursor === null ? query : { ...query, cursor });
      if (outcome.kind !== "done") return outcome;
      items.push(...outcome.value.items);
      cursor = outcome.value.next_cursor;
    } while (cursor !== null && items.length < most);
    return { kind: "done", value: { items, next_cursor: cursor } };
  }

  /** Shows what a change is going to do, makes it, and reads what came of it. */
  async #change(task: Task, seen: Task | null, change: Promise<Outcome<Task>>, message: string): Promise<void> {
    this.#asked++;
    const before = this.items;
    this.items = (before ?? []).flatMap((one) => (one.id === task.id ? (seen === null ? [] : [seen]) : [one]));
    const outcome = await change;
    tell(outcome, message);
    if (outcome.kind === "refused") this.items = before;
    if (outcome.kind !== "pending") await this.reload();
  }

  #complete(task: Task): void {
    void this.#change(task, null, tasks.complete(task.id), text.completedToast(task.title));
  }

  #reschedule(task: Task, day: Day | null): void {
    void this.#change(task, { ...task, due_date: day, overdue: false }, tasks.change(task, { due_date: day }), text.movedToast(task.title));
  }

  #rows(): Task[] {
    return this.#groups().flatMap((group) => group.tasks);
  }

  act(key: string): boolean {
    const rows = this.#rows();
    const index = rows.findIndex((task) => task.id === this.at);
    const task = rows[index];
    if (key === "j" || key === "k") {
      const next = rows[Math.max(0, Math.min(rows.length - 1, index === -1 ? 0 : index + (key === "j" ? 1 : -1)))];
      if (!next) return false;
      this.#focus(next.id);
    } else if (key === "/") this.querySelector<HTMLElement>("#search")?.focus();
    else if (!task) return false;
    else if (key === "e" || key === "x") {
      this.at = rows[index + 1]?.id ?? rows[index - 1]?.id ?? null;
      this.#complete(task);
    } else if (key === "t" || key === "s") this.querySelector<HTMLElement>(`[data-id="${task.id}"] .${key === "t" ? "move" : "later"} button`)?.click();
    else return false;
    return true;
  }

  #focus(id: string): void {
    this.at = id;
    this.querySelector<HTMLElement>(`[data-id="${id}"]`)?.focus();
  }

  #groups(): Group[] {
    const items = this.items ?? [];
    if (this.view === "all" || this.query !== "") return items.length === 0 ? [] : [{ key: "none", tasks: items }];
    const groups = byDay(items, dayOf(new Date()));
    return this.view === "upcoming" ? groups.filter(({ key }) => key !== "none") : groups.filter(({ key }) => key === "overdue" || key === dayOf(new Date()));
  }

  override render() {
    return html`<section class="page">
      <header><h1 tabindex="-1">${text[this.view]}</h1>${this.view === "all" ? this.#filters() : this.view === "today" ? this.#planned() : nothing}</header>
      ${this.#body()}
    </section>`;
  }

  #planned(): TemplateResult | typeof nothing {
    const { minutes, unknown } = load(this.#rows());
    return minutes === 0 && unknown === 0 ? nothing : html`<p class="quiet">${text.planned(minutes, unknown)}</p>`;
  }

  #filters(): TemplateResult {
    return html`<div class="filters">
      <label class="unseen" for="search">${text.search}</label>
      <input id="search" type="search" placeholder=${text.search} .value=${this.query} @input=${this.#searched} />
      <label class="unseen" for="status">${text.show}</label>
      <select id="status" @change=${this.#shown} ?disabled=${this.query !== ""}>
        <option value="open">${text.open}</option><option value="completed">${text.completed}</option>
      </select>
    </div>`;
  }

  readonly #searched = (event: Event): void => {
    this.query = (event.target as HTMLInputElement).value.trim();
    void this.reload();
  };

  readonly #shown = (event: Event): void => {
    this.status = (event.target as HTMLSelectElement).value === "completed" ? "completed" : "open";
    this.items = null;
    void this.reload();
  };

  #body(): TemplateResult {
    if (this.refusal !== null) return html`<div class="empty"><p role="alert">${this.refusal}</p><button @click=${() => void this.reload()}>${text.retry}</button></div>`;
    if (this.items === null) return html`<div class="skeleton" role="status"><span class="unseen">${text.loading}</span></div><div class="skeleton"></div><div class="skeleton"></div>`;
    const groups = this.#groups();
    if (groups.length === 0) return html`<div class="empty"><p>${{ today: text.emptyToday, upcoming: text.emptyUpcoming, all: text.emptyAll }[this.view]}</p></div>`;
    return html`${groups.map((group) => this.#group(group))}`;
  }

  #group(group: Group): TemplateResult {
    const heading =
      group.key === "overdue" ? text.overdue
      : group.key === "none" ? null
      : dayLabel(group.key, dayOf(new Date()), navigator.language, { today: text.today, tomorrow: text.tomorrow });
    return html`<div class="group">
      ${heading === null ? nothing : html`<h2 class=${group.key === "overdue" ? "late" : ""}>${heading}</h2>`}
      <ul class="tasks">${group.tasks.map((task) => this.#row(task))}</ul>
    </div>`;
  }

  #row(task: Task): TemplateResult {
    const today = dayOf(new Date());
    const days: [string, Day | null][] = [
      [text.today, today], [text.tomorrow, plusDays(today, 1)], [text.weekend, nextWeekday(today, 6)], [text.nextWeek, nextWeekday(today, 1)], [text.noDate, null],
    ];
    const closed = task.status === "completed";
    return html`<li data-id=${task.id} tabindex="-1" class=${task.id === this.at ? "at" : ""} @focusin=${() => (this.at = task.id)}>
      <button class="check p${task.priority}" aria-label=${closed ? text.reopen(task.title) : text.complete(task.title)} aria-pressed=${closed}
        @click=${() => { if (closed) void this.#change(task, null, tasks.reopen(task.id), text.reopenedToast(task.title)); else this.#complete(task); }}><span aria-hidden="true"></span></button>
      <div><p class="title">${task.title}</p>${facts(task)}</div>
      ${closed
        ? nothing
        : html`<mf-menu class="move" label=${text.move} .choices=${days.map(([label, day]) => ({ label, choose: () => { this.#reschedule(task, day); } }))}></mf-menu>
            <mf-menu class="later" label=${text.snooze} .choices=${snoozes(new Date()).map(({ label, body }) => ({
              label,
              choose: () => void this.#change(task, { ...task, status: "snoozed" }, tasks.snooze(task.id, body), text.snoozedToast(task.title)),
            }))}></mf-menu>`}
    </li>`;
  }
}

customElements.define("mf-tasks", TaskList);
