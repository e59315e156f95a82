// All: every task, searched and filtered. What is shown stands in the address, so that it can be kept, sent, and gone back to.
import { html, nothing, type TemplateResult } from "lit";
import { projects } from "../api/client.ts";
import { go } from "../go.ts";
import { asked, chips, dues, everything, fromSearch, meets, sorts, statuses, tagsOf, toSearch, withLine, type Chip, type Filters } from "../logic/filters.ts";
import { drawn } from "../parts/drawn.ts";
import { Piece } from "../parts/element.ts";
import { Feed } from "../parts/feed.ts";
import { empty, standIn } from "../parts/states.ts";
import type { TaskListPart } from "../parts/task-list.ts";
import "../parts/task-list.ts";
import { today, zone } from "../preferences.ts";
import { text } from "../strings.ts";

const priorities = ["1", "2", "3", "4", "5"];
const patienceMilliseconds = 150;

class AllPage extends Piece {
  static override properties = { search: {}, owner: {}, names: { state: true } };
  /** The query of the address. */
  declare search: string;
  /** Who looks at it: the views are theirs. */
  declare owner: string;
  /** Of the projects that there are. */
  declare names: readonly string[];
  readonly #feed = new Feed(this, () => asked(this.#filters()));
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.search = "";
    this.owner = "";
    this.names = [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // What is not shown with the first frame does not hold it up.
    void drawn().then(() => {
      void this.#readProjects();
      void import("../parts/saved-views.ts");
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  async #readProjects(): Promise<void> {
    const outcome = await projects.list();
    if (outcome.kind === "done") this.names = outcome.value.map(({ name }) => name);
  }

  async reload(): Promise<void> {
    await Promise.all([this.#feed.reload(), this.#readProjects()]);
  }

  #filters(): Filters {
    return fromSearch(this.search);
  }

  act(key: string): boolean {
    if (key !== "/") return this.querySelector<TaskListPart>("mf-task-list")?.act(key) ?? false;
    void this.#toSearch();
    return true;
  }

  /** In another frame the page goes up to the field: from far down, that draws as many rows as another page. */
  async #toSearch(): Promise<void> {
    const field = this.querySelector<HTMLElement>("#search");
    field?.focus({ preventScroll: true });
    await drawn();
    field?.scrollIntoView({ block: "nearest" });
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    const before = changed.get("search");
    if (typeof before !== "string" || !this.hasUpdated) return;
    // The field follows the address, but is left alone while somebody writes in it.
    const field = this.querySelector<HTMLInputElement>("#search");
    if (field && withLine(this.#filters(), field.value).words !== this.#filters().words) field.value = this.#filters().words;
    if (JSON.stringify(asked(fromSearch(before))) === JSON.stringify(asked(this.#filters()))) return;
    this.#feed.clear();
    void this.#feed.reload();
  }

  #show(filters: Filters, how: "push" | "replace" = "push"): void {
    const query = toSearch(filters);
    if (query !== toSearch(this.#filters())) go(`/all${query}`, how);
  }

  /** A token that a space has ended becomes a filter and leaves the line; words are searched once somebody pauses. */
  readonly #typed = (event: Event): void => {
    const field = event.target as HTMLInputElement;
    clearTimeout(this.#timer);
    const read = withLine(this.#filters(), field.value);
    if (chips.some((chip) => read[chip] !== this.#filters()[chip])) {
      field.value = read.words;
      this.#show(read);
    } else this.#timer = setTimeout(() => { this.#show(read, "replace"); }, patienceMilliseconds);
  };

  /** By Enter the last token needs no space. */
  readonly #entered = (event: Event): void => {
    event.preventDefault();
    clearTimeout(this.#timer);
    const field = this.querySelector<HTMLInputElement>("#search");
    const read = withLine(this.#filters(), `${field?.value ?? ""} `);
    if (field) field.value = read.words;
    this.#show(read);
  };

  #set(name: Chip | "sort", value: string): void {
    const query = new URLSearchParams(this.search);
    if (value === "") query.delete(name);
    else query.set(name, value);
    this.#show(fromSearch(query.toString()));
  }

  override render() {
    const filters = this.#filters();
    const items = this.#feed.items;
    const [day, place] = [today(), zone()];
    const tasks = (items ?? []).filter((task) => meets(task, filters, day, place));
    return html`<section class="page all">
      <header><h1 tabindex="-1">${text.all}</h1><p class="quiet" role="status">${items === null ? nothing : text.found(tasks.length)}</p></header>
      <mf-saved-views owner=${this.owner} query=${toSearch(filters)} suggested=${[...narrowed(filters).map((chip) => labelsOf(filters)[chip]), filters.words].filter(Boolean).join(", ")}></mf-saved-views>
      <form role="search" class="filters" @submit=${this.#entered}>
        <label class="unseen" for="search">${text.search}</label>
        <input id="search" type="search" autocomplete="off" maxlength="256" placeholder=${text.searchPlaceholder} aria-describedby="search-hint" value=${filters.words} @input=${this.#typed} />
        <p id="search-hint" class="unseen">${text.searchHint}</p>
        <div class="choices-row">${this.#choices(filters, tagsOf(items ?? [], navigator.language))}</div>
      </form>
      ${this.#chips(filters)}
      ${standIn(this.#feed) ?? (tasks.length === 0 ? this.#nothing(filters) : html`<mf-task-list label=${text.all} .groups=${[{ key: "none", heading: null, tasks }]}></mf-task-list>`)}
    </section>`;
  }

  #choices(filters: Filters, tags: readonly string[]): TemplateResult[] {
    const words = text.filters;
    const withOwn = (names: readonly string[], own: string | null) => (own === null || names.includes(own) ? names : [own, ...names]);
    return [
      this.#choice("status", filters.status, statuses.map((value) => [value, words.status[value]])),
      this.#choice("priority", String(filters.priority ?? ""), [["", words.anyPriority], ...priorities.map((value): [string, string] => [value, words.level(Number(value))])]),
      this.#choice("due", filters.due ?? "", [["", words.anyDay], ...dues.map((value): [string, string] => [value, words.due[value]])]),
      this.#choice("project", filters.project ?? "", [["", words.anyProject], ...withOwn(this.names, filters.project).map((name): [string, string] => [name, name])]),
      this.#choice("tag", filters.tag ?? "", [["", words.anyTag], ...withOwn(tags, filters.tag).map((name): [string, string] => [name, `#${name}`])]),
      this.#choice("sort", filters.sort, sorts.map((value) => [value, words.sort[value]]), filters.words !== ""),
    ];
  }

  #choice(name: Chip | "sort", value: string, options: readonly (readonly [string, string])[], disabled = false): TemplateResult {
    return html`<label class="choice ${value === String(everything[name] ?? "") ? "" : "set"}"><span class=${name === "sort" ? "unseen" : ""}>${text.filters.labels[name]}</span>
      <select name=${name} ?disabled=${disabled} .value=${value} @change=${(event: Event) => { this.#set(name, (event.target as HTMLSelectElement).value); }}>
        ${options.map(([one, label]) => html`<option value=${one} ?selected=${one === value}>${label}</option>`)}
      </select></label>`;
  }

  /** What narrows the list, each with the way to let go of it. */
  #chips(filters: Filters): TemplateResult | typeof nothing {
    const set = narrowed(filters);
    const words = text.filters;
    const labels = labelsOf(filters);
    if (set.length === 0) return nothing;
    return html`<ul class="chips" aria-label=${words.active}>
      ${set.map((chip) => html`<li><button class="chip" aria-label=${words.remove(labels[chip])} @click=${() => { this.#show({ ...filters, [chip]: everything[chip] }); }}>${labels[chip]}<span aria-hidden="true"> ×</span></button></li>`)}
      <li><button class="plain" @click=${() => { this.#show({ ...everything, sort: filters.sort }); }}>${words.removeAll}</button></li>
    </ul>`;
  }

  #nothing(filters: Filters): TemplateResult {
    if (toSearch({ ...filters, sort: everything.sort }) === "") return empty("all", text.emptyAll, html`<p class="quiet">${text.emptyAllHint}</p>`);
    return empty(
      "search",
      filters.words === "" ? text.noneFits : text.noneFound(filters.words),
      html`<p class="quiet">${text.noneFitsHint}</p><button @click=${() => { this.#show({ ...everything, sort: filters.sort }); }}>${text.filters.removeAll}</button>`,
    );
  }
}

function narrowed(filters: Filters): Chip[] {
  return chips.filter((chip) => filters[chip] !== everything[chip]);
}

function labelsOf({ status, priority, tag, project, due }: Filters): Record<Chip, string> {
  const words = text.filters;
  return { status: words.status[status], priority: words.priority(priority ?? 1), tag: `#${tag ?? ""}`, project: `+${project ?? ""}`, due: due === null ? "" : words.due[due] };
}

customElements.define("mf-all", AllPage);
