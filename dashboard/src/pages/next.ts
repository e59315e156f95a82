// What to do next, and why.
import { html, nothing, svg, type TemplateResult } from "lit";
import { tasks, type Best, type Hidden, type Outcome, type Part, type Task } from "../api/client.ts";
import { withTask } from "../logic/addresses.ts";
import { barsOf, signed } from "../logic/bars.ts";
import { dayLabel, dayOfWhen, timeLabel } from "../logic/days.ts";
import { Piece } from "../parts/element.ts";
import { icon } from "../parts/icons.ts";
import "../parts/menu.ts";
import { snoozeChoices } from "../parts/snooze.ts";
import { facts } from "../parts/task-facts.ts";
import { tell } from "../parts/toasts.ts";
import { today, zone } from "../preferences.ts";
import { text } from "../strings.ts";

const freeTimes = [15, 30, 60, 120, 240];
type Alternative = Best["alternatives"][number];

class Next extends Piece {
  static override properties = { best: { state: true }, refusal: { state: true }, free: { state: true }, busy: { state: true }, unfolded: { state: true } };
  declare best: Best | null;
  declare refusal: string | null;
  /** Minutes; null for any amount. */
  declare free: number | null;
  declare busy: boolean;
  /** The runners-up whose reasons are looked at. */
  declare unfolded: ReadonlySet<string>;

  constructor() {
    super();
    this.best = null;
    this.refusal = null;
    this.free = null;
    this.busy = false;
    this.unfolded = new Set();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.reload();
  }

  async reload(): Promise<void> {
    const outcome = await tasks.best(this.free);
    if (outcome.kind === "done") [this.best, this.refusal] = [outcome.value, null];
    else if (outcome.kind === "refused") this.refusal = outcome.message;
  }

