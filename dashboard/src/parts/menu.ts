// A button with a few choices: a popover, so Escape and a click elsewhere close it and the browser keeps the focus. The
// choices are in the page only while it is open. What many buttons share, as the rows of a list do, is one <mf-choices>.
import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import type { DateWordsPart } from "./date-words.ts";
import { Piece } from "./element.ts";

export interface Choice {
  label: string;
  choose: () => void;
}

/** What a menu offers: asked for when it opens, so that what is drawn anew draws none of its menus. */
export interface Offer {
  choices: () => readonly Choice[];
  /** What stands below the choices, where they are not all. */
  foot: () => TemplateResult | typeof nothing;
}

/** Nothing below the choices. */
export const noFoot: Offer["foot"] = () => nothing;

let count = 0;

/** The choices by themselves. Who has it gives it `popover` and `class="choices"`, and a button points at its id. */
class Choices extends Piece implements Offer {
  static override properties = { choices: { attribute: false, hasChanged: () => false }, foot: { attribute: false, hasChanged: () => false }, opened: { state: true } };
  declare choices: () => readonly Choice[];
  declare foot: () => TemplateResult | typeof nothing;
  /** Which opening this is; null while it is closed. */
  declare opened: number | null;

  constructor() {
    super();
    this.choices = () => [];
    this.foot = noFoot;
    this.opened = null;
    this.addEventListener("beforetoggle", ({ newState }) => {
      if (newState === "open") this.opened = ++count;
    });
    this.addEventListener("toggle", ({ newState }) => {
      // Only once it is closed: the focus is given back from what is still there.
      if (newState === "closed") this.opened = null;
      else this.querySelector("button")?.focus();
    });
    this.addEventListener("keydown", this.#typed);
  }

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
    this.hidePopover();
    choice.choose();
  }

  override render() {
    if (this.opened === null) return nothing;
    return keyed(this.opened, [this.choices().map((choice) => html`<button @click=${() => { this.#chosen(choice); }}>${choice.label}</button>`), this.foot()]);
  }
}

class Menu extends Piece implements Offer {
  static override properties = { label: {}, choices: { attribute: false, hasChanged: () => false }, foot: { attribute: false, hasChanged: () => false } };
  declare label: string;
  declare choices: () => readonly Choice[];
  declare foot: () => TemplateResult | typeof nothing;
  readonly #id = `menu-${String(++count)}`;

  constructor() {
    super();
    this.label = "";
    this.choices = () => [];
    this.foot = noFoot;
  }

  override render() {
    return html`<button popovertarget=${this.#id}>${this.label}</button>
      <mf-choices id=${this.#id} class="choices" popover .choices=${() => this.choices()} .foot=${() => this.foot()}></mf-choices>`;
  }
}

customElements.define("mf-choices", Choices);
customElements.define("mf-menu", Menu);
