// A list of tasks in groups, on whichever page: what keys, menus and the pointer do to its rows. Which tasks there are, and
// in which groups, the page says; a change is made by `make`, so that every list shows it at once.
//
//   <mf-task-list label="All" .groups=${[{ key: "none", heading: null, tasks }]}></mf-task-list>
//
// The page passes on the keys that it is given (`act`), which mean the row `at`, or the selection where there is one. A group
// that `takes` tasks can have them dropped on it, or moved to it by Alt and an arrow: the page is told by `mf-regroup`.
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";
import { tasks, type Task } from "../api/client.ts";
import { withTask } from "../logic/addresses.ts";
import { headingKey, type Group } from "../logic/groups.ts";
import { kept, neighbour, span, toggled } from "../logic/selection.ts";
import { today, zone } from "../preferences.ts";
import { text } from "../strings.ts";
import type { BulkBarPart } from "./bulk-bar.ts";
import { make } from "./changes.ts";
import { dayChoices } from "./days.ts";
import { carry, dropped, held } from "./drag.ts";
import { drawn } from "./drawn.ts";
import { Piece } from "./element.ts";
import { noFoot, type Offer } from "./menu.ts";
import "./menu.ts";
import { isWaiting } from "./pending.ts";
import { reschedule } from "./reschedule.ts";
import type { RowWindow } from "./row-window.ts";
import { snoozeChoices } from "./snooze.ts";
import { followSwipe } from "./swipe.ts";
import { facts } from "./task-facts.ts";

export interface ListGroup extends Group {
  heading: string | null;
  /** Marks the heading as one of what is late. */
  late?: boolean;
  /** Whether tasks can be moved here. */
  takes?: boolean;
}

/** What the page is told in `mf-regroup`: tasks that were moved to a group. */
export interface Regroup {
  tasks: Task[];
  to: ListGroup;
}

/** A list that is longer has only the rows in the page that are near the screen. */
const longList = 30;
/** How many rows of a long list are in the page until it is known which are on the screen: what fills it, and a few. */
const firstRows = () => Math.ceil(window.innerHeight / 60) + 4;
const steps: Record<string, number> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1, J: 1, "Shift+ArrowDown": 1, K: -1, "Shift+ArrowUp": -1 };

class TaskList extends Piece {
  static override properties = {
    groups: { attribute: false }, label: {}, at: { state: true }, selected: { state: true }, renaming: { state: true }, over: { state: true },
  };
  declare groups: readonly ListGroup[];
  /** What the list is called where no heading says it. */
  declare label: string;
  /** The task that keys act on. */
  declare at: string | null;
  declare selected: ReadonlySet<string>;
  declare renaming: string | null;
  /** The group that a drag is over. */
  declare over: string | null;
  /** Tasks that are ticked off and still shown, for the length of a frame: no key means them any more. */
  readonly #leaving = new Set<string>();
  /** Where a selection with Shift begins. */
  #anchor: string | null = null;
  #window: RowWindow | null = null;
  #loading = false;
  /** The rows as they stand. */
  #tasks: readonly Task[] = [];
  #ids: readonly string[] = [];
  /** Of rows and headings, in their order. */
  #keys: readonly string[] = [];
  /** Whether something in the list had the focus before it is drawn anew. */
  #focused = false;
  /** What all rows show beside their task: the day that it is where, and the address that links begin with. */
  #around = "";
  /** The menu of a row that was asked for last: all rows have one between them, since each would cost with each drawing. */
  #menu: { id: string; of: "move" | "later"; offer: Offer } | null = null;

