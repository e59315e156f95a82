// Seven days in a row, with how much is on each: leads to a day in the list below, and takes tasks that are dropped on it.
// One stop for Tab; the arrows go from day to day.
//
//   <mf-week-strip .days=${week} .hours=${minutesOfEach} @mf-day=${chosen} @mf-drop=${dropped}></mf-week-strip>
import { html, nothing, svg, type TemplateResult } from "lit";
import { dayInFull, dayInShort, type Day } from "../logic/days.ts";
import type { WeekDay } from "../logic/week.ts";
import { today } from "../preferences.ts";
import { text } from "../strings.ts";
import { dropped, held } from "./drag.ts";
import { Piece } from "./element.ts";

/** A day was chosen. */
export class DayEvent extends Event {
  readonly day: Day;
  constructor(day: Day) {
    super("mf-day");
    this.day = day;
  }
}

/** Tasks were dropped on a day. */
export class DropEvent extends Event {
  readonly day: Day;
  readonly ids: readonly string[];
  constructor(day: Day, ids: readonly string[]) {
    super("mf-drop");
    [this.day, this.ids] = [day, ids];
  }
}

class WeekStrip extends Piece {
  static override properties = { days: { attribute: false }, hours: { attribute: false }, at: { state: true }, over: { state: true } };
  declare days: readonly WeekDay[];
  /** The working minutes of each day, as far as they are known. */
  declare hours: readonly number[] | null;
  /** The day that Tab comes to. */
  declare at: number;
  /** The day that something is held over. */
  declare over: Day | null;

  constructor() {
    super();
    this.days = [];
    this.hours = null;
    this.at = 0;
    this.over = null;
  }

  readonly #pressed = (event: KeyboardEvent): void => {
    const last = this.days.length - 1;
    const to = { ArrowRight: Math.min(this.at + 1, last), ArrowLeft: Math.max(this.at - 1, 0), Home: 0, End: last }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.at = to;
    this.querySelectorAll<HTMLElement>("button").item(to).focus();
  };

  readonly #held = (event: DragEvent, day: Day): void => {
    if (held(event)) this.over = day;
  };

  readonly #dropped = (event: DragEvent, day: Day): void => {
    this.over = null;
    const ids = dropped(event);
    if (ids.length > 0) this.dispatchEvent(new DropEvent(day, ids));
  };

  override render() {
    return html`<div class="week" role="toolbar" aria-label=${text.week} @keydown=${this.#pressed} @dragleave=${() => (this.over = null)}>
      ${this.days.map((one, index) => this.#day(one, index))}
    </div>`;
  }

  #day(one: WeekDay, index: number): TemplateResult {
    const { weekday, number } = dayInShort(one.day, navigator.language);
    const free = this.hours?.[index] ?? null;
    const width = one.minutes === 0 ? 0 : free === null || free === 0 ? 100 : Math.min(100, (one.minutes / free) * 100);
    const over = free !== null && one.minutes > free;
    return html`<button class="day ${over ? "full" : ""} ${this.over === one.day ? "target" : ""}" tabindex=${index === this.at ? 0 : -1} data-day=${one.day}
      aria-current=${one.day === today() ? "date" : nothing}
      @focus=${() => (this.at = index)} @click=${() => this.dispatchEvent(new DayEvent(one.day))}
      @dragover=${(event: DragEvent) => { this.#held(event, one.day); }} @drop=${(event: DragEvent) => { this.#dropped(event, one.day); }}>
      <span class="unseen">${text.dayLoad(dayInFull(one.day, navigator.language), one, free)}</span>
      <span class="glance" aria-hidden="true"><span class="weekday">${weekday}</span><span class="number">${number}</span>
      <span class="count">${one.count === 0 ? "–" : one.count}</span>
      <svg viewBox="0 0 100 8" preserveAspectRatio="none">${svg`<rect class="track" width="100" height="8"/><rect class="fill" width=${width} height="8"/>`}</svg>
      <span class="load">${one.minutes === 0 ? nothing : text.shortMinutes(one.minutes)}${over ? text.tooMuch : nothing}</span></span>
    </button>`;
  }
}

customElements.define("mf-week-strip", WeekStrip);
