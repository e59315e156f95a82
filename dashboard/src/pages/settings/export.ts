// Everything as one file.
import { html, nothing } from "lit";
import { transfer } from "../../api/settings.ts";
import { dayOf } from "../../logic/days.ts";
import { tasksIn } from "../../logic/export-file.ts";
import { words } from "../../strings-settings.ts";
import { Section } from "./section.ts";

class Export extends Section {
  readonly #save = async (): Promise<void> => {
    await this.attempt(async () => {
      const outcome = await transfer.export();
      if (outcome.kind !== "done") return outcome;
      const count = tasksIn(outcome.value);
      if (count === null) return { kind: "refused", status: 0, message: words.exportBroken };
      download(outcome.value, `mindflow-${dayOf(new Date())}.json`);
      return outcome;
    }, words.exported);
  };

  override render() {
    return html`<section class="card">
      <p>${words.exportBody}</p>
      ${this.busy ? html`<label class="progress">${words.exporting}<progress></progress></label>` : nothing}
      ${this.alert()}
      <div class="actions"><button class="primary" ?disabled=${this.busy} @click=${this.#save}>${words.exportButton}</button></div>
    </section>`;
  }
}

function download(text: string, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

customElements.define("mf-settings-export", Export);
