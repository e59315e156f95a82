// The sheet of keys: those of the frame and the pages' own.
import { html, type TemplateResult } from "lit";
import { text } from "../strings.ts";
import { Piece } from "./element.ts";

type Keys = readonly (readonly [string, string])[];

class Help extends Piece {
  /** The pages, with their keys. */
  pages: Keys = [];

  open(): void {
    this.querySelector("dialog")?.showModal();
  }

  override render() {
    return html`<dialog class="help" aria-labelledby="help-title" closedby="any">
      <form method="dialog"><h2 id="help-title">${text.keys}</h2><button class="icon" aria-label=${text.close}>×</button></form>
      <div class="parts">${[...text.keySheet, { heading: text.goTo, keys: this.pages }].map(({ heading, keys }) => this.#part(heading, keys))}</div>
    </dialog>`;
  }

  #part(heading: string, keys: Keys): TemplateResult {
    return html`<section><h3>${heading}</h3>
      <dl>${keys.map(([pressed, meaning]) => html`<div><dt>${pressed.split(" ").map((key) => html`<kbd>${key}</kbd>`)}</dt><dd>${meaning}</dd></div>`)}</dl>
    </section>`;
  }
}

customElements.define("mf-help", Help);

export type HelpSheet = Help;
