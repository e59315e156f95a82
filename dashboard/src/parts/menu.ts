// A button with a few choices: a popover, so Escape and a click elsewhere close it and the browser keeps the focus. The
// choices are in the page only while it is open: a long list has many menus.
import { html, nothing, type TemplateResult } from "lit";
import type { DateWordsPart } from "./date-words.ts";
import { Piece } from "./element.ts";

export interface Choice {
  label: string;
  choose: () => void;
}

let count = 0;

class Menu extends Piece {
  // Asked for when it opens, so that a list that is drawn anew draws none of its menus.
  static override properties = { label: {}, choices: { attribute: false, hasChanged: () => false }, foot: { attribute: false, hasChanged: () => false }, open: { state: true } };
  declare label: string;
  declare choices: () => readonly Choice[];
  /** What stands below the choices, where they are not all. */
  declare foot: () => TemplateResult | typeof nothing;
  declare open: boolean;
  readonly #id = `menu-${String(++count)}`;

  constructor() {
    super();
    this.label = "";
    this.choices = () => [];
    this.foot = () => nothing;
    this.open = false;
  }

  readonly #opening = (event: ToggleEvent): void => {
    if (event.newState === "open") this.open = true;
  };

  readonly #toggled = (event: ToggleEvent): void => {
    // Only once it is closed: the focus is given back from what is still there.
    if (event.newState === "closed") this.open = false;
    else this.querySelector<HTMLElement>(".choices button")?.focus();
  };

  /** A letter begins the answer in words, where one can be given. Its field may only be on its way: what is typed waits for it. */
  readonly #typed = (event: KeyboardEvent): void => {
    const words = this.querySelector<DateWordsPart>("mf-date-words");
    if (words === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const waiting = event.target === words;
    if (waiting ? event.key.length > 1 && event.key !== "Enter" : words.contains(event.target as Node) || !/^[\p{L}\p{N}]$/u.test(event.key)) return;
    event.preventDefault();
    words.focus();
    void customElements.whenDefined("mf-date-words").then(() => words.type(event.key));
  };

  #chosen(choice: Choice): void {
    this.querySelector<HTMLElement>(".choices")?.hidePopover();
    choice.choose();
  }

  override render() {
    return html`<button popovertarget=${this.#id}>${this.label}</button>
      <div id=${this.#id} class="choices" popover @beforetoggle=${this.#opening} @toggle=${this.#toggled} @keydown=${this.#typed}>
        ${this.open ? [this.choices().map((choice) => html`<button @click=${() => { this.#chosen(choice); }}>${choice.label}</button>`), this.foot()] : nothing}
      </div>`;
  }
}

customElements.define("mf-menu", Menu);
