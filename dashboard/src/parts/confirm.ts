// A question before something that no undo brings back. The safe answer has the focus, and Escape gives it.
import { html } from "lit";
import { text } from "../strings.ts";
import { Piece } from "./element.ts";

export interface Question {
  heading: string;
  body: string;
  action: string;
}

class Confirm extends Piece {
  static override properties = { question: { attribute: false } };
  declare question: Question;

  protected override firstUpdated(): void {
    this.querySelector("dialog")?.showModal();
  }

  readonly #closed = (event: Event): void => {
    this.dispatchEvent(new CustomEvent<boolean>("mf-answered", { detail: (event.target as HTMLDialogElement).returnValue === "yes" }));
  };

  override render() {
    const { heading, body, action } = this.question;
    return html`<dialog class="confirm" aria-labelledby="confirm-heading" aria-describedby="confirm-body" @close=${this.#closed}>
      <form method="dialog">
        <h2 id="confirm-heading">${heading}</h2>
        <p id="confirm-body">${body}</p>
        <div class="actions"><button value="" autofocus>${text.cancel}</button><button value="yes" class="danger">${action}</button></div>
      </form>
    </dialog>`;
  }
}

customElements.define("mf-confirm", Confirm);

/** Whether the person said yes. */
export function confirmed(question: Question): Promise<boolean> {
  return new Promise((answer) => {
    const element = new Confirm();
    element.question = question;
    element.addEventListener("mf-answered", (event) => {
      element.remove();
      answer((event as CustomEvent<boolean>).detail);
    });
    // Beside what asks, so that it closes with the page.
    (document.querySelector("#content") ?? document.body).append(element);
  });
}
