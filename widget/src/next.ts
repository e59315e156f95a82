// <mindflow-next>: the next task, why it is the next, and what can be done with it.
import { LitElement, html, nothing, type TemplateResult } from "lit";
import { Bridge, type ToolResult } from "./bridge.ts";
import { style } from "./style.ts";
import { facts, factor, hidden, points, share, type Next, type Part, type Task } from "./words.ts";

/** A button: what it says, the tool that it calls, and what is said once it is done. */
interface Act {
  label: string;
  tool: string;
  args: (task: Task) => Record<string, unknown>;
  done: string;
}

const START: Act = { label: "Start", tool: "update_task", args: ({ id }) => ({ id, status: "in_progress" }), done: "Started" };
const DONE: Act = { label: "Done", tool: "complete_task", args: ({ id }) => ({ id }), done: "Done" };
const SNOOZE: Act = { label: "Snooze 3 h", tool: "put_off_task", args: ({ id }) => ({ id, hours: 3 }), done: "Snoozed for 3 hours" };
const NOT_NOW: Act = { label: "Not now", tool: "put_off_task", args: ({ id }) => ({ id }), done: "Put off" };

export class MindflowNext extends LitElement {
  static override styles = style;
  static override properties = {
    next: { state: true },
    busy: { state: true },
    said: { state: true },
    failed: { state: true },
    undoes: { state: true },
  };

  declare private next: Next | undefined;
  declare private busy: boolean;
  declare private said: string;
  declare private failed: boolean;
  /** The change that Undo takes back. */
  declare private undoes: string | undefined;

  private bridge: Bridge | undefined;
  /** What was asked for, to ask the same again. */
  private asked: Record<string, unknown> = {};

  constructor() {
    super();
    this.busy = false;
    this.said = "";
    this.failed = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (window.parent === window) {
      this.fail("This page belongs into an assistant's conversation.");
      return;
    }
    const bridge = new Bridge(window.parent, {
      toolInput: (args) => (this.asked = args),
      toolResult: (result) => { this.show(result); },
      toolCancelled: () => { this.fail("The question was cancelled."); },
      context: ({ theme }) => {
        if (theme !== undefined) document.documentElement.style.colorScheme = theme;
      },
    });
    this.bridge = bridge;
    new ResizeObserver(() => { bridge.saySize(this.offsetWidth, Math.ceil(this.getBoundingClientRect().height)); }).observe(this);
    bridge.begin().catch((error: unknown) => { this.fail(sentence(error)); });
  }

  private show(result: ToolResult): void {
    const next = result.structuredContent as Next | undefined;
    if (result.isError === true || next?.hidden === undefined) this.fail(text(result));
    else this.next = next;
  }

  private fail(said: string): void {
    this.said = said;
    this.failed = true;
  }

  /** Calls a tool, says what came of it, and shows what is next then. */
  private async call(tool: string, args: Record<string, unknown>, done: string): Promise<void> {
    // One at a time: the second press would be about a task that is not the next any more.
    if (this.busy || this.bridge === undefined) return;
    this.busy = true;
    try {
      const result = await this.bridge.callTool(tool, args);
      if (result.isError === true) {
        this.fail(text(result));
        return;
      }
      const change = result.structuredContent?.["change_id"];
      this.undoes = tool !== "undo_change" && typeof change === "string" ? change : undefined;
      this.said = done;
      this.failed = false;
      this.bridge.tellModel(`The user did this in the widget: ${done}. ${text(result)}`);
      // The reason for another task's place was about the task that the question named; it is not asked again.
      const asked = Object.entries(this.asked).filter(([name]) => name !== "why_not");
      this.show(await this.bridge.callTool("what_next", Object.fromEntries(asked)));
    } catch (error) {
      this.fail(sentence(error));
    } finally {
      this.busy = false;
    }
  }

  private act(act: Act, task: Task): void {
    void this.call(act.tool, act.args(task), `${act.done}: ${task.title}`);
  }

