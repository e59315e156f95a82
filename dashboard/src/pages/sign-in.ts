// Signing in, and up: one form, so that a password manager knows it.
import { html, nothing } from "lit";
import { account } from "../api/client.ts";
import { brand } from "../parts/brand.ts";
import { Piece } from "../parts/element.ts";
import { text } from "../strings.ts";

class SignIn extends Piece {
  static override properties = { joining: { type: Boolean }, ended: { type: Boolean }, refusal: { state: true }, busy: { state: true } };
  declare joining: boolean;
  /** Whether somebody was signed in until now, and did not ask to leave. */
  declare ended: boolean;
  declare refusal: string | null;
  declare busy: boolean;

  constructor() {
    super();
    this.joining = false;
    this.ended = false;
    this.refusal = null;
    this.busy = false;
  }

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.busy) return;
    const [email, password] = [this.#field("email"), this.#field("password")];
    this.busy = true;
    this.refusal = null;
    const time_zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const joined = this.joining ? await account.register({ email, password, time_zone }) : null;
    const entered = joined?.kind === "refused" ? joined : await account.login(email, password);
    this.busy = false;
    if (entered.kind === "refused") this.refusal = entered.status === 401 ? text.wrongEntry : entered.message;
    else window.dispatchEvent(new Event("mf-signed-in"));
  };

  #field(name: string): string {
    return this.querySelector<HTMLInputElement>(`#${name}`)?.value ?? "";
  }

  override render() {
    const joining = this.joining;
    return html`<main class="entry" id="content">
      ${brand()}
      <h1>${joining ? text.join : text.welcome}</h1>
      <p class=${this.ended ? "" : "quiet"}>${this.ended ? text.sessionEnded : text.claim}</p>
      <form @submit=${this.#submit}>
        <label for="email">${text.email}</label>
        <input id="email" name="email" type="email" autocomplete="username" required autofocus />
        <label for="password">${text.password}</label>
        <input id="password" name="password" type="password" required minlength=${joining ? 8 : 1}
          autocomplete=${joining ? "new-password" : "current-password"} aria-describedby=${joining ? "password-hint" : nothing} />
        ${joining ? html`<p class="hint" id="password-hint">${text.passwordHint}</p>` : nothing}
        <p role="alert" class="refusal">${this.refusal ?? nothing}</p>
        <button class="primary large" ?disabled=${this.busy}>${joining ? text.signUp : text.signIn}</button>
      </form>
      ${joining ? nothing : html`<a href="/forgot-password">${text.forgotten}</a>`}
      <a href=${joining ? "/sign-in" : "/sign-up"}>${joining ? text.toSignIn : text.toSignUp}</a>
    </main>`;
  }
}

customElements.define("mf-sign-in", SignIn);