  constructor() {
    super();
    this.groups = [];
    this.label = "";
    this.at = null;
    this.selected = new Set();
    this.renaming = null;
    this.over = null;
    this.addEventListener("mf-clear", () => { this.#clear(); });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#window?.close();
    this.#window = null;
  }

  /** By key; whether the key means something here. */
  act(key: string): boolean {
    if (this.at !== null && this.#leaving.has(this.at)) this.at = neighbour(this.#ids, this.at, new Set(this.#ids.filter((id) => !this.#leaving.has(id))));
    const task = this.#tasks.find(({ id }) => id === this.at);
    const step = steps[key];
    if (step !== undefined) this.#step(step, key.startsWith("Shift+") || key === "J" || key === "K");
    else if (key === "Ctrl+a") this.#select(this.#ids);
    else if (key === "Escape" && this.selected.size > 0) this.#clear();
    else if (key === "Alt+ArrowUp" || key === "Alt+ArrowDown") return this.#shift(task, key === "Alt+ArrowUp" ? -1 : 1);
    else if (this.selected.size > 0 && key !== "x" && key !== "Enter") return this.#actOnAll(key);
    else return task !== undefined && this.#act(key, task);
    return true;
  }

  #act(key: string, task: Task): boolean {
    if (key === "x") this.#toggle(task.id);
    else if (key === "e") this.#complete(task);
    else if (key === "r" || key === "F2") this.renaming = task.id;
    else if (key === "Enter" && document.activeElement === this.#row(task.id)) this.#row(task.id)?.querySelector("a")?.click();
    else if (key === "t" || key === "s") this.#press(task.id, key === "t" ? "move" : "later");
    else return false;
    return true;
  }

  /** By the bar of the selection. Its code, or itself, may only be on its way: the key waits for it. */
  #actOnAll(key: string): boolean {
    const bar = this.querySelector<BulkBarPart>("mf-bulk-bar");
    if (bar !== null && customElements.get("mf-bulk-bar") !== undefined) return bar.act(key);
    if (key.length > 1) return false;
    void import("./bulk-bar.ts")
      .then(() => this.updateComplete)
      .then(() => this.querySelector<BulkBarPart>("mf-bulk-bar")?.act(key));
    return true;
  }

  #row(id: string): HTMLElement | null {
    return this.querySelector<HTMLElement>(`[data-id="${id}"]`);
  }

  #press(id: string, menu: "move" | "later"): void {
    this.#row(id)?.querySelector<HTMLElement>(`.${menu}`)?.click();
  }

  /** Says what the menu is about, before the browser opens it as the button's target. */
  #ask(task: Task, of: "move" | "later"): void {
    // As long as it is open for another button the browser would only close it.
    if (this.#menu?.id !== task.id || this.#menu.of !== of) this.#closeMenu();
    this.#menu = { id: task.id, of, offer: of === "move" ? dayChoices(({ day, time }) => { void reschedule([task], day, time); }) : this.#snoozes(task) };
  }

