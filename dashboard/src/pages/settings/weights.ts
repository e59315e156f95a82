// What counts how much when MindFlow chooses the next task; beside it the order that follows, before anything is saved.
import { html, nothing, type TemplateResult } from "lit";
import { preferences, type Held, type PreviewItem, type Weights } from "../../api/settings.ts";
import { factors, isSame, most, places, presetOf, presets, readWeight, weightsOf, type Factor, type Preset } from "../../logic/weights.ts";
import { text } from "../../strings.ts";
import { words } from "../../strings-settings.ts";
import { Section } from "./section.ts";

const patienceMilliseconds = 250;
const shown = 8;

class WeightsSection extends Section {
  static override properties = { ...Section.properties, held: { state: true }, weights: { state: true }, items: { state: true } };
  declare held: Held | null;
  declare weights: Weights;
  declare items: PreviewItem[] | null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  constructor() {
    super();
    this.held = null;
    this.weights = weightsOf("balanced");
    this.items = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  /** News of tasks: the order may be another one; what is being set stays. */
  async reload(): Promise<void> {
    await this.#preview();
  }

  async #load(): Promise<void> {
    const held = await this.read(preferences.read());
    if (held === null) return;
    [this.held, this.weights] = [held, held.preferences.weights];
    await this.#preview();
  }

  /** An answer that a later question has overtaken is dropped. */
  async #preview(): Promise<void> {
    const asked = ++this.#asked;
    const outcome = await preferences.preview(this.weights);
    if (asked !== this.#asked) return;
    if (outcome.kind === "done") [this.items, this.refusal] = [outcome.value.items, null];
    else if (outcome.kind === "refused") this.refuse(outcome.message);
  }

  #set(weights: Weights): void {
    this.weights = weights;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#preview(), patienceMilliseconds);
  }

  #typed(factor: Factor, event: Event): void {
    const weight = readWeight((event.target as HTMLInputElement).value);
    if (weight !== null) this.#set({ ...this.weights, [factor]: weight });
  }

  readonly #save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { held, weights } = this;
    if (held === null) return;
    if (await this.saved(held, { weights }, words.weightsSaved, (next) => (this.held = next))) await this.#preview();
  };

  override render() {
    if (this.held === null) return this.waiting(() => void this.#load());
    const changed = !isSame(this.weights, this.held.preferences.weights);
    const chosen = presetOf(this.weights);
    const saved = this.held.preferences.weights;
    return html`<div class="weights">
      <form class="card" @submit=${this.#save}>
        <fieldset class="presets"><legend>${words.presets}</legend>
          ${(Object.keys(presets) as Preset[]).map((preset) => html`<button type="button" aria-pressed=${preset === chosen} @click=${() => { this.#set(weightsOf(preset)); }}>${words.presetNames[preset]}</button>`)}
        </fieldset>
        ${factors.map((factor) => this.#factor(factor))}
        ${this.alert()}
        <div class="actions">
          <button class="primary" ?disabled=${this.busy || !changed}>${words.saveWeights}</button>
          <button type="button" ?disabled=${!changed} @click=${() => { this.#set(saved); }}>${words.asBefore}</button>
        </div>
      </form>
      <section class="card preview" aria-labelledby="preview-heading">
        <h2 id="preview-heading">${changed ? words.previewHeading : words.orderHeading}</h2>
        ${this.#order()}
      </section>
    </div>`;
  }

  #factor(factor: Factor): TemplateResult {
    const weight = this.weights[factor];
    const label = text.factor(factor);
    return html`<div class="weight">
      <label for="weight-${factor}">${label}</label>
      <input id="weight-${factor}" type="range" min="0" max=${most} step="0.05" .value=${String(weight)} aria-describedby="weight-${factor}-hint"
        aria-valuetext=${words.times(weight)} @input=${(event: Event) => { this.#typed(factor, event); }} />
      <input type="number" min="0" max=${most} step="0.05" inputmode="decimal" aria-label=${words.asNumber(label)} .value=${String(weight)} @change=${(event: Event) => { this.#typed(factor, event); }} />
      <p class="hint" id="weight-${factor}-hint">${words.factorHints[factor]}</p>
    </div>`;
  }

  #order(): TemplateResult {
    if (this.items === null) return html`<div class="skeleton" role="status"><span class="unseen">${text.loading}</span></div>`;
    const [first, ...rest] = places(this.items, shown);
    if (first === undefined) return html`<p class="quiet">${words.noTasks}</p>`;
    return html`<p role="status" class="unseen">${words.firstNow(first.title)}</p>
      <ol class="order">${[first, ...rest].map(({ title, up }) => html`<li><span class="title">${title}</span>${
        up === 0 ? nothing : html`<span class="moved ${up > 0 ? "up" : "down"}"><span aria-hidden="true">${up > 0 ? "↑" : "↓"} ${Math.abs(up)}</span><span class="unseen">${words.moved(up)}</span></span>`
      }</li>`)}</ol>`;
  }
}

customElements.define("mf-settings-weights", WeightsSection);
