// The views of the page of all tasks that a person has named: links to them, and what can be done to the one that is open. Loaded
// with the first visit of that page.
import { html, nothing, type TemplateResult } from "lit";
import { longestName, readViews, viewsKey, withoutView, withView, writeViews, type View } from "../logic/saved-views.ts";
import { text } from "../strings.ts";
import { Piece } from "./element.ts";
import { followKept, keep, kept } from "./kept.ts";
import { show } from "./show.ts";

class SavedViews extends Piece {
  static override properties = { owner: {}, query: {}, suggested: {}, views: { state: true }, naming: { state: true }, refusal: { state: true } };
  /** Whose they are. */
  declare owner: string;
  /** Of the view that is open. */
  declare query: string;
  /** A name for it. */
  declare suggested: string;
  declare views: readonly View[];
  /** The view that is being named, by the name that it has; null for a new one. */
  declare naming: { name: string | null } | null;
  declare refusal: string | null;
  #unfollow: (() => void) | undefined;

  constructor() {
    super();
    this.owner = "";
    this.query = "";
    this.suggested = "";
    this.views = [];
    this.naming = null;
    this.refusal = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#unfollow = followKept(() => viewsKey(this.owner), (value) => (this.views = readViews(value)));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unfollow?.();
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("owner")) this.views = this.#kept();
    if (changed.has("query")) this.naming = null;
  }

  #kept(): View[] {
    return readViews(kept(viewsKey(this.owner)));
  }

  /** Made of what is kept now, which another window may have changed. */
  #keep(views: View[]): boolean {
    const done = keep(viewsKey(this.owner), writeViews(views));
    if (done) this.views = views;
    else this.refusal = text.views.notKept;
    return done;
  }

  #name(name: string | null): void {
    [this.naming, this.refusal] = [{ name }, null];
    void this.updateComplete.then(() => this.querySelector("input")?.select());
  }

  #close(): void {
    [this.naming, this.refusal] = [null, null];
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("[aria-current], .plain")?.focus());
  }

  readonly #named = (event: SubmitEvent): void => {
    event.preventDefault();
    const before = this.naming?.name ?? null;
    const name = this.querySelector("input")?.value ?? "";
    const all = this.#kept();
    const view = { name, query: all.find((one) => one.name === before)?.query ?? this.query };
    const views = withView(all, view, before);
    if (typeof views === "string") this.refusal = text.views.faults[views];
    else if (this.#keep(views)) {
      this.#close();
      show({ message: before === null ? text.views.kept(name.trim()) : text.views.renamed(name.trim()), tone: "good" });
      return;
    }
    this.querySelector("input")?.focus();
  };

  #remove(view: View): void {
    if (!this.#keep(withoutView(this.#kept(), view.name))) {
      show({ message: text.views.notKept, tone: "bad" });
      return;
    }
    this.#close();
    const back = () => {
      const views = withView(this.#kept(), view);
      if (typeof views === "string") show({ message: text.views.faults[views], tone: "bad" });
      else this.#keep(views);
    };
    show({ message: text.views.removed(view.name), tone: "good", back });
  }

  override render() {
    const open = this.views.find(({ query }) => query === this.query);
    if (this.views.length === 0 && this.query === "") return nothing;
    return html`<div class="views">
      ${this.views.length === 0 ? nothing : html`<div role="navigation" aria-label=${text.views.label}><ul>
        ${this.views.map((view) => html`<li><a href="/all${view.query}" aria-current=${view === open ? "page" : nothing}>${view.name}</a></li>`)}
      </ul></div>`}
      ${this.naming !== null ? this.#form() : open ? html`
          <button class="plain" aria-label=${text.views.renameThis(open.name)} @click=${() => { this.#name(open.name); }}>${text.rename}</button>
          <button class="plain" aria-label=${text.views.removeThis(open.name)} @click=${() => { this.#remove(open); }}>${text.views.remove}</button>`
        : this.query === "" ? nothing : html`<button class="plain" @click=${() => { this.#name(null); }}>${text.views.keep}</button>`}
    </div>`;
  }

  #form(): TemplateResult {
    return html`<form @submit=${this.#named} @keydown=${(event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.#close();
    }}>
      <label for="view-name">${text.views.name}</label>
      <div class="with-button"><input id="view-name" autocomplete="off" maxlength=${longestName} value=${this.naming?.name ?? this.suggested.slice(0, longestName)}
        aria-describedby="view-hint" aria-invalid=${this.refusal === null ? nothing : "true"} /><button class="primary">${text.save}</button><button type="button" @click=${() => { this.#close(); }}>${text.cancel}</button></div>
      <p id="view-hint" class="hint">${text.views.hint}</p>
      <p role="alert" class="refusal">${this.refusal ?? nothing}</p>
    </form>`;
  }
}

customElements.define("mf-saved-views", SavedViews);