  #snoozes(task: Task): Offer {
    return {
      choices: () => snoozeChoices((body) => void make(new Map([[task.id, { status: "snoozed" }]]), () => tasks.snooze(task.id, body), text.snoozedToast(task.title))),
      foot: noFoot,
    };
  }

  #closeMenu(): void {
    this.querySelector<HTMLElement>("#row-menu:popover-open")?.hidePopover();
  }

  #focus(id: string): void {
    this.at = id;
    // A row that is far from the screen comes into the page first.
    void this.updateComplete.then(() => this.#row(id)?.focus());
  }

  /** Unless it went somewhere else by itself. */
  #regain(): void {
    if (this.at !== null && document.activeElement === document.body) this.#row(this.at)?.focus();
  }

  #step(by: number, extend: boolean): void {
    const ids = this.#ids;
    const from = this.at === null ? -1 : ids.indexOf(this.at);
    const next = ids[from === -1 ? 0 : Math.max(0, Math.min(ids.length - 1, from + by))];
    if (next === undefined) return;
    if (extend) {
      this.#anchor ??= this.at ?? next;
      this.#select(span(ids, this.#anchor, next));
    }
    this.#focus(next);
  }

  #select(ids: Iterable<string>): void {
    this.selected = new Set(ids);
    if (this.selected.size > 0) void import("./bulk-bar.ts");
    else this.#anchor = null;
  }

  #toggle(id: string): void {
    this.#anchor = id;
    this.#select(toggled(this.selected, id));
  }

  #clear(): void {
    const focused = this.querySelector("mf-bulk-bar")?.contains(document.activeElement) === true;
    this.#select([]);
    if (focused && this.at !== null) this.#focus(this.at);
  }

  /** With Ctrl one more or less, with Shift all up to here. */
  readonly #clicked = (event: MouseEvent, id: string): void => {
    if (!event.shiftKey && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    if (event.shiftKey) this.#select([...this.selected, ...span(this.#ids, (this.#anchor ??= this.at ?? id), id)]);
    else this.#toggle(id);
    this.at = id;
  };

  #complete(task: Task): void {
    if (task.status === "completed" || this.#leaving.has(task.id)) return;
    this.#leaving.add(task.id);
    // The tick comes at once. The page without the row takes longer to draw: it comes in the next frame.
    this.#row(task.id)?.querySelector(".check")?.setAttribute("aria-pressed", "true");
    void drawn().then(() => {
      this.#leaving.delete(task.id);
      return make(new Map([[task.id, null]]), () => tasks.complete(task.id), text.completedToast(task.title));
    });
  }

  #reopen(task: Task): void {
    void make(new Map([[task.id, null]]), () => tasks.reopen(task.id), text.reopenedToast(task.title));
  }

  #rename(task: Task, title: string): void {
    if (this.renaming !== task.id) return;
    this.renaming = null;
    this.#focus(task.id);
    if (title === "" || title === task.title) return;
    void make(new Map([[task.id, { title }]]), () => tasks.change(task, { title }), text.renamedToast(title));
  }

  readonly #renameKey = (event: KeyboardEvent, task: Task): void => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    this.#rename(task, event.key === "Enter" ? (event.target as HTMLInputElement).value.trim() : task.title);
  };

  /** What a row's drag or shift moves: the selection if the row is of it, or else the row. */
  #moved(task: Task): Task[] {
    return this.selected.has(task.id) ? this.#tasks.filter(({ id }) => this.selected.has(id)) : [task];
  }

  #drop(moved: Task[], to: ListGroup): void {
    const coming = moved.filter((task) => !to.tasks.includes(task));
    if (coming.length > 0) this.dispatchEvent(new CustomEvent<Regroup>("mf-regroup", { bubbles: true, detail: { tasks: coming, to } }));
  }

  /** To the next group, or the one before, that takes tasks. */
  #shift(task: Task | undefined, by: number): boolean {
    if (!task) return false;
    const from = this.groups.findIndex((group) => group.tasks.includes(task));
    const to = (by > 0 ? this.groups.slice(from + 1) : this.groups.slice(0, from).toReversed()).find((group) => group.takes === true);
    if (to) this.#drop(this.#moved(task), to);
    return to !== undefined;
  }

  readonly #draggedOver = (event: DragEvent, group: ListGroup): void => {
    if (group.takes === true && held(event)) this.over = group.key;
  };

  readonly #dropped = (event: DragEvent, group: ListGroup): void => {
    const ids = dropped(event);
    this.over = null;
    this.#drop(this.#tasks.filter(({ id }) => ids.includes(id)), group);
  };

  readonly #touched = (event: PointerEvent, task: Task): void => {
    if (task.status === "completed") return;
    followSwipe(event, event.currentTarget as HTMLElement, (meant) => {
      if (meant === "done") this.#complete(task);
      else this.#press(task.id, "later");
    });
  };

  protected override willUpdate(changed: PropertyValues<this>): void {
    this.#focused = this.contains(document.activeElement);
    if (changed.has("groups")) this.#regrouped();
    if (this.#ids.length > longList && !this.#window && !this.#loading) {
      this.#loading = true;
      void import("./row-window.ts").then(({ RowWindow }) => {
        this.#loading = false;
        if (this.isConnected) this.#window = new RowWindow(this, () => { this.requestUpdate(); });
        this.requestUpdate();
      });
    }
  }

  #regrouped(): void {
    const before = this.#ids;
    this.#tasks = this.groups.flatMap((group) => group.tasks);
    this.#ids = this.#tasks.map(({ id }) => id);
    this.#keys = this.groups.flatMap((group) => [...(group.heading === null ? [] : [headingKey(group)]), ...group.tasks.map(({ id }) => id)]);
    this.selected = kept(this.selected, this.#ids);
    const there = new Set(this.#ids);
    // Whoever took the row away, keys go on from its neighbour.
    if (this.at !== null && !there.has(this.at)) this.at = neighbour(before, this.at, there);
    if (this.#menu !== null && !there.has(this.#menu.id)) this.#closeMenu();
  }

  protected override updated(): void {
    if (this.renaming !== null) this.querySelector<HTMLInputElement>(".rename:not(:focus)")?.select();
    this.#window?.measure();
    // The focus was in what is gone now. To give it away, the browser lays the page out: after the frame that it does so for.
    if (this.#focused && this.at !== null && !this.contains(document.activeElement)) void drawn().then(() => { this.#regain(); });
  }

  override render() {
    this.#around = [today(), zone(), location.pathname, location.search].join(" ");
    const shown = this.#window?.shown(this.#keys, this.at === null ? -1 : this.#keys.indexOf(this.at)) ?? null;
    let index = 0;
    const groups = this.groups.map((group) => {
      const start = index;
      index += group.tasks.length + (group.heading === null ? 0 : 1);
      return { group, start };
    });
    return html`${repeat(groups, ({ group }) => group.key, ({ group, start }) => this.#group(group, start, shown))}
      <mf-choices id="row-menu" class="choices" popover .choices=${() => this.#menu?.offer.choices() ?? []} .foot=${() => this.#menu?.offer.foot() ?? nothing}></mf-choices>
      ${this.selected.size === 0 ? nothing : html`<mf-bulk-bar .tasks=${this.#tasks.filter(({ id }) => this.selected.has(id))}></mf-bulk-bar>`}`;
  }

  /** `start` is the index of the group's heading, or else of its first row; `shown` are the indexes in the page, null for all. */
  #group(group: ListGroup, start: number, shown: readonly number[] | null): TemplateResult {
    const first = start + (group.heading === null ? 0 : 1);
    const end = first + group.tasks.length;
    let before = first;
    // Until it is known what is on the screen, the beginning of a long list is.
    const most = this.#ids.length > longList ? firstRows() : this.#keys.length;
    const indexes = shown ?? Array.from({ length: Math.min(end, most) }, (_, index) => index);
    const rows = indexes.filter((index) => index >= first && index < end).flatMap((index) => {
      const place = index - first;
      const task = group.tasks[place];
      const gap = this.#window?.height(before, index) ?? 0;
      before = index + 1;
      return task ? [{ task, place, index, gap }] : [];
    });
    // As a property: the policy allows no style in the page's text.
    const after = `padding-bottom: ${String(this.#window?.height(before, end) ?? 0)}px`;
    return html`<div data-key=${group.key} class="group ${this.over === group.key ? "over" : ""}" @dragover=${(event: DragEvent) => { this.#draggedOver(event, group); }}
      @dragleave=${() => (this.over = null)} @drop=${(event: DragEvent) => { this.#dropped(event, group); }}>
      ${group.heading === null ? nothing : html`<h2 class=${group.late === true ? "late" : ""} data-index=${start}>${group.heading}</h2>`}
      <ul class="tasks ${this.selected.size > 0 ? "selecting" : ""}" aria-label=${group.heading ?? this.label} .style=${after}>
        ${repeat(rows, ({ task }) => task.id, ({ task, place, index, gap }) => this.#drawn(task, place, group.tasks.length, index, gap))}
      </ul>
    </div>`;
  }

  /** Drawn anew only when something that it shows has changed: with each key, and each reading, most rows are as they were. */
  #drawn(task: Task, place: number, size: number, index: number, gap: number): unknown {
    const [at, selected, renaming] = [task.id === this.at, this.selected.has(task.id), task.id === this.renaming];
    return guard([JSON.stringify(task), place, size, index, gap, at, selected, renaming, isWaiting(task.id), this.#around], () => this.#item(task, place, size, index, gap));
  }

  #item(task: Task, place: number, size: number, index: number, gap: number): TemplateResult {
    const closed = task.status === "completed";
    const selected = this.selected.has(task.id);
    return html`<li data-id=${task.id} data-index=${index} .style=${`margin-top: ${String(gap)}px`} tabindex="-1" aria-posinset=${place + 1} aria-setsize=${size}
      class="${task.id === this.at ? "at" : ""} ${selected ? "selected" : ""}" draggable=${closed || this.renaming === task.id ? "false" : "true"}
      @focusin=${() => (this.at = task.id)} @click=${(event: MouseEvent) => { this.#clicked(event, task.id); }}
      @dragstart=${(event: DragEvent) => { carry(event, this.#moved(task).map(({ id }) => id)); }} @pointerdown=${(event: PointerEvent) => { this.#touched(event, task); }}>
      <input type="checkbox" class="select" aria-label=${text.select(task.title)} .checked=${selected} @click=${(event: Event) => { event.stopPropagation(); }} @change=${() => { this.#toggle(task.id); }} />
      <button class="check p${task.priority}" aria-label=${closed ? text.reopen(task.title) : text.complete(task.title)} aria-pressed=${closed}
        @click=${() => { if (closed) this.#reopen(task); else this.#complete(task); }}><span aria-hidden="true"></span></button>
      <div>${this.renaming === task.id
        ? html`<input class="rename" aria-label=${text.title} maxlength="256" .value=${task.title}
            @keydown=${(event: KeyboardEvent) => { this.#renameKey(event, task); }} @blur=${(event: FocusEvent) => { this.#rename(task, (event.target as HTMLInputElement).value.trim()); }} />`
        : html`<p class="title"><a href=${withTask(location.pathname + location.search, task.id)} draggable="false">${task.title}</a></p>`}${facts(task)}</div>
      ${closed
        ? nothing
        : html`<button class="move" popovertarget="row-menu" @click=${() => { this.#ask(task, "move"); }}>${text.move}</button>
            <button class="later" popovertarget="row-menu" @click=${() => { this.#ask(task, "later"); }}>${text.snooze}</button>`}
    </li>`;
  }
}

customElements.define("mf-task-list", TaskList);

export type TaskListPart = TaskList;
