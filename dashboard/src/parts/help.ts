// The sheet of keys.
import { html } from "lit";
import { text } from "../strings.ts";
import { Piece } from "./element.ts";

class Help extends Piece {
  open(): void {
    this.querySelector("dialog")?.showModal();
  }

  override render() {
    return html`<dialog class="help" aria-labelledby="help-title" closedby="any">
      <form method="dialog"><h2 id="help-title">${text.keys}</h2><button class="icon" aria-label=${text.close}>×</button></form>
      <dl>${text.keyHelp.map(([keys, meaning]) => html`<div><dt>${keys.split(" ").map((key) => html`<kbd>${key}</kbd>`)}</dt><dd>${meaning}</dd></div>`)}</dl>
    </dialog>`;
  }
}

customElements.define("mf-help", Help);

export type HelpSheet = Help;
