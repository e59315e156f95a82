// The command palette: one field that finds pages, commands, projects and tasks. Field and options are the combobox of
// the ARIA patterns: the focus stays in the field, and the option that Enter takes is named to a screen reader.
import { html, nothing, type TemplateResult } from "lit";
import { projects, tasks, type Task } from "../api/client.ts";
import { fitting, stepped, type Command } from "../logic/commands.ts";
import { readViews, viewsKey } from "../logic/saved-views.ts";
import { text } from "../strings.ts";
import { Piece } from "./element.ts";
import { kept } from "./kept.ts";

export interface Option extends Command {
  /** The address that it leads to, where that says more than the label. */
  where?: string;
  run: () => void;
}

/** Where a project and a task are; a palette knows what there is, not the addresses. */
export interface Places {
  project: (name: string) => void;
  task: (task: Task) => void;
  view: (query: string) => void;
  add: (line: string) => void;
}

type Group = keyof typeof text.paletteGroups;

const patienceMilliseconds = 120;
const mostTasks = 8;
const mostProjects = 5;

class Palette extends Piece {
  static override properties = { line: { state: true }, at: { state: true }, found: { state: true }, known: { state: true } };
  commands: readonly Option[] = [];
  places: Places | null = null;
  /** Whose views are offered. */
  owner = "";
  #views: Option[] = [];
  declare line: string;
  declare at: number;
  /** Tasks that the API has found. */
  declare found: Option[];
  /** All projects that are in use. */
  declare known: Option[];
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.line = "";
    this.at = 0;
    this.found = [];
    this.known = [];
  }

  /** With what was written on the way to it. */
  open(line: string): void {
    const dialog = this.querySelector("dialog");
    if (!dialog || dialog.open) return;
    this.found = [];
    this.#write(line);
    this.#views = readViews(kept(viewsKey(this.owner)))
      .map(({ name, query }) => ({ id: `view-${name}`, label: text.views.goTo(name), keys: "", where: `/all${query}`, run: () => this.places?.view(query) }));
    dialog.showModal();
    void this.#readProjects();
  }

  async #readProjects(): Promise<void> {
    const outcome = await projects.list();
    if (outcome.kind !== "done") return;
    this.known = outcome.value.filter(({ archived }) => !archived)
      .map(({ name }) => ({ id: `project-${name}`, label: name, keys: "", run: () => this.places?.project(name) }));
  }

  readonly #typed = (event: InputEvent): void => { this.#write((event.target as HTMLInputElement).value); };

  #write(written: string): void {
    [this.line, this.at] = [written, 0];
    const asked = ++this.#asked;
    clearTimeout(this.#timer);
    const line = written.trim();
    if (line === "") this.found = [];
    else this.#timer = setTimeout(() => void this.#search(line, asked), patienceMilliseconds);
  }

  async #search(line: string, asked: number): Promise<void> {
    const outcome = await tasks.search(line, null, mostTasks);
    if (asked !== this.#asked || outcome.kind !== "done") return;
    this.found = outcome.value.items.map((task) => ({ id: `task-${task.id}`, label: task.title, keys: "", run: () => this.places?.task(task) }));
  }

  #groups(): [Group, Option[]][] {
    const line = this.line.trim();
    const add = { id: "add", label: text.addAsTask(line), keys: "", run: () => this.places?.add(line) };
    const groups: [Group, Option[]][] = [
      ["commands", fitting([...this.commands, ...this.#views], this.line)],
      ["projects", line === "" ? [] : fitting(this.known, this.line).slice(0, mostProjects)],
      ["tasks", line === "" ? [] : [...this.found, add]],
    ];
    return groups.filter(([, options]) => options.length > 0);
  }

  #options(): Option[] {
    return this.#groups().flatMap(([, options]) => options);
  }

  readonly #pressed = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const options = this.#options();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") this.#moveTo(stepped(this.at, event.key === "ArrowDown" ? 1 : -1, options.length));
    else if (event.key === "Enter") this.#choose(options[this.at]);
    else return;
    event.preventDefault();
  };

  #moveTo(at: number): void {
    this.at = at;
    void this.updateComplete.then(() => { this.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" }); });
  }

  /** Closed first, so that the focus is back where a command acts. */
  #choose(option: Option | undefined): void {
    if (!option) return;
    this.querySelector("dialog")?.close();
    option.run();
  }

  override render() {
    const groups = this.#groups();
    const options = groups.flatMap(([, members]) => members);
    return html`<dialog class="palette" aria-label=${text.palette} closedby="any">
      <label class="unseen" for="palette">${text.palette}</label>
      <input id="palette" role="combobox" autocomplete="off" spellcheck="false" maxlength="256" aria-expanded=${options.length > 0} aria-controls="palette-options" autofocus
        aria-autocomplete="list" aria-activedescendant=${options[this.at] ? `palette-${this.at}` : nothing} placeholder=${text.palette}
        .value=${this.line} @input=${this.#typed} @keydown=${this.#pressed} />
      <div id="palette-options" class="options" role="listbox" aria-label=${text.palette}>
        ${groups.map(([group, members]) => this.#group(group, members, options))}
      </div>
      ${options.length > 0 ? nothing : html`<p class="quiet none">${text.paletteNothing}</p>`}
      <p class="hint" aria-hidden="true">${text.paletteHint}</p>
      <p class="unseen" role="status">${this.line.trim() === "" ? nothing : text.paletteFound(options.length)}</p>
    </dialog>`;
  }

  #group(group: Group, members: readonly Option[], options: readonly Option[]): TemplateResult {
    return html`<div role="group" aria-labelledby="palette-group-${group}">
      <p class="heading" id="palette-group-${group}">${text.paletteGroups[group]}</p>
      ${members.map((option) => {
        const at = options.indexOf(option);
        return html`<div id="palette-${at}" role="option" aria-selected=${at === this.at} @pointermove=${() => (this.at = at)} @click=${() => { this.#choose(option); }}>
          <span>${option.label}</span>${option.where === undefined ? nothing : html`<span class="where">${option.where}</span>`}${option.keys === "" ? nothing : html`<span class="keys">${option.keys.split(" ").map((key) => html`<kbd>${key}</kbd>`)}</span>`}
        </div>`;
      })}
    </div>`;
  }
}

customElements.define("mf-palette", Palette);

export type CommandPalette = Palette;