  async #change(change: Promise<Outcome<Task>>, message: string): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    tell(await change, message);
    await this.reload();
    this.busy = false;
    // What had the focus is another task's now, or gone.
    await this.updateComplete;
    this.querySelector<HTMLElement>("h1")?.focus();
  }

  /** By key: the best task is the one that is meant. */
  act(key: string): boolean {
    const task = this.best?.task;
    if (!task) return false;
    if (key === "e" || key === "x") void this.#change(tasks.complete(task.id), text.completedToast(task.title));
    else if (key === "s") this.querySelector<HTMLElement>(".best mf-menu button")?.click();
    else if (key === "n") void this.#change(tasks.notNow(task.id), text.notNowToast(task.title));
    else if (key === "b") void this.#change(tasks.start(task.id), text.startedToast(task.title));
    else return false;
    return true;
  }

  override render() {
    return html`<section class="page next" aria-busy=${this.busy}>
      <header>
        <h1 tabindex="-1">${text.nextHeading}</h1>
        <label class="free">${text.freeTime}
          <select @change=${this.#freed}>
            <option value="">${text.anyTime}</option>
            ${freeTimes.map((minutes) => html`<option value=${minutes}>${text.minutes(minutes)}</option>`)}
          </select>
        </label>
      </header>
      ${this.#body()}
    </section>`;
  }

  readonly #freed = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement;
    this.free = value === "" ? null : Number(value);
    void this.reload();
  };

  #body(): TemplateResult {
    if (this.refusal !== null && this.best === null) {
      return html`<div class="empty"><p>${this.refusal}</p><button @click=${() => void this.reload()}>${text.retry}</button></div>`;
    }
    const best = this.best;
    if (best === null) return html`<div class="skeleton tall" role="status"><span class="unseen">${text.loading}</span></div>`;
    if (!best.task) {
      return html`<div class="empty">${icon("next")}<h2>${text.emptyNext}</h2><p>${best.explanation}</p><p class="quiet">${text.emptyNextHint}</p></div>${hiddenTasks(best.hidden)}`;
    }
    return html`${this.#card(best, best.task)}
      ${best.alternatives.length === 0
        ? nothing
        : html`<h2>${text.runnersUp}</h2><ol class="runners-up">${best.alternatives.map((runner) => this.#runnerUp(runner))}</ol>`}
      ${hiddenTasks(best.hidden)}`;
  }

  #card(best: Best, task: Task): TemplateResult {
    const under = task.status === "in_progress";
    return html`<article class="best" aria-labelledby="best-title">
      <h2 id="best-title" class=${task.title.length > 80 ? "long" : nothing}><a href=${toTask(task)}>${task.title}</a></h2>
      ${facts(task)}
      <p class="explanation">${best.explanation}</p>
      <div class="actions">
        <button class="primary" @click=${() => void this.#change(tasks.complete(task.id), text.completedToast(task.title))}>${text.done}</button>
        ${under
          ? html`<span class="under-way">${text.started}</span>`
          : html`<button @click=${() => void this.#change(tasks.start(task.id), text.startedToast(task.title))}>${text.start}</button>`}
        <mf-menu label=${text.snooze} .choices=${() => snoozeChoices((body) => void this.#change(tasks.snooze(task.id, body), text.snoozedToast(task.title)))}></mf-menu>
        <button @click=${() => void this.#change(tasks.notNow(task.id), text.notNowToast(task.title))}>${text.notNow}</button>
      </div>
      <h3>${text.why}</h3>
      ${reasons(best.parts, best.score ?? 0)}
      ${best.assumptions.length === 0 ? nothing : html`<p class="hint">${text.assumptions}: ${best.assumptions.join(" ")}</p>`}
    </article>`;
  }

  #runnerUp(runner: Alternative): TemplateResult {
    return html`<li>
      <p class="head"><a class="title" href=${toTask(runner.task)}>${runner.task.title}</a><span class="score">${runner.score.toFixed(2)}</span></p>
      <p class="quiet">${runner.would_win_if ?? runner.explanation}</p>
      <details ?open=${this.unfolded.has(runner.task.id)} @toggle=${(event: Event) => { this.#toggled(runner.task.id, (event.target as HTMLDetailsElement).open); }}>
        <summary>${text.itsReasons}</summary>${this.unfolded.has(runner.task.id) ? reasons(runner.parts, runner.score) : nothing}
      </details>
    </li>`;
  }

  /** Reasons are in the page only while they are looked at: there are as many as there are runners-up. */
  #toggled(id: string, open: boolean): void {
    if (open === this.unfolded.has(id)) return;
    this.unfolded = new Set(open ? [...this.unfolded, id] : [...this.unfolded].filter((one) => one !== id));
  }
}

function toTask({ id }: Task): string {
  return withTask(location.pathname + location.search, id);
}

function reasons(parts: readonly Part[], score: number): TemplateResult {
  return html`<table class="reasons">
    <caption class="unseen">${text.why}</caption>
    <tbody>${barsOf(parts).map(
      (bar) => html`<tr class=${bar.negative ? "negative" : ""}>
        <th scope="row">${text.factor(bar.factor)}<span class="because">${bar.because}</span></th>
        <td class="bar"><svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">${svg`<rect class="track" width="100" height="8"/><rect class="fill" width=${bar.width} height="8"/>`}</svg></td>
        <td class="points">${signed(bar.points)}</td>
      </tr>`,
    )}</tbody>
    <tfoot><tr><th scope="row" colspan="2">${text.total}</th><td class="points">${score.toFixed(2)}</td></tr></tfoot>
  </table>`;
}

function hiddenTasks(hidden: Hidden): TemplateResult | typeof nothing {
  const { next_to_wake: next, ...counts } = hidden;
  const reasonsToHide = (Object.keys(text.hiddenReasons) as (keyof typeof text.hiddenReasons)[]).filter((reason) => counts[reason] > 0);
  if (reasonsToHide.length === 0) return nothing;
  const locale = navigator.language;
  const at = next ? `${dayLabel(dayOfWhen(next.at, zone()), today(), locale, text.dayWords)}, ${timeLabel(next.at, locale, zone()) ?? ""}` : "";
  return html`<aside class="hidden-tasks">
    <h2>${text.hidden}</h2>
    <p>${reasonsToHide.map((reason) => html`<span class="chip">${counts[reason]} ${text.hiddenReasons[reason]}</span>`)}</p>
    ${next ? html`<p class="quiet">${text.wakes(next.title, at)}</p>` : nothing}
  </aside>`;
}

customElements.define("mf-next", Next);

export type NextPage = Next;
