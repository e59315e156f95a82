// Who somebody is: name, address, time zone, language. A new address counts once the link that is sent there is followed.
import { html, nothing, type TemplateResult } from "lit";
import { account, type User } from "../../api/client.ts";
import { preferences, type Held } from "../../api/settings.ts";
import { regions } from "../../logic/zones.ts";
import { readPreferences } from "../../preferences.ts";
import { words } from "../../strings-settings.ts";
import { Section } from "./section.ts";

class Profile extends Section {
  static override properties = { ...Section.properties, user: { attribute: false }, held: { state: true }, awaited: { state: true } };
  declare user: User;
  declare held: Held | null;
  /** The new address whose link has not been followed yet. */
  declare awaited: string | null;

  constructor() {
    super();
    this.held = null;
    this.awaited = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
  }

  async #load(): Promise<void> {
    this.held = await this.read(preferences.read());
  }

  readonly #rename = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const name = this.value("full-name").trim();
    const changed = await this.attempt(() => account.change({ full_name: name === "" ? null : name }), words.saved, "name");
    if (changed) this.#told(changed.value);
  };

  #told(user: User): void {
    window.dispatchEvent(new CustomEvent<User>("mf-user", { detail: user }));
  }

  readonly #move = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const [email, current_password] = [this.value("new-email").trim(), this.value("email-password")];
    const form = event.target as HTMLFormElement;
    const changed = await this.attempt(() => account.change({ email, current_password }), null, "email");
    if (!changed) return;
    this.awaited = email;
    form.reset();
    this.#told(changed.value);
  };

  readonly #locate = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { held } = this;
    if (held === null) return;
    const change = { time_zone: this.value("time-zone"), search_language: this.value("search-language") as Held["preferences"]["search_language"] };
    if (await this.saved(held, change, words.saved, (next) => (this.held = next))) await readPreferences();
  };

  override render() {
    const { user } = this;
    return html`<form class="card" @submit=${this.#rename}>
        <label for="full-name">${words.name}</label>
        <input id="full-name" autocomplete="name" maxlength="256" .value=${user.full_name ?? ""} />
        <p class="hint">${words.since(new Intl.DateTimeFormat(navigator.language, { dateStyle: "long" }).format(new Date(user.created_at)))}</p>
        ${this.alert("name")}
        <div class="actions"><button class="primary" ?disabled=${this.busy}>${words.saveName}</button></div>
      </form>
      <form class="card" @submit=${this.#move}>
        <h2>${words.email}</h2>
        <p>${user.email} <span class="chip ${user.email_confirmed ? "good" : "warm"}">${user.email_confirmed ? words.confirmed : words.unconfirmed}</span></p>
        ${this.awaited === null ? nothing : html`<p role="status" class="note">${words.linkSent(this.awaited, user.email)}</p>`}
        <label for="new-email">${words.newEmail}</label>
        <input id="new-email" type="email" autocomplete="email" required maxlength="254" aria-describedby="new-email-hint" />
        <p class="hint" id="new-email-hint">${user.email_confirmed ? words.newEmailHint : words.unconfirmedHint}</p>
        <label for="email-password">${words.currentPassword}</label>
        <input id="email-password" type="password" autocomplete="current-password" required />
        ${this.alert("email")}
        <div class="actions"><button ?disabled=${this.busy}>${words.sendLink}</button></div>
      </form>
      ${this.held === null ? this.waiting(() => void this.#load()) : html`<form class="card" @submit=${this.#locate}>${this.#place(this.held)}${this.alert()}
        <div class="actions"><button class="primary" ?disabled=${this.busy}>${words.savePlace}</button></div></form>`}`;
  }

  #place({ preferences: { time_zone, search_language } }: Held): TemplateResult {
    const zones = regions(Intl.supportedValuesOf("timeZone"), time_zone, words.otherZones);
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    return html`<label for="time-zone">${words.timeZone}</label>
      <select id="time-zone" aria-describedby="time-zone-hint">
        ${zones.map((region) => html`<optgroup label=${region.name}>${region.zones.map(({ value, label }) => html`<option value=${value} ?selected=${value === time_zone}>${label}</option>`)}</optgroup>`)}
      </select>
      <p class="hint" id="time-zone-hint">${here === time_zone ? words.timeZoneHint : words.otherZoneHere(here)}</p>
      <label for="search-language">${words.language}</label>
      <select id="search-language" aria-describedby="language-hint">
        ${words.languages.map(([value, label]) => html`<option value=${value} ?selected=${value === search_language}>${label}</option>`)}
      </select>
      <p class="hint" id="language-hint">${words.languageHint}</p>`;
  }
}

customElements.define("mf-settings-profile", Profile);
