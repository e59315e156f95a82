// A secret that is shown this once, with a button that copies it.
import { html, nothing } from "lit";
import { words } from "../strings-settings.ts";
import { Piece } from "./element.ts";

class Secret extends Piece {
  static override properties = { label: {}, value: { attribute: false }, told: { state: true } };
  declare label: string;
  declare value: string;
  declare told: string | null;

  constructor() {
    super();
    this.label = "";
    this.value = "";
    this.told = null;
  }

  protected override firstUpdated(): void {
    this.#field()?.focus();
  }

  #field(): HTMLInputElement | null {
    return this.querySelector("input");
  }

  readonly #copy = async (): Promise<void> => {
    this.#field()?.select();
    try {
      await navigator.clipboard.writeText(this.value);
      this.told = words.copied;
    } catch {
      // Not allowed here: it is selected, and the person's own keys copy it.
      this.told = words.copyYourself;
    }
  };

  override render() {
    return html`<div class="secret">
      <label for="secret">${this.label}</label>
      <div class="secret-line">
        <input id="secret" readonly spellcheck="false" autocomplete="off" aria-describedby="secret-hint" .value=${this.value} @focus=${() => { this.#field()?.select(); }} />
        <button type="button" class="primary" @click=${this.#copy}>${words.copy}</button>
      </div>
      <p class="hint" id="secret-hint">${words.shownOnce}</p>
      <p role="status" class="hint">${this.told ?? nothing}</p>
    </div>`;
  }
}

customElements.define("mf-secret", Secret);
