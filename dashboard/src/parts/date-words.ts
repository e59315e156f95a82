// A day in words, at the foot of a menu of days: what is understood is shown, and read out, while it is written, and taken by
// Enter. Loaded with the first such menu that is opened.
import { html, nothing } from "lit";
import { readWords, saidIn, type When, type Words } from "../logic/date-words.ts";
import { asLocal, dayInFull, timeLabel } from "../logic/days.ts";
import { today, zone } from "../preferences.ts";
import { text } from "../strings.ts";
import { daysToChoose } from "./days.ts";
import { Piece } from "./element.ts";
import { findDates, prepareDates } from "./find-dates.ts";
import { show } from "./show.ts";

let count = 0;

class DateWords extends Piece {
  static override properties = { choose: { attribute: false, hasChanged: () => false }, line: { state: true }, words: { state: true }, refused: { state: true } };
  declare choose: (when: When) => void;
  declare line: string;
  /** How the line was read last: as it is, or as it was a moment ago. */
  declare words: Words;
  /** The line that was sent and not understood. */
  declare refused: string | null;
  readonly #id = `date-words-${String(++count)}`;

  constructor() {
    super();
    this.choose = () => undefined;
    this.line = "";
    this.words = { kind: "none" };
    this.refused = null;
  }

  /** A key that was pressed before the field had the focus. */
  async type(key: string): Promise<void> {
    if (key !== "Enter") this.line += key;
    await this.updateComplete;
    this.querySelector("input")?.focus();
    if (key === "Enter") this.querySelector("form")?.requestSubmit();
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    // Who cannot load the grammar is told when they send the line.
    if (changed.has("line")) void this.#read(this.line).catch(() => null);
  }

  readonly #typed = (event: InputEvent): void => {
    this.line = (event.target as HTMLInputElement).value;
  };

  readonly #sent = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    try {
      // A line that was pasted and sent at once is read, too.
      const words = await this.#read(this.line);
      if (words.kind === "when") {
        this.closest<HTMLElement>("[popover]")?.hidePopover();
        this.choose(words.when);
      } else this.refused = this.line;
    } catch {
      show({ message: text.notLoaded, tone: "bad" });
    }
  };

  /** Shows how a line is read, if it is still what is written. */
  async #read(line: string): Promise<Words> {
    const said = saidIn(line);
    const words = readWords(line, said === "" ? [] : await findDates(said, asLocal(new Date(), zone())), daysToChoose(today()));
    if (line === this.line) this.words = words;
    return words;
  }

  override render() {
    const words = this.words;
    const refused = this.refused === this.line && words.kind !== "when";
    return html`<form class="in-words" @submit=${this.#sent}>
      <label for=${this.#id}>${text.inWords}</label>
      <div class="with-button"><input id=${this.#id} autocomplete="off" autocapitalize="none" spellcheck="false" enterkeyhint="done" maxlength="100" placeholder=${text.inWordsExample}
        aria-describedby="${this.#id}-read" aria-invalid=${refused ? "true" : nothing} .value=${this.line} @input=${this.#typed} @focus=${prepareDates} /><button class="primary">${text.move}</button></div>
      <p id="${this.#id}-read" role="status" class="hint ${refused ? "refusal" : words.kind === "when" ? "understood" : ""}">${said(words, refused)}</p>
    </form>`;
  }
}

function said(words: Words, refused: boolean): string {
  switch (words.kind) {
    case "none":
      return refused ? text.inWordsNone : text.inWordsHint;
    case "several":
      return text.inWordsSeveral;
    case "unread":
      return text.inWordsUnread(words.rest);
    case "when": {
      const { day, time } = words.when;
      if (day === null) return text.noDate;
      const locale = navigator.language;
      const full = dayInFull(day, locale, day.slice(0, 4) !== today().slice(0, 4));
      return time === null ? full : `${full}, ${timeLabel(`${day}T${time}`, locale) ?? time}`;
    }
  }
}

customElements.define("mf-date-words", DateWords);

export type DateWordsPart = DateWords;
