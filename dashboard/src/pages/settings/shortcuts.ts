// Keys of one's own on this device: another key for what a key does, or none; and all single keys off at once.
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { chord } from "../../logic/keys.ts";
import type { OwnKeys } from "../../logic/own-keys.ts";
import { pages } from "../../pages.ts";
import { Piece } from "../../parts/element.ts";
import { keepOwnKeys, ownKeys } from "../../parts/keys-in-force.ts";
import { show } from "../../parts/show.ts";
import { text } from "../../strings.ts";
import { words } from "../../strings-settings.ts";

type Known = Awaited<ReturnType<typeof ownKeys>>;

class Shortcuts extends Piece {
  static override properties = { known: { state: true }, refusal: { state: true } };
  declare known: Known | null;
  declare refusal: { id: string; message: string } | null;

  constructor() {
    super();
    this.known = null;
    this.refusal = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("storage", this.#read);
    this.#read();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("storage", this.#read);
  }

  readonly #read = (): void => {
    void ownKeys().then((known) => (this.known = known));
  };

  #keep(own: OwnKeys, message: string, back?: OwnKeys): void {
    if (!this.known) return;
    [this.known, this.refusal] = [{ ...this.known, own }, null];
    const lasts = keepOwnKeys(own);
    show(lasts ? { message, tone: "good", ...(back ? { back: () => { this.#keep(back, words.ownKeys.asBefore); } } : {}) } : { message: words.ownKeys.notKept, tone: "waiting" });
  }

  #assign(id: string, pressed: string | null | undefined): void {
    const { known } = this;
    if (!known) return;
    const assigned = known.module.assign(known.own, known.ids, id, pressed);
    if (assigned === "unfit") this.refusal = { id, message: words.ownKeys.unfit };
    else if ("taken" in assigned) this.refusal = { id, message: words.ownKeys.taken(pressed ?? id, nameOf(assigned.taken)) };
    else if (known.module.writeOwnKeys(assigned.own) === known.module.writeOwnKeys(known.own)) this.refusal = null;
    else this.#keep(assigned.own, pressed === null ? words.ownKeys.hasNone(nameOf(id)) : words.ownKeys.isOn(nameOf(id), pressed ?? id));
  }

  readonly #pressed = (event: KeyboardEvent, id: string): void => {
    const none = event.key === "Backspace" || event.key === "Delete";
    if (event.ctrlKey || event.metaKey || event.isComposing || (!none && event.key.length !== 1)) return;
    event.preventDefault();
    this.#assign(id, none ? null : chord(event));
  };

  /** Keyboards on glass say what was written, not which key it was. */
  readonly #written = (event: Event, id: string): void => {
    const { value } = event.target as HTMLInputElement;
    this.#assign(id, value === "" ? null : value.slice(-1));
    this.requestUpdate();
  };

  override render() {
    const { known } = this;
    if (!known) return html`<div class="skeleton" role="status"><span class="unseen">${text.loading}</span></div>`;
    const { own, module } = known;
    const changed = module.writeOwnKeys(own) !== null;
    return html`<section class="card">
        <label class="on-off"><input type="checkbox" role="switch" aria-describedby="single-hint" .checked=${live(!own.off)} @change=${() => { this.#keep({ ...own, off: !own.off }, own.off ? words.ownKeys.on : words.ownKeys.off); }} />${words.ownKeys.single}</label>
        <p class="hint" id="single-hint">${words.ownKeys.singleHint}</p>
      </section>
      <p class="hint" id="keys-hint">${words.ownKeys.hint}</p>
      ${text.keySheet.map(({ heading, keys }) => this.#card(known, heading, keys.flatMap(([pressed]) => pressed.split(" ").filter((key) => key.length === 1))))}
      ${this.#card(known, words.ownKeys.pages, pages.map(({ key }) => `g ${key}`))}
      <div class="actions"><button ?disabled=${!changed} @click=${() => { this.#keep(module.untouched, words.ownKeys.reset, own); }}>${words.ownKeys.resetAll}</button></div>`;
  }

  #card(known: Known, heading: string, ids: readonly string[]): TemplateResult {
    return html`<section class="card"><h2>${heading}</h2><ul class="own-keys">${ids.map((id) => this.#row(known.own, id))}</ul></section>`;
  }

  #row(own: OwnKeys, id: string): TemplateResult {
    const name = nameOf(id);
    const field = `key-${Array.from(id, (sign) => sign.codePointAt(0)).join("-")}`;
    const usual = id.split(" ").at(-1) ?? id;
    const key = own.keys[id] === undefined ? usual : own.keys[id];
    const refusal = this.refusal?.id === id ? this.refusal.message : null;
    return html`<li class=${own.off && key?.length === 1 ? "idle" : ""}>
      <label for=${field}>${name}</label>
      ${key === usual ? nothing : html`<button class="plain" aria-label=${words.ownKeys.againFor(usual, name)} @click=${() => { this.#assign(id, undefined); }}>${words.ownKeys.again(usual)}</button>`}
      <input id=${field} autocomplete="off" autocapitalize="none" spellcheck="false" placeholder=${words.ownKeys.none} aria-describedby="keys-hint ${field}-refusal" aria-invalid=${refusal === null ? nothing : "true"}
        .value=${live(key ?? "")} @focus=${(event: Event) => { (event.target as HTMLInputElement).select(); }} @keydown=${(event: KeyboardEvent) => { this.#pressed(event, id); }} @input=${(event: Event) => { this.#written(event, id); }} />
      <p id="${field}-refusal" role="alert" class="refusal">${refusal ?? nothing}</p>
    </li>`;
  }
}

/** What a key does, in a line of its own. */
function nameOf(id: string): string {
  const page = pages.find(({ key }) => id === `g ${key}`);
  if (page) return page.label;
  return words.ownKeys.names[id] ?? text.keySheet.flatMap(({ keys }) => keys).find(([pressed]) => pressed.split(" ").includes(id))?.[1] ?? id;
}

customElements.define("mf-settings-shortcuts", Shortcuts);
