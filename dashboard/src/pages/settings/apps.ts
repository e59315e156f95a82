// Assistants and other apps that somebody has allowed.
import { html, type TemplateResult } from "lit";
import { apps, type App } from "../../api/settings.ts";
import { confirmed } from "../../parts/confirm.ts";
import { words } from "../../strings-settings.ts";
import { dayOfUse, longDay } from "./dates.ts";
import { Section } from "./section.ts";

class Apps extends Section {
  static override properties = { ...Section.properties, items: { state: true } };
  declare items: App[] | null;

  constructor() {
    super();
    this.items = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.reload();
  }

  async reload(): Promise<void> {
    this.items = (await this.read(apps.list())) ?? this.items;
  }

  async #end({ id, client_name }: App): Promise<void> {
    if (!(await confirmed({ heading: words.endApp(client_name), body: words.endAppBody, action: words.revoke }))) return;
    await this.attempt(() => apps.revoke(id), words.appEnded(client_name));
    await this.reload();
    this.querySelector<HTMLElement>("h2")?.focus();
  }

  override render() {
    const { items } = this;
    if (items === null) return this.waiting(() => void this.reload());
    if (items.length === 0) return html`<div class="empty"><h2 tabindex="-1">${words.noApps}</h2><p class="quiet">${words.noAppsHint}</p></div>`;
    return html`<section class="card"><h2 tabindex="-1">${words.appCount(items.length)}</h2>${this.alert()}<ul class="things">${items.map((app) => this.#row(app))}</ul></section>`;
  }

  #row(app: App): TemplateResult {
    return html`<li>
      <div><p class="title">${app.client_name}</p>
        <p class="facts"><span>${words.scopes(app.scopes)}</span><span>${words.usedOn(dayOfUse(app.last_used_on))}</span><span>${words.allowedOn(longDay(app.allowed_at))}</span></p></div>
      <button aria-label=${words.endApp(app.client_name)} ?disabled=${this.busy} @click=${() => void this.#end(app)}>${words.revoke}</button>
    </li>`;
  }
}

customElements.define("mf-settings-apps", Apps);
