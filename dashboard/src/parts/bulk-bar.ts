// What can be done to all selected tasks at once, as one change that one undo takes back. Loaded with the first selection.
import { html, nothing, type TemplateResult } from "lit";
import { projects, type Task } from "../api/client.ts";
import type { Bulk } from "../logic/bulk.ts";
import { zone } from "../preferences.ts";
import { text } from "../strings.ts";
import { change } from "./batch.ts";
import { dayMenu } from "./days.ts";
import { Piece } from "./element.ts";
import "./menu.ts";
import { snoozeChoices } from "./snooze.ts";

class BulkBar extends Piece {
  static override properties = { tasks: { attribute: false }, projects: { state: true } };
  declare tasks: readonly Task[];
  declare projects: readonly string[];

  constructor() {
    super();
    this.tasks = [];
    this.projects = [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void projects.list().then((outcome) => {
      if (outcome.kind === "done") this.projects = outcome.value.filter(({ archived }) => !archived).map(({ name }) => name);
    });
  }

  /** Keys that mean the same here as on a row. */
  act(key: string): boolean {
    const name = { e: ".done", t: ".move button", s: ".later button", "#": ".delete", Delete: ".delete" }[key];
    const button = name === undefined ? null : this.querySelector<HTMLElement>(name);
    button?.click();
    return button !== null;
  }

  async #do(bulk: Bulk, verb: string): Promise<void> {
    const tasks = this.tasks;
    if ((await change(bulk, tasks, text.bulkToast(tasks.length, verb))) === "done") this.#clear();
  }

  readonly #clear = (): void => {
    this.dispatchEvent(new Event("mf-clear", { bubbles: true }));
  };

  #set(fields: Extract<Bulk, { kind: "set" }>["fields"], verb: string): void {
    void this.#do({ kind: "set", fields }, verb);
  }

  override render() {
    const count = this.tasks.length;
    const done = this.tasks.every(({ status }) => status === "completed");
    return html`<div class="bulk" role="group" aria-label=${text.selectedTasks}>
      <p role="status">${text.selected(count)}</p>
      <button class="plain" @click=${this.#clear}>${text.clearSelection}</button>
      <button class="done primary" @click=${() => void this.#do({ kind: done ? "reopen" : "complete" }, done ? text.bulk.reopened : text.bulk.completed)}>${done ? text.reopenButton : text.done}</button>
      ${done ? nothing : html`<mf-menu class="later" label=${text.snooze} .choices=${() => snoozeChoices((body) => void this.#do({ kind: "snooze", body }, text.bulk.snoozed))}></mf-menu>`}
      ${dayMenu((when) => void this.#do({ kind: "move", ...when, zone: zone() }, text.bulk.moved))}
      <mf-menu label=${text.priorityLabel} .choices=${() => [5, 4, 3, 2, 1].map((priority) => ({
        label: text.priorityChoice(priority), choose: () => { this.#set({ priority }, text.bulk.priority(priority)); },
      }))}></mf-menu>
      ${this.#tags()}${this.#project()}
      <button class="delete" @click=${() => void this.#do({ kind: "delete" }, text.bulk.deleted)}>${text.delete}</button>
    </div>`;
  }

  #tags(): TemplateResult {
    const all = [...new Set(this.tasks.flatMap(({ tags }) => tags))].toSorted();
    return this.#popover("bulk-tags", text.tags, html`
      <form @submit=${this.#tagged}>
        <label for="bulk-tag">${text.addTag}</label>
        <div class="with-button"><input id="bulk-tag" maxlength="50" pattern="[^,]*" required autocomplete="off" /><button class="primary">${text.addButton}</button></div>
      </form>
      ${all.length === 0 ? nothing : html`<p class="hint">${text.removeTagHint}</p>
        <div class="chips">${all.map((tag) => html`<button class="token tag" aria-label=${text.removeTag(tag)} @click=${() => { this.#closed("bulk-tags"); void this.#do({ kind: "untag", tag }, text.bulk.untagged(tag)); }}>#${tag}<span aria-hidden="true"> ×</span></button>`)}</div>`}`);
  }

  readonly #tagged = (event: SubmitEvent): void => {
    event.preventDefault();
    const tag = this.#value("bulk-tag");
    if (tag !== "") void this.#do({ kind: "tag", tag }, text.bulk.tagged(tag));
    this.#closed("bulk-tags");
  };

  #project(): TemplateResult {
    return this.#popover("bulk-projects", text.project, html`
      <form @submit=${this.#moved}>
        <label for="bulk-project">${text.projectHint}</label>
        <div class="with-button"><input id="bulk-project" maxlength="100" list="bulk-project-names" autocomplete="off" /><button class="primary">${text.set}</button></div>
        <datalist id="bulk-project-names">${this.projects.map((name) => html`<option value=${name}></option>`)}</datalist>
      </form>`);
  }

  readonly #moved = (event: SubmitEvent): void => {
    event.preventDefault();
    const name = this.#value("bulk-project");
    this.#closed("bulk-projects");
    this.#set({ project: name === "" ? null : name }, name === "" ? text.bulk.noProject : text.bulk.project(name));
  };

  #popover(id: string, label: string, content: TemplateResult): TemplateResult {
    return html`<span class="with-popover"><button popovertarget=${id}>${label}</button>
      <div id=${id} class="choices form" popover @toggle=${this.#opened}>${content}</div></span>`;
  }

  readonly #opened = (event: ToggleEvent): void => {
    if (event.newState === "open") (event.target as HTMLElement).querySelector("input")?.focus();
  };

  #closed(id: string): void {
    this.querySelector<HTMLElement>(`#${id}`)?.hidePopover();
  }

  #value(id: string): string {
    const field = this.querySelector<HTMLInputElement>(`#${id}`);
    const value = field?.value.trim() ?? "";
    if (field) field.value = "";
    return value;
  }
}

customElements.define("mf-bulk-bar", BulkBar);

export type BulkBarPart = BulkBar;
