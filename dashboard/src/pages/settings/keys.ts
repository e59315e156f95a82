// API keys for somebody's own programs. The key itself is shown when it is made, and never again.
import { html, nothing, type TemplateResult } from "lit";
import { keys, type ApiKey, type NewApiKey } from "../../api/settings.ts";
import { dayOf, plusDays } from "../../logic/days.ts";
import { confirmed } from "../../parts/confirm.ts";
import "../../parts/secret.ts";
import { words } from "../../strings-settings.ts";
import { dayOfUse, longDay } from "./dates.ts";
import { Section } from "./section.ts";

const lifetimes = [7, 30, 90, 365] as const;

class Keys extends Section {
  static override properties = { ...Section.properties, items: { state: true }, made: { state: true }, untilDay: { state: true } };
  declare items: ApiKey[] | null;
  /** The one that was just made, with its secret. */
  declare made: ApiKey | null;
  declare untilDay: boolean;

  constructor() {
    super();
    this.items = null;
    this.made = null;
    this.untilDay = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.reload();
  }

  async reload(): Promise<void> {
    this.items = (await this.read(keys.list())) ?? this.items;
  }

  readonly #create = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const scopes = [...form.querySelectorAll<HTMLInputElement>("[name=scope]:checked")].map(({ value }) => value) as NewApiKey["scopes"];
    if (scopes.length === 0) {
      this.refuse(words.noScope);
      return;
    }
    const life = this.value("key-life");
    // A whole year is what the API gives by itself; counted here it could be a second too long.
    const expires = life === "day" ? { expires_at: new Date(`${this.value("key-day")}T23:59:59`).toISOString() } : life === "365" ? {} : { expires_at: new Date(Date.now() + Number(life) * 86_400_000).toISOString() };
    const made = await this.attempt(() => keys.create({ name: this.value("key-name").trim(), scopes, ...expires }), null);
    if (!made) return;
    this.made = made.value;
    this.untilDay = false;
    form.reset();
    await this.reload();
  };

  async #revoke({ id, name }: ApiKey): Promise<void> {
    if (!(await confirmed({ heading: words.endKey(name), body: words.endKeyBody, action: words.revoke }))) return;
    if ((await this.attempt(() => keys.revoke(id), words.keyEnded(name))) && this.made?.id === id) this.made = null;
    await this.reload();
    this.querySelector<HTMLElement>("h2[tabindex]")?.focus();
  }

  override render() {
    const { items } = this;
    if (items === null) return this.waiting(() => void this.reload());
    const tomorrow = plusDays(dayOf(new Date()), 1);
    return html`${this.made?.secret === undefined ? nothing : html`<section class="card note"><mf-secret label=${words.newKey(this.made.name)} .value=${this.made.secret}></mf-secret></section>`}
      <form class="card" @submit=${this.#create}>
        <h2>${words.makeKey}</h2>
        <label for="key-name">${words.keyName}</label>
        <input id="key-name" required maxlength="100" autocomplete="off" placeholder=${words.keyNameExample} />
        <fieldset class="checks"><legend>${words.mayDo}</legend>
          ${(["tasks:read", "tasks:write"] as const).map((scope) => html`<label><input type="checkbox" name="scope" value=${scope} checked />${words.scopeNames[scope]}</label>`)}
        </fieldset>
        <label for="key-life">${words.keyEnds}</label>
        <select id="key-life" @change=${(event: Event) => (this.untilDay = (event.target as HTMLSelectElement).value === "day")}>
          ${lifetimes.map((days) => html`<option value=${days} ?selected=${days === 90}>${words.lifetimes[days]}</option>`)}
          <option value="day">${words.onADay}</option>
        </select>
        ${this.untilDay ? html`<label for="key-day">${words.keyDay}</label><input id="key-day" type="date" required min=${tomorrow} max=${plusDays(dayOf(new Date()), 363)} />` : nothing}
        ${this.alert()}
        <div class="actions"><button class="primary" ?disabled=${this.busy}>${words.makeKeyButton}</button></div>
      </form>
      ${items.length === 0
        ? html`<div class="empty"><h2 tabindex="-1">${words.noKeys}</h2><p class="quiet">${words.noKeysHint}</p></div>`
        : html`<section class="card"><h2 tabindex="-1">${words.keyCount(items.length)}</h2><ul class="things">${items.map((key) => this.#row(key))}</ul></section>`}`;
  }

  #row(key: ApiKey): TemplateResult {
    return html`<li>
      <div><p class="title">${key.name}</p>
        <p class="facts"><span>${words.scopes(key.scopes)}</span><span>${words.usedOn(dayOfUse(key.last_used_on))}</span><span>${words.endsOn(longDay(key.expires_at))}</span></p></div>
      <button aria-label=${words.endKey(key.name)} ?disabled=${this.busy} @click=${() => void this.#revoke(key)}>${words.revoke}</button>
    </li>`;
  }
}

customElements.define("mf-settings-keys", Keys);
