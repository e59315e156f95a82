// Finds a task by words and hands it on: `@mf-picked` with the task.
import { html, nothing } from "lit";
import { tasks, type Task } from "../api/client.ts";
import { text } from "../strings.ts";
import { Piece } from "./element.ts";

const patienceMilliseconds = 150;
const most = 6;
let count = 0;

class TaskPicker extends Piece {
  static override properties = { label: {}, without: { attribute: false }, found: { state: true } };
  declare label: string;
  /** The ids of tasks that cannot be meant. */
  declare without: readonly string[];
  /** Null while nothing is looked for. */
  declare found: readonly Task[] | null;
  readonly #id = `picker-${String(++count)}`;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  constructor() {
    super();
    this.label = "";
    this.without = [];
    this.found = null;
  }

  readonly #typed = (event: Event): void => {
    const words = (event.target as HTMLInputElement).value.trim();
    const asked = ++this.#asked;
    clearTimeout(this.#timer);
    if (words === "") {
      this.found = null;
      return;
    }
    this.#timer = setTimeout(() => void tasks.search(words, null, most + this.without.length).then((outcome) => {
      if (asked !== this.#asked || outcome.kind !== "done") return;
      this.found = outcome.value.items.filter((task) => task.status !== "completed" && !this.without.includes(task.id)).slice(0, most);
    }), patienceMilliseconds);
  };

  #pick(task: Task): void {
    this.#asked++;
    this.found = null;
    const field = this.querySelector("input");
    if (field) {
      field.value = "";
      field.focus();
    }
    this.dispatchEvent(new CustomEvent<Task>("mf-picked", { detail: task }));
  }

  override render() {
    return html`<label for=${this.#id} class="unseen">${this.label}</label>
      <input id=${this.#id} type="search" placeholder=${this.label} autocomplete="off" @input=${this.#typed} />
      <p role="status" class="unseen">${this.found === null ? "" : text.paletteFound(this.found.length)}</p>
      ${this.found === null ? nothing : html`<ul class="found">${this.found.length === 0
        ? html`<li class="hint">${text.paletteNothing}</li>`
        : this.found.map((task) => html`<li><button type="button" @click=${() => { this.#pick(task); }}>${task.title}</button></li>`)}</ul>`}`;
  }
}

customElements.define("mf-task-picker", TaskPicker);
