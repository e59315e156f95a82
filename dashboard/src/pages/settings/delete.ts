// The end of an account: what is lost, a copy first, the password, and its own word typed, so that no slip does it.
import { html } from "lit";
import { account, type Outcome, type User } from "../../api/client.ts";
import { viewsKey } from "../../logic/saved-views.ts";
import { keep } from "../../parts/kept.ts";
import { words } from "../../strings-settings.ts";
import "./export.ts";
import { Section } from "./section.ts";

class Delete extends Section {
  static override properties = { ...Section.properties, user: { attribute: false }, typed: { state: true } };
  declare user: User;
  declare typed: string;

  constructor() {
    super();
    this.typed = "";
  }

  readonly #delete = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.typed.trim().toLowerCase() !== this.user.email) {
      this.refuse(words.typeAddress(this.user.email));
      return;
    }
    const password = this.value("delete-password");
    if (!(await this.attempt(() => this.#ask(password), words.deleted))) return;
    keep(viewsKey(this.user.id), null);
    window.dispatchEvent(new Event("mf-parted"));
  };

  async #ask(password: string): Promise<Outcome<undefined>> {
    const proof = await account.prove(this.user.email, password);
    if (proof.kind !== "done") return proof;
    return proof.value ? account.remove() : { kind: "refused", status: 401, message: words.wrongPassword };
  }

  override render() {
    return html`<h2>${words.takeACopy}</h2>
      <mf-settings-export></mf-settings-export>
      <form class="card risk" @submit=${this.#delete}>
        <h2>${words.whatIsLost}</h2>
        <ul class="losses">${words.losses.map((loss) => html`<li>${loss}</li>`)}</ul>
        <p>${words.noWayBack}</p>
        <label for="delete-address">${words.typeAddress(this.user.email)}</label>
        <input id="delete-address" autocomplete="off" autocapitalize="none" spellcheck="false" required .value=${this.typed} @input=${(event: Event) => (this.typed = (event.target as HTMLInputElement).value)} />
        <label for="delete-password">${words.currentPassword}</label>
        <input id="delete-password" type="password" autocomplete="current-password" required />
        ${this.alert()}
        <div class="actions"><button class="danger" ?disabled=${this.busy}>${words.deleteButton}</button></div>
      </form>`;
  }
}

customElements.define("mf-settings-delete", Delete);
