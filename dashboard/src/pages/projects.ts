// Projects: the list of them with what is open and done, and the page of one with its tasks.
import { html, nothing, svg, type TemplateResult } from "lit";
import { projects, type Project, type Task } from "../api/client.ts";
import { go } from "../go.ts";
import { share } from "../logic/projects.ts";
import { Piece } from "../parts/element.ts";
import { Feed } from "../parts/feed.ts";
import { empty, standIn } from "../parts/states.ts";
import type { TaskListPart } from "../parts/task-list.ts";
import "../parts/task-list.ts";
import { tell } from "../parts/toasts.ts";
import { text } from "../strings.ts";

const pathOf = (name: string) => `/projects/${encodeURIComponent(name)}`;

function progress(project: Project): TemplateResult {
  return html`<svg class="progress" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">${svg`<rect class="track" width="100" height="8"/><rect class="fill" width=${share(project)} height="8"/>`}</svg>
    <p class="quiet">${text.projectCounts(project)}${project.overdue === 0 ? nothing : html` · <span class="late">${text.projectOverdue(project.overdue)}</span>`}</p>`;
}

class ProjectsPage extends Piece {
  static override properties = { items: { state: true }, refusal: { state: true } };
  declare items: readonly Project[] | null;
  declare refusal: string | null;

  constructor() {
    super();
    this.items = null;
    this.refusal = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.reload();
  }

  async reload(): Promise<void> {
    const outcome = await projects.list();
    if (outcome.kind === "done") [this.items, this.refusal] = [outcome.value, null];
    else if (outcome.kind === "refused") this.refusal = outcome.message;
  }

  /** From one project to the next. */
  act(key: string): boolean {
    const links = [...this.querySelectorAll<HTMLElement>(".projects a")];
    const at = links.findIndex((link) => link === document.activeElement);
    const next = links[key === "j" ? Math.min(at + 1, links.length - 1) : key === "k" ? Math.max(at - 1, 0) : -1];
    next?.focus();
    return next !== undefined;
  }

  override render() {
    return html`<section class="page"><header><h1 tabindex="-1">${text.projects}</h1></header>${this.#body()}</section>`;
  }

  #body(): TemplateResult {
    if (this.refusal !== null) return html`<div class="empty"><p role="alert">${this.refusal}</p><button @click=${() => void this.reload()}>${text.retry}</button></div>`;
    if (this.items === null) return html`<div class="skeleton" role="status"><span class="unseen">${text.loading}</span></div><div class="skeleton"></div>`;
    if (this.items.length === 0) return empty("projects", text.emptyProjects, html`<p class="quiet">${text.emptyProjectsHint}</p>`);
    const [used, archived] = [this.items.filter((one) => !one.archived), this.items.filter((one) => one.archived)];
    return html`${used.length === 0 ? empty("projects", text.allArchived) : list(used)}
      ${archived.length === 0 ? nothing : html`<details class="archived"><summary>${text.archived(archived.length)}</summary>${list(archived)}</details>`}`;
  }
}

function list(some: readonly Project[]): TemplateResult {
  return html`<ul class="projects">${some.map((project) => html`<li><a href=${pathOf(project.name)}>${project.name}</a>${progress(project)}</li>`)}</ul>`;
}

class ProjectPage extends Piece {
  static override properties = { name: {}, project: { state: true }, refusal: { state: true }, renaming: { state: true } };
  declare name: string;
  declare project: Project | null;
  declare refusal: { status: number; message: string } | null;
  declare renaming: boolean;
  readonly #feed = new Feed(this, () => ({ project: this.name, status: ["pending", "in_progress", "snoozed", "blocked"], sort: "due_date" }));
  readonly #done = new Feed(this, () => ({ project: this.name, status: ["completed"], sort: "-updated_at" }));

  constructor() {
    super();
    this.name = "";
    this.project = null;
    this.refusal = null;
    this.renaming = false;
  }

