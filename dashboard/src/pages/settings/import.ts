// Tasks from a file: chosen, tried without a change, read line by line, then imported, and undone if it was the wrong one.
import { html, nothing, type TemplateResult } from "lit";
import { tasks } from "../../api/client.ts";
import { transfer, type ImportReport } from "../../api/settings.ts";
import { mostBytes, recognise, type Recognised } from "../../logic/import-file.ts";
import { byOutcome, telling, type OutcomeCount } from "../../logic/import-report.ts";
import { tell } from "../../parts/toasts.ts";
import { text } from "../../strings.ts";
import { words } from "../../strings-settings.ts";
import { Section } from "./section.ts";

const rowsAtOnce = 100;
type Ready = Extract<Recognised, { kind: "ready" }>;

class Import extends Section {
  static override properties = {
    ...Section.properties, file: { state: true }, ready: { state: true }, report: { state: true }, rows: { state: true }, all: { state: true }, over: { state: true },
  };
  declare file: string | null;
  declare ready: Ready | null;
  declare report: ImportReport | null;
  declare rows: number;
  /** Whether lines that say nothing but that they come in are listed, too. */
  declare all: boolean;
  /** Whether a file is held over the place for it. */
  declare over: boolean;

  constructor() {
    super();
    this.over = false;
    this.#clear();
  }

  #clear(): void {
    [this.file, this.ready, this.report, this.rows, this.all, this.refusal] = [null, null, null, rowsAtOnce, false, null];
  }

  async #choose(file: File | undefined): Promise<void> {
    if (!file || this.busy) return;
    this.#clear();
    this.file = file.name;
    if (file.size > mostBytes) {
      this.refuse(words.unfit["too-large"]);
      return;
    }
    const content = await file.text().catch(() => null);
    const found = content === null ? null : recognise(file.name, content);
    if (found?.kind !== "ready") {
      this.refuse(found === null ? words.unreadable : words.unfit[found.why]);
      return;
    }
    this.ready = found;
    await this.#send(true);
  }

  async #send(dry: boolean): Promise<void> {
    const { ready } = this;
    if (ready === null) return;
    const project = ready.format === "todoist-csv" ? { project: this.value("import-project").trim() || (ready.body.project ?? null) } : {};
    const body = { ...ready.body, ...project };
    if (ready.format === "todoist-csv") this.ready = { ...ready, body };
    const sent = await this.attempt(() => transfer.import({ ...body, dry_run: dry }), null);
    if (!sent) return;
    this.report = sent.value;
    this.rows = rowsAtOnce;
    if (!dry) {
      tell({ kind: "done", value: sent.value }, words.imported(sent.value.created + sent.value.updated));
      window.dispatchEvent(new Event("mf-changed"));
    }
    await this.updateComplete;
    this.querySelector<HTMLElement>("h2.result")?.focus();
  }

  readonly #undo = async (): Promise<void> => {
    const change = this.report?.change_id;
    if (!change || !(await this.attempt(() => tasks.undo(change), words.importUndone))) return;
    this.#clear();
    await this.updateComplete;
    this.querySelector<HTMLElement>("#import-file")?.focus();
  };

  readonly #dropped = (event: DragEvent): void => {
    event.preventDefault();
    this.over = false;
    void this.#choose(event.dataTransfer?.files[0]);
  };

  override render() {
    return html`${this.#picker()}${this.report === null ? nothing : this.#result(this.report)}`;
  }

  #picker(): TemplateResult {
    return html`<section class="card">
      <div class="drop ${this.over ? "over" : ""}" @dragover=${(event: DragEvent) => { event.preventDefault(); this.over = true; }} @dragleave=${() => (this.over = false)} @drop=${this.#dropped}>
        <label for="import-file">${words.chooseFile}</label>
        <input id="import-file" type="file" accept=".json,.csv,application/json,text/csv" aria-describedby="import-kinds" ?disabled=${this.busy}
          @change=${(event: Event) => {
            const input = event.target as HTMLInputElement;
            void this.#choose(input.files?.[0]);
            // The same file again, mended, is a choice as well.
            input.value = "";
          }} />
        <p class="hint">${words.orDrop}</p>
      </div>
      <ul class="hint kinds" id="import-kinds">${words.importKinds.map((kind) => html`<li>${kind}</li>`)}</ul>
      ${this.file === null ? nothing : html`<p><strong>${this.file}</strong> ${this.ready === null ? nothing : html`<span class="chip">${words.formats[this.ready.format]}</span>`}</p>`}
      ${this.busy ? html`<label class="progress" role="status">${this.report === null ? words.checking : words.importing}<progress></progress></label>` : nothing}
      ${this.alert()}
    </section>`;
  }

  #result(report: ImportReport): TemplateResult {
    const counts = byOutcome(report.lines);
    return html`<section class="card">
      <h2 class="result" tabindex="-1">${report.dry_run ? words.wouldImport(report.created, report.updated) : words.imported(report.created + report.updated)}</h2>
      <p>${counts.map((count) => this.#count(count))}</p>
      ${report.dry_run ? this.#before(report) : this.#after(report)}
      ${this.#lines(report)}
    </section>`;
  }

  #count({ outcome, count }: OutcomeCount): TemplateResult {
    return html`<span class="chip ${outcome}">${count} ${words.outcomes[outcome]}</span>`;
  }

  #before(report: ImportReport): TemplateResult {
    const changes = report.created + report.updated;
    return html`${this.ready?.format === "todoist-csv"
        ? html`<label for="import-project">${words.importProject}</label><input id="import-project" maxlength="100" .value=${this.ready.body.project ?? ""} />`
        : nothing}
      <div class="actions">
        <button class="primary" ?disabled=${this.busy || changes === 0} @click=${() => void this.#send(false)}>${words.importButton(changes)}</button>
        <button ?disabled=${this.busy} @click=${() => { this.#clear(); }}>${text.cancel}</button>
      </div>
      ${changes === 0 ? html`<p class="quiet">${words.nothingToImport}</p>` : nothing}`;
  }

  #after(report: ImportReport): TemplateResult {
    return html`<div class="actions">
      ${report.change_id === null ? nothing : html`<button ?disabled=${this.busy} @click=${this.#undo}>${words.undoImport}</button>`}
      <a href="/all">${words.seeTasks}</a>
    </div>`;
  }

  #lines(report: ImportReport): TemplateResult | typeof nothing {
    const told = telling(report.lines);
    const lines = this.all ? report.lines : told;
    if (report.lines.length === 0) return nothing;
    return html`<div class="report">
      <label><input type="checkbox" .checked=${this.all} @change=${(event: Event) => { this.all = (event.target as HTMLInputElement).checked; this.rows = rowsAtOnce; }} />${words.allLines(report.lines.length)}</label>
      ${lines.length === 0
        ? html`<p class="quiet">${words.nothingToTell}</p>`
        : html`<table>
            <caption class="unseen">${words.report}</caption>
            <thead><tr><th scope="col">${words.line}</th><th scope="col">${words.outcome}</th><th scope="col">${words.because}</th></tr></thead>
            <tbody>${lines.slice(0, this.rows).map(
              ({ line, outcome, because }) => html`<tr><th scope="row">${line === 0 ? words.wholeFile : line}</th><td><span class="chip ${outcome}">${words.outcomes[outcome]}</span></td><td>${because ?? nothing}</td></tr>`,
            )}</tbody>
          </table>`}
      ${lines.length > this.rows ? html`<button @click=${() => (this.rows += rowsAtOnce)}>${words.moreLines(lines.length - this.rows)}</button>` : nothing}
    </div>`;
  }
}

customElements.define("mf-settings-import", Import);
