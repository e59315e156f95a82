// One task with all its fields, beside the list, or over it where there is no room. Each field is saved when it is left, on
// condition that nobody has changed the task since it was read; what two have changed at once, the person decides. Loaded
// when the first task is opened.
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { projects, tasks, type Outcome, type Task, type TaskPatch } from "../api/client.ts";
import { withTask } from "../logic/addresses.ts";
import { conflicts, meant, said, type Field } from "../logic/task-fields.ts";
import { zone } from "../preferences.ts";
import { text } from "../strings.ts";
import { change } from "./batch.ts";
import { make } from "./changes.ts";
import { dayMenu } from "./days.ts";
import { Piece } from "./element.ts";
import "./menu.ts";
import { snoozeChoices } from "./snooze.ts";
import "./task-history.ts";
import type { TaskHistoryPart } from "./task-history.ts";
import "./task-picker.ts";
import { tell } from "./toasts.ts";

interface Conflict {
  mine: TaskPatch;
  theirs: Task;
  fields: Field[];
}

/** Where the panel and the list fit beside each other. */
const wide = window.matchMedia("(min-width: 72rem)");
const rules = ["", "FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=YEARLY"] as const;

class TaskPanel extends Piece {
  static override properties = {
    taskId: { attribute: false }, task: { state: true }, refusal: { state: true }, conflict: { state: true }, subtasks: { state: true },
    others: { state: true }, projects: { state: true }, ownRule: { state: true }, told: { state: true },
  };
  declare taskId: string;
  declare task: Task | null;
  declare refusal: { status: number; message: string } | null;
  declare conflict: Conflict | null;
  declare subtasks: readonly Task[];
  /** Tasks that this one is linked with, by id; null where there is none any more. */
  declare others: ReadonlyMap<string, Task | null>;
  declare projects: readonly string[];
  /** Whether a rule is written, not chosen. */
  declare ownRule: boolean;
  /** Which field's value cannot be read. */
  declare told: Field | null;
  /** What is being written, and the task as it was when that began. */
  readonly #drafts = new Map<Field, { value: string; base: Task }>();
  /** What a save here made of a version: whoever wrote before it was answered wrote on top of it. */
  readonly #ours = new Map<number, Task>();
  #before: Promise<void> = Promise.resolve();
  #cameFrom: Element | null = null;

  constructor() {
    super();
    this.taskId = "";
    this.task = null;
    this.refusal = null;
    this.conflict = null;
    this.subtasks = [];
    this.others = new Map();
    this.projects = [];
    this.ownRule = false;
    this.told = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#cameFrom = document.activeElement;
    wide.addEventListener("change", this.#fit);
    void projects.list().then((outcome) => {
      if (outcome.kind === "done") this.projects = outcome.value.filter(({ archived }) => !archived).map(({ name }) => name);
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    wide.removeEventListener("change", this.#fit);
    this.#hold(false);
    if (this.#cameFrom instanceof HTMLElement && this.#cameFrom.isConnected) this.#cameFrom.closest<HTMLElement>("li[data-id]")?.focus();
  }

  protected override firstUpdated(): void {
    this.#fit();
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has("taskId")) return;
    this.#drafts.clear();
    this.#ours.clear();
    [this.task, this.refusal, this.conflict, this.subtasks, this.ownRule, this.told] = [null, null, null, [], false, null];
    void this.reload();
  }

  /** Beside the page where there is room; else over it, and the page waits. Toasts stay in reach, which a modal dialog forbids. */
  readonly #fit = (): void => {
    this.querySelector("dialog")?.show();
    this.#hold(!wide.matches);
  };

  #hold(waits: boolean): void {
    const page = document.querySelector<HTMLElement>(".frame");
    if (page) page.inert = waits;
    this.querySelector("dialog")?.setAttribute("aria-modal", String(waits));
  }

  async reload(): Promise<void> {
    const id = this.taskId;
    const [outcome, subtasks] = await Promise.all([tasks.get(id), tasks.list({ parent_id: id, limit: 100, sort: "created_at" })]);
    if (id !== this.taskId) return;
    if (outcome.kind === "refused") this.refusal = outcome;
    else if (outcome.kind === "done") this.#read(outcome.value);
    if (subtasks.kind === "done") this.subtasks = subtasks.value.items;
    void this.querySelector<TaskHistoryPart>("mf-task-history")?.reload();
  }

  #read(task: Task): void {
    if (task.version < (this.task?.version ?? 0)) return;
    [this.task, this.refusal] = [task, null];
    const unknown = [task.parent_id, ...task.depends_on].filter((id): id is string => id !== null && !this.others.has(id));
    void Promise.all(unknown.map(async (id) => [id, await tasks.get(id)] as const)).then((found) => {
      this.others = new Map([...this.others, ...found.map(([id, outcome]) => [id, outcome.kind === "done" ? outcome.value : null] as const)]);
    });
  }

  readonly #close = (): void => {
    this.dispatchEvent(new Event("mf-close", { bubbles: true }));
  };

