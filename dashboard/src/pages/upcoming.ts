// Upcoming: a week at a glance, then what is overdue, day by day, and what has no day yet. A task goes to another day by
// being dropped there, by the menu of its row, and by + and −.
import { html, nothing, type TemplateResult } from "lit";
import type { Task } from "../api/client.ts";
import { go } from "../go.ts";
import { workingMinutes } from "../logic/capacity.ts";
import { dayInFull, plusDays, type Day } from "../logic/days.ts";
import { plannedDay } from "../logic/groups.ts";
import { planFrom } from "../logic/plan.ts";
import { week, weekFrom, weekLength } from "../logic/week.ts";
import { Piece } from "../parts/element.ts";
import { Feed } from "../parts/feed.ts";
import { regroupedByDay, reschedule } from "../parts/reschedule.ts";
import { empty, standIn } from "../parts/states.ts";
import type { TaskListPart } from "../parts/task-list.ts";
import "../parts/task-list.ts";
import { DayEvent, DropEvent } from "../parts/week-strip.ts";
import { preferences, today, zone } from "../preferences.ts";
import { text } from "../strings.ts";

class UpcomingPage extends Piece {
  static override properties = { search: {}, undated: { state: true }, said: { state: true } };
  /** The query of the address: `from`, the day that the week begins with. */
  declare search: string;
  declare undated: boolean;
  /** What is read out of a day that has nothing to go to. */
  declare said: string;
  readonly #feed = new Feed(this, () => ({ status: ["pending", "in_progress", "snoozed", "blocked"], sort: "due_date" }));

  constructor() {
    super();
    this.search = "";
    this.undated = false;
    this.said = "";
  }

  reload(): Promise<void> {
    return this.#feed.reload();
  }

  #list(): TaskListPart | null {
    return this.querySelector<TaskListPart>("mf-task-list");
  }

  act(key: string): boolean {
    if (key === "+" || key === "-") return this.#shift(key === "+" ? 1 : -1);
    return this.#list()?.act(key) ?? false;
  }

  /** Moves the task that keys act on by a day; what is overdue or has no day goes to today. */
  #shift(days: 1 | -1): boolean {
    const task = this.#feed.items?.find(({ id }) => id === this.#list()?.at);
    if (!task) return false;
    const day = plannedDay(task, zone());
    const moved = day === null || day < today() ? today() : plusDays(day, days);
    if (moved >= today()) void reschedule([task], moved);
    return true;
  }

  readonly #chosen = (event: Event): void => {
    if (!(event instanceof DayEvent)) return;
    const { day } = event;
    const heading = this.querySelector<HTMLElement>(`[data-key="${day}"] h2`);
    this.said = heading ? "" : text.nothingOn(dayInFull(day, navigator.language));
    if (!heading) return;
    heading.scrollIntoView({ block: "start" });
    // The keys go on from the first task of that day.
    this.querySelector<HTMLElement>(`[data-key="${day}"] [data-id]`)?.focus({ preventScroll: true });
  };

  #moveTo(day: Day, ids: readonly string[]): void {
    void reschedule((this.#feed.items ?? []).filter(({ id }) => ids.includes(id)), day);
  }

  readonly #onStrip = (event: Event): void => {
    if (event instanceof DropEvent) this.#moveTo(event.day, event.ids);
  };

  #goTo(from: Day): void {
    go(from <= today() ? "/upcoming" : `/upcoming?from=${from}`);
  }

  override render() {
    const from = weekFrom(this.search, today());
    const items = this.#feed.items ?? [];
    const days = week(items, from, zone());
    const hours = preferences();
    return html`<section class="page upcoming">
      <header><h1 tabindex="-1">${text.upcoming}</h1>
        <div class="weeks">
          <button class="icon" aria-label=${text.weekBefore} ?disabled=${from === today()} @click=${() => { this.#goTo(plusDays(from, -weekLength)); }}>‹</button>
          <button ?disabled=${from === today()} @click=${() => { this.#goTo(today()); }}>${text.thisWeek}</button>
          <button class="icon" aria-label=${text.weekAfter} @click=${() => { this.#goTo(plusDays(from, weekLength)); }}>›</button>
        </div>
      </header>
      <mf-week-strip .days=${days} .hours=${hours === null ? null : days.map(({ day }) => workingMinutes(day, new Date(), hours))}
        @mf-day=${this.#chosen} @mf-drop=${this.#onStrip}></mf-week-strip>
      <p role="status" class=${this.said === "" ? "unseen" : "quiet"}>${this.said}</p>
      ${standIn(this.#feed) ?? this.#plan(items, from)}
    </section>`;
  }

  #plan(items: readonly Task[], from: Day): TemplateResult {
    const groups = planFrom(items, from, today(), this.undated, zone(), navigator.language, text);
    const undated = items.filter((task) => plannedDay(task, zone()) === null).length;
    return html`${undated === 0
        ? nothing
        : html`<p class="undated"><button aria-pressed=${this.undated} @click=${() => (this.undated = !this.undated)}>${text.undated(undated)}</button></p>`}
      ${groups.length === 0 ? empty("upcoming", text.emptyUpcoming) : html`<mf-task-list label=${text.upcoming} .groups=${groups} @mf-regroup=${regroupedByDay}></mf-task-list>`}`;
  }
}

customElements.define("mf-upcoming", UpcomingPage);
