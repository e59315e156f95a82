// A part of the dashboard that is loaded when it is first opened. What cannot be loaded, as after a deployment that took
// its file away, comes with the page when that is loaded again.
import { html, type PropertyValues, type TemplateResult } from "lit";
import { text } from "../strings.ts";
import { Piece } from "./element.ts";

class Late extends Piece {
  static override properties = { load: { attribute: false }, show: { attribute: false }, state: { state: true } };
  /** The same function each time: what it imports is loaded when it changes. */
  declare load: () => Promise<unknown>;
  declare show: () => TemplateResult;
  declare state: "loading" | "ready" | "failed";

  constructor() {
    super();
    this.state = "loading";
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("load")) return;
    const { load } = this;
    this.state = "loading";
    const ended = (state: "ready" | "failed") => () => {
      if (this.load === load) this.state = state;
    };
    void load().then(ended("ready"), ended("failed"));
  }

  override render() {
    if (this.state === "ready") return this.show();
    return this.state === "loading"
      ? html`<div class="skeleton tall" role="status"><span class="unseen">${text.loading}</span></div>`
      : html`<div class="empty"><p role="alert">${text.offline}</p><button @click=${() => { location.reload(); }}>${text.retry}</button></div>`;
  }
}

customElements.define("mf-late", Late);
