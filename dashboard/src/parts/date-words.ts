// A day in words, at the foot of a menu of days: what is understood is shown, and read out, while it is written, and taken by
// Enter. Loaded with the first such menu that is opened; the grammar of dates when somebody begins to write.
import { html, nothing } from "lit";
import { readWords, type When, type Words } from "../logic/date-words.ts";
import { asLocal, dayInFull, timeLabel } from "../logic/days.ts";
import type { FindDates } from "../logic/quick-add.ts";
import { today, zone } from "../preferences.ts";
import { text } from "../strings.ts";
import { daysToChoose } from "./days.ts";
import { Piece } from "./element.ts";

let count = 0;

class DateWords extends Piece {
  static override properties = { choose: { attribute: false, hasChanged: () => false }, line: { state: true }, findDates: { state: true }, refused: { state: true } };
  declare choose: (when: When) => void;
  declare line: string;
  declare findDates: FindDates | null;
  /** The line that was sent and not understood. */
  declare refused: string | null;
  readonly #id = `date-words-${String(++count)}`;

  constructor() {
    super();
    this.choose = () => undefined;
    this.line = "";
    this.findDates = null;
    this.refused = null;
  }

  /** A key that was pressed before the field had the focus. */
  async type(key: string): Promise<void> {
    if (key !== "Enter") this.line += key;
    await this.updateComplete;
    this.querySelector("input")?.focus();
    if (key === "Enter") this.querySelector("form")?.requestSubmit();
  }

  readonly #load = async (): Promise<FindDates> => (this.findDates ??= (await import("../logic/find-dates.ts")).findDates);

  readonly #typed = (event: InputEvent): void => {
    this.line = (event.target as HTMLInputElement).value;
  };

  readonly #sent = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    // A line that was pasted and sent at once is read, too.
    const words = this.#read(await this.#load());
    if (words.kind === "when") {
      this.closest<HTMLElement>("[popover]")?.hidePopover();
      this.choose(words.when);
    } else this.refused = this.line;
  };

  #read(findDates: FindDates): Words {
    return readWords(this.line, asLocal(new Date(), zone()), findDates, daysToChoose(today()));
  }

  override render() {
    const words = this.findDates === null ? null : this.#read(this.findDates);
    const refused = this.refused === this.line && words !== null && words.kind !== "when";
    return html`<form class="in-words" @submit=${this.#sent}>
      <label for=${this.#id}>${text.inWords}</label>
      <div class="with-button"><input id=${this.#id} autocomplete="off" autocapitalize="none" spellcheck="false" enterkeyhint="done" maxlength="100" placeholder=${text.inWordsExample}
        aria-describedby="${this.#id}-read" aria-invalid=${refused ? "true" : nothing} .value=${this.line} @input=${this.#typed} @focus=${this.#load} /><button class="primary">${text.move}</button></div>
      <p id="${this.#id}-read" role="status" class="hint ${refused ? "refusal" : words?.kind === "when" ? "understood" : ""}">${words === null ? text.inWordsHint : said(words, refused)}</p>
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
