// What every section of the settings is: one change at a time, and beside the form why one was refused.
import { html, nothing, type TemplateResult } from "lit";
import type { Outcome } from "../../api/client.ts";
import { preferences, type Held, type Preferences } from "../../api/settings.ts";
import { Piece } from "../../parts/element.ts";
import { show } from "../../parts/show.ts";
import { text } from "../../strings.ts";

export abstract class Section extends Piece {
  static override properties: Record<string, object> = { busy: { state: true }, refusal: { state: true } };
  declare busy: boolean;
  declare refusal: string | null;
  /** Which form was refused, where there are several; `read` where it was the reading, which a later one mends. */
  #refused = "";

  constructor() {
    super();
    this.busy = false;
    this.refusal = null;
  }

  protected refuse(message: string, form = ""): void {
    [this.refusal, this.#refused] = [message, form];
  }

  /** Does a change and says so, or shows at its form why it was refused; gives its value when it is done. */
  protected async attempt<T>(change: () => Promise<Outcome<T>>, done: string | null, form = ""): Promise<{ value: T } | null> {
    if (this.busy) return null;
    this.busy = true;
    this.refusal = null;
    const outcome = await change();
    this.busy = false;
    if (outcome.kind === "refused") this.refuse(outcome.message, form);
    else if (outcome.kind === "pending") show({ message: text.pending, tone: "waiting" });
    else if (done !== null) show({ message: done, tone: "good" });
    return outcome.kind === "done" ? { value: outcome.value } : null;
  }

  /** A change of what is held, which is read again before it is said that it was refused: the next try is under its new tag. */
  protected saved(held: Held, change: Partial<Preferences>, done: string, again: (held: Held) => void): Promise<{ value: Held } | null> {
    return this.attempt(async () => {
      const changed = await preferences.change(held, change);
      const read = changed.kind === "refused" ? await preferences.read() : changed;
      if (read.kind === "done") again(read.value);
      return changed;
    }, done);
  }

  /** What a list or a form is made from, as it was read; a refusal of the reading is shown in its place. */
  protected async read<T>(call: Promise<Outcome<T>>): Promise<T | null> {
    const outcome = await call;
    if (outcome.kind === "refused") this.refuse(outcome.message, "read");
    else if (this.#refused === "read") this.refusal = null;
    return outcome.kind === "done" ? outcome.value : null;
  }

  protected value(id: string): string {
    return this.querySelector<HTMLInputElement | HTMLSelectElement>(`#${id}`)?.value ?? "";
  }

  protected alert(form = ""): TemplateResult {
    const here = this.#refused === form || (form === "" && this.#refused === "read");
    return html`<p role="alert" class="refusal">${here ? (this.refusal ?? nothing) : nothing}</p>`;
  }

  /** Until what is shown has been read; with the way to ask again once that has failed. */
  protected waiting(retry: () => void): TemplateResult {
    return this.refusal === null
      ? html`<div class="skeleton" role="status"><span class="unseen">${text.loading}</span></div>`
      : html`<div class="empty"><p role="alert">${this.refusal}</p><button @click=${() => { this.refusal = null; retry(); }}>${text.retry}</button></div>`;
  }
}