  readonly #key = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || event.defaultPrevented || (event.target as Element).closest("[popover]") !== null) return;
    event.preventDefault();
    // Out of the field first, which saves it.
    if (event.target instanceof HTMLElement && event.target.matches("input, textarea, select")) event.target.blur();
    this.#close();
  };

  /** One after the other, so that each knows the version that the one before has made. */
  #save(mine: TaskPatch, read: Task): Promise<void> {
    return (this.#before = this.#before.then(async () => {
      let base = read;
      for (let next = this.#ours.get(base.version); next?.id === base.id; next = this.#ours.get(base.version)) base = next;
      const seen = Object.fromEntries(Object.entries(mine)) as Partial<Task>;
      const outcome = await make(new Map([[base.id, seen]]), () => tasks.change(base, mine), text.savedToast(mine.title ?? base.title), (refused) => refused.status === 412);
      if (outcome.kind === "done") {
        this.#ours.set(base.version, outcome.value);
        this.#read(outcome.value);
      } else if (outcome.kind === "refused" && outcome.status === 412) await this.#settle(mine, base);
    }));
  }

  /** Somebody was faster: what they left alone is changed all the same, about the rest the person is asked. */
  async #settle(mine: TaskPatch, base: Task): Promise<void> {
    const theirs = await tasks.get(base.id);
    if (theirs.kind !== "done") {
      tell(theirs, "");
      return;
    }
    this.#read(theirs.value);
    const fields = conflicts(base, mine, theirs.value);
    if (fields.length === 0) void this.#save(mine, theirs.value);
    else {
      this.conflict = { mine, theirs: theirs.value, fields };
      await this.updateComplete;
      this.querySelector<HTMLElement>(".conflict button")?.focus();
    }
  }

  readonly #decide = (keep: boolean): void => {
    const conflict = this.conflict;
    this.conflict = null;
    if (conflict && keep) void this.#save(conflict.mine, conflict.theirs);
    this.querySelector<HTMLElement>(`#panel-${conflict?.fields[0] ?? "title"}`)?.focus();
  };

  #write(field: Field, value: string): void {
    if (!this.task) return;
    this.#drafts.set(field, { value, base: this.#drafts.get(field)?.base ?? this.task });
  }

  /** Saves a field that was left, if it says something else. */
  #leave(field: Field): void {
    const draft = this.#drafts.get(field);
    if (!draft) return;
    if (draft.value.trim() === said(draft.base, field, zone())) this.#drafts.delete(field);
    else {
      const mine = meant(field, draft.value);
      this.told = mine === null ? field : null;
      if (mine === null) return;
      this.#drafts.delete(field);
      void this.#save(mine, draft.base);
    }
    this.requestUpdate();
  }

  /** A control whose every change is meant. */
  #choose(field: Field, value: string): void {
    this.#write(field, value);
    this.#leave(field);
  }

  #value(field: Field): string {
    return this.#drafts.get(field)?.value ?? (this.task ? said(this.task, field, zone()) : "");
  }

  async #do(call: Promise<Outcome<Task>>, message: string): Promise<void> {
    tell(await call, message);
    window.dispatchEvent(new Event("mf-changed"));
  }

  override render() {
    return html`<dialog class="panel" aria-labelledby="panel-heading" @keydown=${this.#key}>
      <div class="head"><h2 id="panel-heading" tabindex="-1" autofocus>${text.taskHeading}</h2><button class="icon" aria-label=${text.close} @click=${this.#close}>×</button></div>
      ${this.#body()}
    </dialog>`;
  }

  #body(): TemplateResult {
    const { task, refusal } = this;
    if (refusal !== null && (refusal.status === 404 || task === null)) {
      return refusal.status === 404
        ? html`<div class="empty"><h3>${text.noTask}</h3><p>${text.noTaskHint}</p><button @click=${this.#close}>${text.close}</button></div>`
        : html`<div class="empty"><p role="alert">${refusal.message}</p><button @click=${() => void this.reload()}>${text.retry}</button></div>`;
    }
    if (task === null) return html`<div class="skeleton tall" role="status"><span class="unseen">${text.loading}</span></div>`;
    return html`${this.#asked()}
      <div class="fields">
        ${this.#text("title", text.title, 256)}
        ${this.#actions(task)}
        ${this.#field("description", text.description, html`<textarea id="panel-description" rows="4" maxlength="10000" .value=${live(this.#value("description"))}
          @input=${(event: Event) => { this.#write("description", (event.target as HTMLTextAreaElement).value); }} @blur=${() => { this.#leave("description"); }}></textarea>`)}
        ${this.#when("due_date", text.due)}${this.#when("deadline", text.deadlineLabel)}${this.#when("start_date", text.startLabel)}
        <div class="pair">
          ${this.#text("effort_estimate_minutes", text.effort, 20, text.effortHint)}
          ${this.#select("priority", text.priorityLabel, ["5", "4", "3", "2", "1"].map((level) => [level, text.priorityChoice(Number(level))]))}
        </div>
        ${this.#text("tags", text.tags, 1100, text.tagsHint)}
        ${this.#field("project", text.project, html`<input id="panel-project" maxlength="100" list="panel-projects" autocomplete="off" .value=${live(this.#value("project"))}
          @input=${(event: Event) => { this.#write("project", (event.target as HTMLInputElement).value); }} @change=${() => { this.#leave("project"); }} />
          <datalist id="panel-projects">${this.projects.map((name) => html`<option value=${name}></option>`)}</datalist>`)}
        ${this.#select("preferred_time", text.preferredTime, [["", text.anyTimeOfDay], ["morning", text.morning], ["afternoon", text.afternoon], ["evening", text.evening]])}
        ${this.#recurrence(task)}
      </div>
      ${this.#family(task)}
      <details><summary>${text.history}</summary><mf-task-history .taskId=${task.id}></mf-task-history></details>`;
  }

  #asked(): TemplateResult | typeof nothing {
    if (!this.conflict) return nothing;
    const { mine, theirs, fields } = this.conflict;
    const shown = (task: Partial<Task>, field: Field) => said({ ...theirs, ...task }, field, zone()) || text.nothing;
    return html`<div class="conflict" role="alert">
      <h3>${text.conflict}</h3>
      ${fields.map((field) => html`<dl><dt>${text.fieldNames[field]}</dt><dd><span class="quiet">${text.yours}</span> ${shown(mine as Partial<Task>, field)}</dd><dd><span class="quiet">${text.theirs}</span> ${shown({}, field)}</dd></dl>`)}
      <div class="actions"><button class="primary" @click=${() => { this.#decide(true); }}>${text.keepMine}</button><button @click=${() => { this.#decide(false); }}>${text.takeTheirs}</button></div>
    </div>`;
  }

  #actions(task: Task): TemplateResult {
    const closed = task.status === "completed";
    return html`<p class="hint">${text.statusIs(task.status)}</p><div class="actions">
      ${closed
        ? html`<button @click=${() => void this.#do(tasks.reopen(task.id), text.reopenedToast(task.title))}>${text.reopenButton}</button>`
        : html`<button class="primary" @click=${() => void this.#do(tasks.complete(task.id), text.completedToast(task.title))}>${text.done}</button>
          ${task.status === "in_progress" ? nothing : html`<button @click=${() => void this.#do(tasks.start(task.id), text.startedToast(task.title))}>${text.start}</button>`}
          <mf-menu label=${text.snooze} .choices=${() => snoozeChoices((body) => void this.#do(tasks.snooze(task.id, body), text.snoozedToast(task.title)))}></mf-menu>`}
      <button @click=${() => void this.#delete(task)}>${text.delete}</button>
    </div>`;
  }

  async #delete(task: Task): Promise<void> {
    if ((await change({ kind: "delete" }, [task], text.deletedToast(task.title))) === "done") this.#close();
  }

  #field(field: Field, label: string, control: TemplateResult, hint: string | null = null): TemplateResult {
    return html`<div class="field"><label for="panel-${field}">${label}</label>${control}
      ${hint === null ? nothing : html`<p class="hint" id="panel-${field}-hint">${hint}</p>`}
      ${this.told === field ? html`<p class="refusal" role="alert">${text.unread(label)}</p>` : nothing}</div>`;
  }

  #text(field: Field, label: string, most: number, hint: string | null = null): TemplateResult {
    return this.#field(field, label, html`<input id="panel-${field}" maxlength=${most} autocomplete="off" aria-describedby=${hint === null ? nothing : `panel-${field}-hint`} .value=${live(this.#value(field))}
      @input=${(event: Event) => { this.#write(field, (event.target as HTMLInputElement).value); }} @change=${() => { this.#leave(field); }} />`, hint);
  }

  #select(field: Field, label: string, choices: readonly (readonly [string, string])[]): TemplateResult {
    const value = this.#value(field);
    return this.#field(field, label, html`<select id="panel-${field}" @change=${(event: Event) => { this.#choose(field, (event.target as HTMLSelectElement).value); }}>
      ${choices.map(([choice, name]) => html`<option value=${choice} .selected=${live(choice === value)}>${name}</option>`)}</select>`);
  }

  #when(field: "due_date" | "deadline" | "start_date", label: string): TemplateResult {
    const [day = "", time = ""] = this.#value(field).split("T");
    const write = (nextDay: string, nextTime: string) => { this.#choose(field, nextDay === "" ? "" : nextTime === "" ? nextDay : `${nextDay}T${nextTime}`); };
    return html`<div class="field"><label for="panel-${field}">${label}</label><div class="when">
      <input id="panel-${field}" type="date" .value=${live(day)} @change=${(event: Event) => { write((event.target as HTMLInputElement).value, time); }} />
      <input type="time" aria-label=${text.timeOf(label)} ?disabled=${day === ""} .value=${live(time)} @change=${(event: Event) => { write(day, (event.target as HTMLInputElement).value); }} />
      ${field === "due_date" ? dayMenu((when) => { write(when.day ?? "", when.time ?? time); }) : nothing}
    </div></div>`;
  }

  #recurrence(task: Task): TemplateResult {
    const rule = task.recurrence ?? "";
    const own = this.ownRule || !(rules as readonly string[]).includes(rule);
    return html`<div class="pair">${this.#field("recurrence", text.repeat, html`<select id="panel-recurrence" @change=${(event: Event) => {
        const { value } = event.target as HTMLSelectElement;
        this.ownRule = value === "own";
        if (value !== "own") this.#choose("recurrence", value);
      }}>${rules.map((one, index) => html`<option value=${one} .selected=${live(!own && one === rule)}>${text.rules[index]}</option>`)}
        <option value="own" .selected=${live(own)}>${text.ownRule}</option></select>`)}
      ${rule === "" ? nothing : this.#select("recurrence_from", text.countedFrom, [["schedule", text.fromSchedule], ["completion", text.fromCompletion]])}</div>
      ${own ? html`<div class="field"><label for="panel-rule">${text.rule}</label><input id="panel-rule" autocomplete="off" .value=${live(this.#value("recurrence"))} placeholder="FREQ=WEEKLY;BYDAY=MO"
        @input=${(event: Event) => { this.#write("recurrence", (event.target as HTMLInputElement).value); }} @change=${() => { this.#leave("recurrence"); }} /></div>` : nothing}`;
  }

  #family(task: Task): TemplateResult {
    const link = (id: string) => html`<a href=${withTask(location.pathname + location.search, id)}>${this.others.get(id)?.title ?? text.goneTask}</a>`;
    const without = [task.id, ...(task.parent_id === null ? [] : [task.parent_id]), ...task.depends_on, ...this.subtasks.map(({ id }) => id)];
    return html`<section><h3>${text.subtasks}</h3>
        <ul class="linked">${this.subtasks.map((one) => html`<li>
          <button class="check p${one.priority}" aria-label=${one.status === "completed" ? text.reopen(one.title) : text.complete(one.title)} aria-pressed=${one.status === "completed"}
            @click=${() => void this.#do(one.status === "completed" ? tasks.reopen(one.id) : tasks.complete(one.id), one.status === "completed" ? text.reopenedToast(one.title) : text.completedToast(one.title))}><span aria-hidden="true"></span></button>
          <a href=${withTask(location.pathname + location.search, one.id)}>${one.title}</a></li>`)}</ul>
        <form class="with-button" @submit=${this.#addSubtask}><label for="panel-subtask" class="unseen">${text.addSubtask}</label>
          <input id="panel-subtask" maxlength="256" placeholder=${text.addSubtask} autocomplete="off" required /><button>${text.addButton}</button></form></section>
      <section><h3>${text.parent}</h3>
        ${task.parent_id === null
          ? html`<mf-task-picker label=${text.chooseParent} .without=${without} @mf-picked=${(event: CustomEvent<Task>) => { this.#choose("parent_id", event.detail.id); }}></mf-task-picker>`
          : html`<ul class="linked"><li>${link(task.parent_id)}<button class="icon" aria-label=${text.noParent} @click=${() => { this.#choose("parent_id", ""); }}>×</button></li></ul>`}</section>
      <section><h3>${text.dependsOn}</h3>
        <ul class="linked">${task.depends_on.map((id) => html`<li>${link(id)}<button class="icon" aria-label=${text.noLongerAfter(this.others.get(id)?.title ?? text.goneTask)}
          @click=${() => { this.#choose("depends_on", task.depends_on.filter((one) => one !== id).join(",")); }}>×</button></li>`)}</ul>
        <mf-task-picker label=${text.chooseDependency} .without=${without} @mf-picked=${(event: CustomEvent<Task>) => { this.#choose("depends_on", [...task.depends_on, event.detail.id].join(",")); }}></mf-task-picker></section>`;
  }

  readonly #addSubtask = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const field = this.querySelector<HTMLInputElement>("#panel-subtask");
    const title = field?.value.trim() ?? "";
    if (!field || title === "") return;
    const made = tell(await tasks.create({ title, parent_id: this.taskId }), text.added(title));
    if (made) field.value = "";
    window.dispatchEvent(new Event("mf-changed"));
  };
}

customElements.define("mf-task-panel", TaskPanel);

export type TaskPanelPart = TaskPanel;
