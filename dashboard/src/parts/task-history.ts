// What was done to a task, by whom, with the way back for each change.
import { html, nothing, type TemplateResult } from "lit";
import { tasks, type Change } from "../api/client.ts";
import { dayLabel, dayOfWhen, timeLabel } from "../logic/days.ts";
import { today, zone } from "../preferences.ts";
import { text } from "../strings.ts";
import { Piece } from "./element.ts";
import { undo } from "./undo.ts";

class TaskHistory extends Piece {
  static override properties = { taskId: { attribute: false }, changes: { state: true }, refusal: { state: true }, more: { state: true } };
  declare taskId: string;
  declare changes: readonly Change[] | null;
  declare refusal: string | null;
  /** Where the next page begins. */
  declare more: string | null;

  constructor() {
    super();
    this.taskId = "";
    this.changes = null;
    this.refusal = null;
    this.more = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.reload();
  }

  async reload(): Promise<void> {
    const page = await this.#page(null);
    if (page) this.changes = page;
  }

  async #page(cursor: string | null): Promise<Change[] | null> {
    const outcome = await tasks.history(cursor);
    this.refusal = outcome.kind === "refused" ? outcome.message : null;
    if (outcome.kind !== "done") return null;
    this.more = outcome.value.next_cursor ?? null;
    return outcome.value.items.filter(({ task_ids }) => task_ids.includes(this.taskId));
  }

  readonly #showMore = async (): Promise<void> => {
    const page = await this.#page(this.more);
    if (page) this.changes = [...(this.changes ?? []), ...page];
  };

  override render() {
    if (this.refusal !== null) return html`<p role="alert">${this.refusal}</p>`;
    if (this.changes === null) return html`<p role="status">${text.loading}</p>`;
    return html`<ol class="history">${this.changes.map((change) => this.#change(change))}</ol>
      ${this.changes.length === 0 ? html`<p class="hint">${text.noHistory}</p>` : nothing}
      ${this.more === null ? nothing : html`<button class="plain" @click=${this.#showMore}>${text.olderChanges}</button>`}`;
  }

  #change(change: Change): TemplateResult {
    const locale = navigator.language;
    const at = [dayLabel(dayOfWhen(change.at, zone()), today(), locale, { today: text.today, tomorrow: text.tomorrow }), timeLabel(change.at, locale, zone())].join(", ");
    const what = text.historyAction(change.action);
    const fields = Object.keys(change.before?.[this.taskId] === undefined ? {} : (change.after?.[this.taskId] ?? {}));
    return html`<li>
      <div><p>${what}${change.task_ids.length > 1 ? html` <span class="quiet">${text.withOthers(change.task_ids.length - 1)}</span>` : nothing}</p>
        <p class="hint">${[at, text.changedBy(change.by), fields.map((field) => field.replaceAll("_", " ")).join(", ")].filter((part) => part !== "").join(" · ")}</p></div>
      <button class="plain" aria-label=${text.undoChange(what, at)} @click=${() => void undo({ message: what, by: [change.id] })}>${text.undo}</button>
    </li>`;
  }
}

customElements.define("mf-task-history", TaskHistory);

export type TaskHistoryPart = TaskHistory;
