// The sheet of keys: those of the frame and the pages' own. It is read beside the page, and nothing has to be answered: so it is
// no modal dialog, for which the browser would style all of the page anew.
import { html, type TemplateResult } from "lit";
import { text } from "../strings.ts";
import { Piece } from "./element.ts";
import { shownKeys } from "./keys-in-force.ts";

type Keys = readonly (readonly [string, string])[];

class Help extends Piece {
  /** The pages, with their keys. */
  pages: Keys = [];

  open(): void {
    // The keys may be others since.
    this.requestUpdate();
    this.querySelector("dialog")?.showPopover();
  }

  override render() {
    // The focus stays in it when it is clicked on.
    return html`<dialog id="help" class="help" popover tabindex="-1" aria-labelledby="help-title">
      <div class="top"><h2 id="help-title">${text.keys}</h2><button class="icon" popovertarget="help" popovertargetaction="hide" aria-label=${text.close}>×</button></div>
      <div class="parts">${[...text.keySheet, { heading: text.goTo, keys: this.pages }].map(({ heading, keys }) => this.#part(heading, keys))}</div>
      <p class="hint"><a href="/settings/shortcuts" @click=${() => this.querySelector("dialog")?.hidePopover()}>${text.changeKeys}</a></p>
    </dialog>`;
  }

  #part(heading: string, keys: Keys): TemplateResult {
    return html`<section><h3>${heading}</h3>
      <dl>${keys.map(([pressed, meaning]) => {
        const now = shownKeys(pressed);
        return html`<div><dt>${now.length === 0 ? html`<span class="quiet">${text.keyOff}</span>` : now.map((key) => html`<kbd>${key}</kbd>`)}</dt><dd>${meaning}</dd></div>`;
      })}</dl>
    </section>`;
  }
}

customElements.define("mf-help", Help);

export type HelpSheet = Help;
