// A button with a few choices: a popover, so Escape and a click elsewhere close it and the browser keeps the focus.
import { html } from "lit";
import { Piece } from "./element.ts";

export interface Choice {
  label: string;
  choose: () => void;
}

let count = 0;

class Menu extends Piece {
  static override properties = { label: {}, choices: { attribute: false } };
  declare label: string;
  declare choices: readonly Choice[];
  readonly #id = `menu-${String(++count)}`;

  constructor() {
    super();
    this.label = "";
    this.choices = [];
  }

  readonly #opened = (event: ToggleEvent): void => {
    if (event.newState === "open") this.querySelector<HTMLElement>(".choices button")?.focus();
  };

  #chosen(choice: Choice): void {
    this.querySelector<HTMLElement>(".choices")?.hidePopover();
    choice.choose();
  }

  override render() {
    return html`<button popovertarget=${this.#id}>${this.label}</button>
      <div id=${this.#id} class="choices" popover @toggle=${this.#opened}>
        ${this.choices.map((choice) => html`<button @click=${() => { this.#chosen(choice); }}>${choice.label}</button>`)}
      </div>`;
  }
}

customElements.define("mf-menu", Menu);