  private undo(): void {
    if (this.undoes !== undefined) void this.call("undo_change", { change_id: this.undoes }, "Undone");
  }

  protected override render(): TemplateResult {
    const { next } = this;
    return html`<main aria-busy=${this.busy || next === undefined}>
      ${next === undefined ? this.waiting() : next.task === null ? this.empty(next) : this.task(next.task, next)}
      ${this.done()}
      ${next === undefined ? nothing : html`${this.why(next)}${this.others(next)}${this.unseen(next)}`}
    </main>`;
  }

  /** What was done, below the buttons, so that none of them moves under the pointer. */
  private done(): TemplateResult {
    return html`<div class="said ${this.failed ? "failed" : ""}" role="status">
      <span>${this.said}</span>
      ${this.undoes === undefined ? nothing : html`<button class="quiet" aria-disabled=${this.busy} @click=${() => { this.undo(); }}>Undo</button>`}
    </div>`;
  }

  /** Why it is the next: what its points are made of. */
  private why(next: Next): TemplateResult | typeof nothing {
    if (next.task === null) return nothing;
    return html`<section aria-labelledby="reasons">
      <h2 id="reasons">Why<span class="score">${next.score?.toFixed(1)} points</span></h2>
      <ul class="parts">${this.parts(next.parts)}</ul>
    </section>`;
  }

  private waiting(): TemplateResult | typeof nothing {
    return this.failed ? nothing : html`<p class="soft">Looking for what is next …</p>`;
  }

  private empty(next: Next): TemplateResult {
    return html`<p class="over">Next</p>
      <h1>Nothing to do now</h1>
      <p class="why">${next.explanation}</p>`;
  }

  private task(task: Task, next: Next): TemplateResult {
    const button = (act: Act, kind: string) =>
      html`<button class=${kind} aria-disabled=${this.busy} @click=${() => { this.act(act, task); }}>${act.label}</button>`;
    const started = task.status === "in_progress";
    return html`<p class="over">Next</p>
      <h1>${task.title}</h1>
      <ul class="facts">${facts(task, next).map((fact) => html`<li class=${fact.late === true ? "late" : ""}>${fact.text}</li>`)}</ul>
      <p class="why">${next.explanation}</p>
      <div class="acts" role="group" aria-label="What to do with it">
        ${started ? nothing : button(START, "main")}${button(DONE, started ? "main" : "")}${button(SNOOZE, "")}${button(NOT_NOW, "")}
      </div>`;
  }

  private parts(parts: readonly Part[]): TemplateResult[] {
    const counted = parts.filter((part) => part.points !== 0);
    return counted.map(
      (part) => html`<li>
        <span class="factor">${factor(part)}</span>
        <svg class="bar" aria-hidden="true"><rect class=${part.points < 0 ? "less" : ""} width="${share(part, counted)}%" height="100%" rx="4" /></svg>
        <span class="points">${points(part.points)}</span>
        <span class="because">${part.because}</span>
      </li>`,
    );
  }

  private others(next: Next): TemplateResult | typeof nothing {
    if (next.alternatives.length === 0) return nothing;
    return html`<section aria-labelledby="others">
      <h2 id="others">Then</h2>
      <ol class="others">
        ${next.alternatives.map(
          (other) => html`<li>
            <details>
              <summary><span class="title">${other.task.title}</span><span class="points">${other.score.toFixed(1)}</span></summary>
              <p>${other.explanation}</p>
              ${other.would_win_if === null ? nothing : html`<p class="soft">It ${other.would_win_if}.</p>`}
            </details>
          </li>`,
        )}
      </ol>
    </section>`;
  }

  private unseen(next: Next): TemplateResult | typeof nothing {
    const said = hidden(next);
    return said === "" ? nothing : html`<p class="soft hidden">${said}</p>`;
  }
}

/** What a tool says in words. */
function text(result: ToolResult): string {
  return result.content?.find((block) => block.type === "text")?.text ?? "The answer could not be read.";
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : "Something went wrong.";
}

customElements.define("mindflow-next", MindflowNext);