  async reload(): Promise<void> {
    await Promise.all([this.#read(), this.#feed.reload(), this.#done.reload()]);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#read();
  }

  async #read(): Promise<void> {
    const outcome = await projects.get(this.name);
    if (outcome.kind === "done") [this.project, this.refusal] = [outcome.value, null];
    else if (outcome.kind === "refused") this.refusal = outcome;
  }

  act(key: string): boolean {
    return this.querySelector<TaskListPart>("mf-task-list")?.act(key) ?? false;
  }

  readonly #rename = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const name = this.querySelector<HTMLInputElement>("#project-name")?.value.trim() ?? "";
    if (name === "" || name === this.name) {
      await this.#left();
      return;
    }
    const outcome = await projects.change(this.name, { name });
    tell(outcome, text.renamed(name));
    if (outcome.kind !== "done") return;
    this.renaming = false;
    go(pathOf(outcome.value.name), "replace");
  };

  async #archive(archived: boolean): Promise<void> {
    const outcome = await projects.change(this.name, { archived });
    tell(outcome, archived ? text.archivedToast(this.name) : text.unarchivedToast(this.name));
    if (outcome.kind === "done") this.project = outcome.value;
  }

  readonly #begin = async (): Promise<void> => {
    this.renaming = true;
    await this.updateComplete;
    this.querySelector<HTMLInputElement>("#project-name")?.select();
  };

  readonly #left = async (): Promise<void> => {
    this.renaming = false;
    await this.updateComplete;
    this.querySelector<HTMLElement>(".rename")?.focus();
  };

  readonly #pressed = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    void this.#left();
  };

  override render() {
    if (this.refusal?.status === 404) return html`<section class="page"><h1 tabindex="-1">${this.name}</h1>${empty("projects", text.noProject, html`<a href="/projects">${text.toProjects}</a>`)}</section>`;
    const project = this.project;
    return html`<section class="page">
      <p class="crumb"><a href="/projects"><span aria-hidden="true">‹ </span>${text.projects}</a></p>
      <header>${this.renaming ? this.#form() : html`<h1 tabindex="-1">${this.name}</h1>`}
        ${project === null || this.renaming
          ? nothing
          : html`<div class="actions"><button class="rename" @click=${this.#begin}>${text.rename}</button>
              <button @click=${() => void this.#archive(!project.archived)}>${project.archived ? text.unarchive : text.archive}</button></div>`}
      </header>
      ${project === null ? nothing : html`<div class="project-progress">${project.archived ? html`<p class="chip">${text.isArchived}</p>` : nothing}${progress(project)}</div>`}
      ${this.#tasks()}
    </section>`;
  }

  #form(): TemplateResult {
    return html`<h1 class="unseen">${this.name}</h1><form class="renaming" @submit=${this.#rename} @keydown=${this.#pressed}>
      <label class="unseen" for="project-name">${text.projectName}</label>
      <input id="project-name" required maxlength="100" autocomplete="off" .value=${this.name} />
      <button class="primary">${text.save}</button><button type="button" @click=${this.#left}>${text.cancel}</button>
    </form>`;
  }

  #tasks(): TemplateResult {
    const stand = standIn(this.#feed);
    if (stand !== null) return stand;
    const [open, done] = [this.#feed.items ?? [], this.#done.items ?? []];
    const groups = ([["open", text.filters.status.open, open], ["done", text.filters.status.completed, done]] as [string, string, Task[]][])
      .filter(([, , tasks]) => tasks.length > 0).map(([key, heading, tasks]) => ({ key, heading, tasks }));
    if (groups.length === 0) return empty("projects", text.emptyProject, html`<p class="quiet">${text.emptyProjectHint(this.name)}</p>`);
    return html`<mf-task-list label=${this.name} .groups=${groups}></mf-task-list>`;
  }
}

customElements.define("mf-projects", ProjectsPage);
customElements.define("mf-project", ProjectPage);
