// The settings: a list of sections, each a page with an address of its own, loaded when it is opened.
import { html, nothing, type TemplateResult } from "lit";
import { account, type User } from "../../api/client.ts";
import { Piece } from "../../parts/element.ts";
import "../../parts/late.ts";
import { text } from "../../strings.ts";
import { words } from "../../strings-settings.ts";
import "../../styles/settings.css";

interface Section {
  name: keyof typeof words.sections;
  load: () => Promise<unknown>;
  show: (user: User) => TemplateResult;
}

const sections: Section[] = [
  { name: "profile", load: () => import("./profile.ts"), show: (user) => html`<mf-settings-profile data-section .user=${user}></mf-settings-profile>` },
  { name: "password", load: () => import("./password.ts"), show: (user) => html`<mf-settings-password data-section .user=${user}></mf-settings-password>` },
  { name: "appearance", load: () => import("./appearance.ts"), show: () => html`<mf-settings-appearance data-section></mf-settings-appearance>` },
  { name: "shortcuts", load: () => import("./shortcuts.ts"), show: () => html`<mf-settings-shortcuts data-section></mf-settings-shortcuts>` },
  { name: "hours", load: () => import("./hours.ts"), show: () => html`<mf-settings-hours data-section></mf-settings-hours>` },
  { name: "weights", load: () => import("./weights.ts"), show: () => html`<mf-settings-weights data-section></mf-settings-weights>` },
  { name: "devices", load: () => import("./devices.ts"), show: () => html`<mf-settings-devices data-section></mf-settings-devices>` },
  { name: "apps", load: () => import("./apps.ts"), show: () => html`<mf-settings-apps data-section></mf-settings-apps>` },
  { name: "keys", load: () => import("./keys.ts"), show: () => html`<mf-settings-keys data-section></mf-settings-keys>` },
  { name: "calendar", load: () => import("./calendar.ts"), show: () => html`<mf-settings-calendar data-section></mf-settings-calendar>` },
  { name: "import", load: () => import("./import.ts"), show: () => html`<mf-settings-import data-section></mf-settings-import>` },
  { name: "export", load: () => import("./export.ts"), show: () => html`<mf-settings-export data-section></mf-settings-export>` },
  { name: "delete", load: () => import("./delete.ts"), show: (user) => html`<mf-settings-delete data-section .user=${user}></mf-settings-delete>` },
];

const root = "/settings";

class Settings extends Piece {
  static override properties = { name: {}, user: { attribute: false } };
  /** Of the section; empty for the list of them. */
  declare name: string;
  declare user: User;

  constructor() {
    super();
    this.name = "";
  }

  /** News that something changed: lists read again; and whoever was signed out elsewhere learns it by asking who they are. */
  async reload(): Promise<void> {
    const outcome = await account.me();
    if (outcome.kind === "done") window.dispatchEvent(new CustomEvent<User>("mf-user", { detail: outcome.value }));
    await this.querySelector<HTMLElement & { reload?: () => Promise<void> }>("[data-section]")?.reload?.();
  }

  #links(hints: boolean): TemplateResult {
    return html`<ul class=${hints ? "section-cards" : "section-links"}>
      ${sections.map(({ name }) => {
        const label = words.sections[name];
        return html`<li><a href="${root}/${name}" aria-current=${name === this.name ? "page" : nothing}>${hints ? html`<strong>${label}</strong><span>${words.hints[name]}</span>` : label}</a></li>`;
      })}
    </ul>`;
  }

  override render() {
    const section = sections.find(({ name }) => name === this.name);
    if (!section) {
      return html`<section class="page settings">
        <header><h1 tabindex="-1">${words.settings}</h1><button @click=${() => window.dispatchEvent(new Event("mf-sign-out"))}>${text.signOut}</button></header>
        ${this.#links(true)}
      </section>`;
    }
    return html`<section class="page settings">
      <a class="back" href=${root}><span aria-hidden="true">‹ </span>${words.settings}</a>
      <div class="settings-frame">
        <div role="navigation" aria-label=${words.settings}>${this.#links(false)}</div>
        <div class="settings-body">
          <header><h1 tabindex="-1">${words.sections[section.name]}</h1><p class="quiet">${words.hints[section.name]}</p></header>
          <mf-late .load=${section.load} .show=${() => section.show(this.user)}></mf-late>
        </div>
      </div>
    </section>`;
  }
}

customElements.define("mf-settings", Settings);
