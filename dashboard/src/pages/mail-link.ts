// What links in mails lead to: a new password, a confirmed address; and asking for such a link.
import { html, nothing } from "lit";
import { account, type Outcome } from "../api/client.ts";
import { brand } from "../parts/brand.ts";
import { Piece } from "../parts/element.ts";
import { text } from "../strings.ts";

export type Purpose = keyof typeof text.links;

class MailLink extends Piece {
  static override properties = { purpose: {}, refusal: { state: true }, done: { state: true }, busy: { state: true } };
  declare purpose: Purpose;
  declare refusal: string | null;
  declare done: boolean;
  declare busy: boolean;
  #token = "";

  constructor() {
    super();
    this.purpose = "forgot";
    this.refusal = null;
    this.done = false;
    this.busy = false;
  }

  /** The token leaves the address at once, so that it stays in no history. */
  override connectedCallback(): void {
    super.connectedCallback();
    this.#token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
    if (this.#token !== "") history.replaceState(null, "", location.pathname);
  }

  /** A press, not the opening of the page: programs that look at mail open links, too. */
  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.busy) return;
    this.busy = true;
    const outcome = await this.#ask();
    this.busy = false;
    // What the API says of a link is for programs, which are sent elsewhere for a new one.
    this.refusal = outcome.kind !== "refused" ? null : outcome.message.startsWith("token ") ? text.linkEnded : outcome.message;
    this.done = outcome.kind !== "refused";
  };

  #ask(): Promise<Outcome<undefined>> {
    const field = this.querySelector("input")?.value ?? "";
    if (this.purpose === "forgot") return account.forgot(field);
    return this.purpose === "reset" ? account.reset(this.#token, field) : account.confirm(this.#token);
  }

  override render() {
    const words = text.links[this.purpose];
    return html`<main class="entry" id="content">
      ${brand()}
      <h1>${words.heading}</h1>
      ${this.done
        ? html`<p role="status">${words.done}</p>`
        : html`<form @submit=${this.#submit}>
            ${this.#field()}
            <p role="alert" class="refusal">${this.refusal ?? nothing}</p>
            <button class="primary large" ?disabled=${this.busy}>${words.button}</button>
          </form>`}
      ${this.purpose === "reset" && this.refusal === text.linkEnded ? html`<a href="/forgot-password">${text.newLink}</a>` : nothing}
      <a href="/">${text.toProduct}</a>
    </main>`;
  }

  #field() {
    if (this.purpose === "confirm") return nothing;
    return this.purpose === "forgot"
      ? html`<label for="email">${text.email}</label><input id="email" type="email" autocomplete="username" required />`
      : html`<label for="password">${text.newPassword}</label>
          <input id="password" type="password" autocomplete="new-password" minlength="8" required aria-describedby="password-hint" />
          <p class="hint" id="password-hint">${text.passwordHint}</p>`;
  }
}

customElements.define("mf-mail-link", MailLink);
