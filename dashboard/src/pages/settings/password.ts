// A new password, which ends everything else that is signed in.
import { html } from "lit";
import { account, type User } from "../../api/client.ts";
import { text } from "../../strings.ts";
import { words } from "../../strings-settings.ts";
import { Section } from "./section.ts";

class Password extends Section {
  static override properties = { ...Section.properties, user: { attribute: false } };
  declare user: User;

  readonly #change = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const [password, current_password] = [this.value("new-password"), this.value("current-password")];
    if (await this.attempt(() => account.change({ password, current_password }), words.passwordChanged)) form.reset();
  };

  override render() {
    return html`<form class="card" @submit=${this.#change}>
      <input class="unseen" type="email" name="email" autocomplete="username" readonly tabindex="-1" aria-hidden="true" .value=${this.user.email} />
      <label for="current-password">${words.currentPassword}</label>
      <input id="current-password" type="password" autocomplete="current-password" required />
      <label for="new-password">${text.newPassword}</label>
      <input id="new-password" type="password" autocomplete="new-password" minlength="8" maxlength="128" required aria-describedby="new-password-hint" />
      <p class="hint" id="new-password-hint">${text.passwordHint} ${words.passwordEnds}</p>
      ${this.alert()}
      <div class="actions"><button class="primary" ?disabled=${this.busy}>${words.changePassword}</button> <a href="/forgot-password">${text.forgotten}</a></div>
    </form>`;
  }
}

customElements.define("mf-settings-password", Password);
