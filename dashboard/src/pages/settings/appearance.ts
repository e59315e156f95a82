// How it looks on this device: at once, and kept here alone.
import { html, type TemplateResult } from "lit";
import { densities, looksKey, readLooks, themes, writeLooks, type Looks } from "../../logic/theme.ts";
import { Piece } from "../../parts/element.ts";
import { applyLooks, keepLooks, keptLooks } from "../../parts/looks.ts";
import { words } from "../../strings-settings.ts";

class Appearance extends Piece {
  static override properties = { looks: { state: true } };
  declare looks: Looks;

  constructor() {
    super();
    this.looks = keptLooks();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("storage", this.#elsewhere);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("storage", this.#elsewhere);
  }

  readonly #elsewhere = ({ key, newValue }: StorageEvent): void => {
    if (key === looksKey) this.looks = readLooks(newValue);
  };

  #choose(change: Partial<Looks>): void {
    this.looks = { ...this.looks, ...change };
    keepLooks(writeLooks(this.looks));
    applyLooks(this.looks);
  }

  #choices<T extends string>(name: keyof Looks, legend: string, values: readonly T[], labels: Record<T, readonly [string, string]>): TemplateResult {
    return html`<fieldset class="card">
      <legend>${legend}</legend>
      <div class="tiles">${values.map((value) => html`<label class="tile">
          <input type="radio" name=${name} value=${value} .checked=${this.looks[name] === value} @change=${() => { this.#choose({ [name]: value }); }} />
          <span class="sample ${name}-${value}" aria-hidden="true"><i></i><i></i><i></i></span>
          <span class="tile-label">${labels[value][0]}</span><span class="hint">${labels[value][1]}</span>
        </label>`)}</div>
    </fieldset>`;
  }

  override render() {
    return html`${this.#choices("theme", words.theme, themes, words.themes)}
      ${this.#choices("density", words.density, densities, words.densities)}
      <p class="hint">${words.motionHint}</p>`;
  }
}

customElements.define("mf-settings-appearance", Appearance);
