// A button with a few choices: a popover, so Escape and a click elsewhere close it and the browser keeps the focus. The
// choices are in the page only while it is open: a long list has many menus.
import { html, nothing } from "lit";
import { Piece } from "./element.ts";

export interface Choice {
  label: string;
  choose: () => void;
}

let count = 0;

class Menu extends Piece {
  // Asked for when it opens, so that a list that is drawn anew draws none of its menus.
  static override properties = { label: {}, choices: { attribute: false, hasChanged: () => false }, open: { state: true } };
  declare label: string;
  declare choices: () => readonly Choice[];
  declare open: boolean;
  readonly #id = `menu-${String(++count)}`;

  constructor() {
    super();
    this.label = "";
    this.choices = () => [];
    this.open = false;
  }

  readonly #opening = (event: ToggleEvent): void => {
    this.open = event.newState === "open";
  };

  readonly #opened = (event: ToggleEvent): void => {
    if (event.newState === "open") this.querySelector<HTMLElement>(".choices button")?.focus();
  };

  #chosen(choice: Choice): void {
    this.querySelector<HTMLElement>(".choices")?.hidePopover();
    choice.choose();
  }

  override render() {
    return html`<button popovertarget=${this.#id}>${this.label}</button>
      <div id=${this.#id} class="choices" popover @beforetoggle=${this.#opening} @toggle=${this.#opened}>
        ${this.open ? this.choices().map((choice) => html`<button @click=${() => { this.#chosen(choice); }}>${choice.label}</button>`) : nothing}
      </div>`;
  }
}

customElements.define("mf-menu", Menu);
