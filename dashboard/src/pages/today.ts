// Today: what is overdue, then what is planned, and whether it fits into the hours that are left.
import { html, nothing, svg, type TemplateResult } from "lit";
import type { Task } from "../api/client.ts";
import { capacity } from "../logic/capacity.ts";
import { dayInFull, nextWeekday, plusDays, type Day } from "../logic/days.ts";
import { planOfToday, type HeadedGroup } from "../logic/plan.ts";
import { Piece } from "../parts/element.ts";
import { Feed } from "../parts/feed.ts";
import "../parts/menu.ts";
import { regroupedByDay, reschedule } from "../parts/reschedule.ts";
import { empty, standIn } from "../parts/states.ts";
import type { TaskListPart } from "../parts/task-list.ts";
import "../parts/task-list.ts";
import { preferences, today, zone } from "../preferences.ts";
import { text } from "../strings.ts";

class TodayPage extends Piece {
  readonly #feed = new Feed(this, () => ({ status: ["pending", "in_progress", "snoozed", "blocked"], sort: "due_date" }));
  #minute: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    // The hours that are left grow less, and at midnight it is another day.
    this.#minute = setInterval(() => { this.requestUpdate(); }, 60_000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#minute);
  }

  reload(): Promise<void> {
    return this.#feed.reload();
  }

  act(key: string): boolean {
    return this.querySelector<TaskListPart>("mf-task-list")?.act(key) ?? false;
  }

  override render() {
    const day = today();
    const groups = planOfToday(this.#feed.items ?? [], day, zone(), navigator.language, text);
    return html`<section class="page">
      <header><h1 tabindex="-1">${text.today}</h1><p class="quiet">${dayInFull(day, navigator.language)}</p></header>
      ${standIn(this.#feed) ?? this.#plan(groups, day)}
    </section>`;
  }

  #plan(groups: HeadedGroup[], day: Day): TemplateResult {
    if (groups.length === 0) return empty("today", text.emptyToday, html`<p class="quiet">${text.emptyTodayHint}</p><a href="/upcoming">${text.toUpcoming}</a>`);
    const late = groups.find(({ key }) => key === "overdue")?.tasks ?? [];
    const days: [string, Day][] = [[text.today, day], [text.tomorrow, plusDays(day, 1)], [text.nextWeek, nextWeekday(day, 1)]];
    return html`${this.#capacity(groups.flatMap((group) => group.tasks), day)}
      ${late.length < 2 ? nothing : html`<div class="all-late"><p>${text.lateTasks(late.length)}</p>
        <mf-menu label=${text.moveAll} .choices=${() => days.map(([label, to]) => ({ label, choose: () => { void reschedule(late, to); } }))}></mf-menu></div>`}
      <mf-task-list label=${text.today} .groups=${groups} @mf-regroup=${regroupedByDay}></mf-task-list>`;
  }

  #capacity(planned: readonly Task[], day: Day): TemplateResult | typeof nothing {
    const hours = preferences();
    if (hours === null) return nothing;
    const filled = capacity(planned, day, new Date(), hours);
    const { first, second, third } = text.capacity(filled);
    return html`<div class="capacity ${filled.over > 0 ? "over" : ""}">
      <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">${svg`<rect class="track" width="100" height="8"/><rect class="fill" width=${filled.width} height="8"/>`}</svg>
      <p><strong>${first}</strong> ${second}${third === null ? nothing : html` <span class="quiet">${third}</span>`}</p>
    </div>`;
  }
}

customElements.define("mf-today", TodayPage);
