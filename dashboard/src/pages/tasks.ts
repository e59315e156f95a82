// Today, Upcoming and All: the same list, asked for and grouped in three ways.
import { html, nothing, type TemplateResult } from "lit";
import { dayLabel, dayOf, plusDays } from "../logic/days.ts";
import { byDay, load } from "../logic/groups.ts";
import { Piece } from "../parts/element.ts";
import { Feed, type Asked } from "../parts/feed.ts";
import type { ListGroup, TaskListPart } from "../parts/task-list.ts";
import "../parts/task-list.ts";
import { text } from "../strings.ts";

export type View = "today" | "upcoming" | "all";

const open = ["pending", "in_progress", "snoozed", "blocked"] as const;

class TasksPage extends Piece {
  static override properties = { view: {}, query: { state: true }, status: { state: true } };
  declare view: View;
  declare query: string;
  declare status: "open" | "completed";
  readonly #feed = new Feed(this, () => this.#asked());

  constructor() {
    super();
    this.view = "today";
    this.query = "";
    this.status = "open";
  }

  reload(): Promise<void> {
    return this.#feed.reload();
  }

  #asked(): Asked {
    if (this.query !== "") return { q: this.query };
    if (this.view === "all") return { status: this.status === "open" ? [...open] : ["completed"] };
    return { status: [...open], sort: "due_date", ...(this.view === "today" ? { due_before: plusDays(dayOf(new Date()), 1) } : {}) };
  }

  act(key: string): boolean {
    const search = this.querySelector<HTMLElement>("#search");
    if (key === "/" && search) search.focus();
    else return this.querySelector<TaskListPart>("mf-task-list")?.act(key) ?? false;
    return true;
  }

  #groups(): ListGroup[] {
    const items = this.#feed.items ?? [];
    const today = dayOf(new Date());
    if (this.view === "all" || this.query !== "") return items.length === 0 ? [] : [{ key: "none", heading: null, tasks: items }];
    return byDay(items, today)
      .filter(({ key }) => (this.view === "upcoming" ? key !== "none" : key === "overdue" || key === today))
      .map((group) =>
        group.key === "overdue"
          ? { ...group, heading: text.overdue, late: true }
          : { ...group, heading: dayLabel(group.key, today, navigator.language, { today: text.today, tomorrow: text.tomorrow }) },
      );
  }

  override render() {
    const groups = this.#groups();
    return html`<section class="page">
      <header><h1 tabindex="-1">${text[this.view]}</h1>${this.view === "all" ? this.#filters() : this.view === "today" ? planned(groups) : nothing}</header>
      ${this.#body(groups)}
    </section>`;
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
    this.#feed.clear();
    void this.reload();
  };

  #body(groups: ListGroup[]): TemplateResult {
    const { refusal, items } = this.#feed;
    if (refusal !== null) return html`<div class="empty"><p role="alert">${refusal}</p><button @click=${() => void this.reload()}>${text.retry}</button></div>`;
    if (items === null) return html`<div class="skeleton" role="status"><span class="unseen">${text.loading}</span></div><div class="skeleton"></div><div class="skeleton"></div>`;
    if (groups.length === 0) return html`<div class="empty"><p>${{ today: text.emptyToday, upcoming: text.emptyUpcoming, all: text.emptyAll }[this.view]}</p></div>`;
    return html`<mf-task-list label=${text[this.view]} .groups=${groups}></mf-task-list>`;
  }
}

function planned(groups: readonly ListGroup[]): TemplateResult | typeof nothing {
  const { minutes, unknown } = load(groups.flatMap((group) => group.tasks));
  return minutes === 0 && unknown === 0 ? nothing : html`<p class="quiet">${text.planned(minutes, unknown)}</p>`;
}

customElements.define("mf-tasks", TasksPage);
