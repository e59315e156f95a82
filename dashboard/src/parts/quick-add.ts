// One line that becomes a task: what was understood is highlighted while typing, and each token can be made text again.
import { html } from "lit";
import { tasks } from "../api/client.ts";
import { asLocal } from "../logic/days.ts";
import { read, restOf, type FoundDate, type Reading, type Token } from "../logic/quick-add.ts";
import { zone } from "../preferences.ts";
import { text } from "../strings.ts";
import { Piece } from "./element.ts";
import { findDates, prepareDates } from "./find-dates.ts";
import { show } from "./show.ts";
import { tell } from "./toasts.ts";

class QuickAdd extends Piece {
  static override properties = { line: { state: true }, dates: { state: true }, kept: { state: true } };
  declare line: string;
  /** Those that were found last: of this line, or of what it was a moment ago. */
  declare dates: readonly FoundDate[];
  declare kept: ReadonlySet<string>;
  /** Kept when all that was sent is made. */
  #sent: Promise<void> = Promise.resolve();

  constructor() {
    super();
    this.line = "";
    this.dates = [];
    this.kept = new Set();
  }

  /** The shortcut of the installed app leads here. */
  protected override firstUpdated(): void {
    if (location.hash === "#quick-add") this.begin("");
  }

  /** Goes on with a line that was begun elsewhere. */
  begin(line: string): void {
    this.line = line;
    this.querySelector("input")?.focus();
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    // Who cannot load them writes without; they are told when they send the line.
    if (changed.has("line")) void this.#find(this.line).catch(() => []);
  }

  /** Shows the dates of a line once they are found, if it is still what is written. */
  async #find(line: string): Promise<readonly FoundDate[]> {
    let dates: readonly FoundDate[] = [];
    // Where nothing is written, nobody waits for the clock: its first use in a page is slow.
    if (line !== "") {
      const now = asLocal(new Date(), zone());
      dates = await findDates(restOf(line, now), now);
    }
    if (line === this.line) this.dates = dates;
    return dates;
  }

  readonly #typed = (event: InputEvent): void => {
    this.line = (event.target as HTMLInputElement).value;
    if (this.line === "") this.kept = new Set();
  };

  /** The line is sent as it stands, and the field is free for the next one; they are made in the order in which they were written. */
  readonly #add = (event: SubmitEvent): void => {
    event.preventDefault();
    const [line, kept] = [this.line, this.kept];
    if (line.trim() === "") return;
    [this.line, this.kept] = ["", new Set()];
    this.#sent = this.#sent.then(() => this.#send(line, kept));
  };

  async #send(line: string, kept: ReadonlySet<string>): Promise<void> {
    try {
      // A line that was pasted and sent at once must be read with its dates, too.
      const { task } = reading(line, await this.#find(line), kept);
      if (task.title === "") task.title = line.trim();
      const outcome = await tasks.create(task);
      tell(outcome, text.added(task.title));
      if (outcome.kind === "refused") this.#giveBack(line, kept);
      else this.dispatchEvent(new Event("mf-changed", { bubbles: true }));
    } catch {
      show({ message: text.notLoaded, tone: "bad" });
      this.#giveBack(line, kept);
    }
  }

  /** A line that was not taken is there again, before what has been written since. */
  #giveBack(line: string, kept: ReadonlySet<string>): void {
    this.line = this.line === "" ? line : `${line} ${this.line}`;
    this.kept = new Set([...kept, ...this.kept]);
  }

  /** The marks stay beneath their words in a line that is longer than the field. */
  readonly #scrolled = (event: Event): void => {
    this.querySelector(".marked")?.scrollTo({ left: (event.target as HTMLInputElement).scrollLeft });
  };

  #keep(token: Token): void {
    this.kept = new Set([...this.kept, token.text]);
    this.querySelector("input")?.focus();
  }

  /** The line once more, beneath the field's own text, with its tokens marked. */
  #marked(tokens: readonly Token[]) {
    let at = 0;
    const pieces = tokens.map((token) => {
      const before = this.line.slice(at, token.start);
      at = token.end;
      return html`${before}<mark class=${token.kind}>${this.line.slice(token.start, token.end)}</mark>`;
    });
    return html`<div class="marked" aria-hidden="true">${pieces}${this.line.slice(at)}</div>`;
  }

  override render() {
    const { tokens } = reading(this.line, this.dates, this.kept);
    return html`<form class="quick-add" @submit=${this.#add}>
      <label for="quick-add" class="unseen">${text.add}</label>
      <div class="line">
        ${this.#marked(tokens)}
        <input id="quick-add" autocomplete="off" enterkeyhint="done" maxlength="500" placeholder=${text.addPlaceholder}
          aria-describedby="quick-add-hint" .value=${this.line} @input=${this.#typed} @focus=${prepareDates}
          @scroll=${this.#scrolled} />
      </div>
      <button class="primary">${text.addButton}</button>
      <p id="quick-add-hint" class="hint">
        ${tokens.length === 0
          ? text.addHint
          : tokens.map((token) => html`<button type="button" class="token ${token.kind}" aria-label=${text.removeToken(token.text)} @click=${() => { this.#keep(token); }}>${token.text}<span aria-hidden="true"> ×</span></button>`)}
      </p>
    </form>`;
  }
}

/** With the dates that are still where they were found: one letter later those of the line before are all that is known. */
function reading(line: string, dates: readonly FoundDate[], kept: ReadonlySet<string>): Reading {
  if (line === "") return { tokens: [], task: { title: "" } };
  const there = (rest: string) => dates.filter(({ index, text }) => rest.startsWith(text, index));
  return read(line, asLocal(new Date(), zone()), there, kept);
}

customElements.define("mf-quick-add", QuickAdd);

export type QuickAddLine = QuickAdd;
