// What just happened, with the way back. One at a time; a screen reader is told of it.
import { html, nothing } from "lit";
import type { Outcome } from "../api/client.ts";
import { madeBy } from "../logic/made.ts";
import { text } from "../strings.ts";
import { Piece } from "./element.ts";
import { show, type Toast } from "./show.ts";
import { remember, undo } from "./undo.ts";

/** Says how a change ended, and remembers how it is undone; gives its value when it is done. */
export function tell<T>(outcome: Outcome<T>, message: string): T | null {
  if (outcome.kind === "done") {
    const made = madeBy(outcome.value, message);
    if (made) remember(made);
    show({ message, tone: "good", ...(made ? { undo: made } : {}) });
  }
  else if (outcome.kind === "pending") show({ message: text.pending, tone: "waiting" });
  else show({ message: outcome.message, tone: "bad" });
  return outcome.kind === "done" ? outcome.value : null;
}

const shownMilliseconds = 8000;

class Toasts extends Piece {
  static override properties = { toast: { state: true } };
  declare toast: Toast | null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.toast = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("mf-toast", this.#shown);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("mf-toast", this.#shown);
    clearTimeout(this.#timer);
  }

  readonly #shown = (event: Event): void => {
    this.toast = (event as CustomEvent<Toast>).detail;
    this.#hold();
    if (this.toast.tone !== "bad") this.#timer = setTimeout(this.#dismiss, shownMilliseconds);
  };

  /** Not taken away from under a pointer or the focus. */
  readonly #hold = (): void => {
    clearTimeout(this.#timer);
  };

  readonly #dismiss = (): void => {
    this.toast = null;
  };

  #undo({ undo: made, back }: Toast): void {
    this.toast = null;
    if (made) void undo(made);
    else back?.();
  }

  override render() {
    const toast = this.toast;
    return html`<div class="toasts" role="status" @pointerenter=${this.#hold} @focusin=${this.#hold}>
      ${toast === null
        ? nothing
        : html`<div class="toast ${toast.tone}">
            <span>${toast.message}</span>
            ${toast.undo ?? toast.back ? html`<button class="plain" @click=${() => { this.#undo(toast); }}>${text.undo}</button>` : nothing}
            <button class="icon" aria-label=${text.dismiss} @click=${this.#dismiss}>×</button>
          </div>`}
    </div>`;
  }
}

customElements.define("mf-toasts", Toasts);
