// Where somebody is signed in: this device marked, any other one ended, or all of them.
import { html, nothing, type TemplateResult } from "lit";
import { sessions, type Session } from "../../api/settings.ts";
import { deviceOf } from "../../logic/devices.ts";
import { confirmed } from "../../parts/confirm.ts";
import { words } from "../../strings-settings.ts";
import { dayOfUse, longDay } from "./dates.ts";
import { Section } from "./section.ts";

function nameOf(session: Session): string {
  const [program, system] = deviceOf(session.user_agent);
  return words.device(program, system);
}

class Devices extends Section {
  static override properties = { ...Section.properties, items: { state: true } };
  declare items: Session[] | null;

  constructor() {
    super();
    this.items = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.reload();
  }

  async reload(): Promise<void> {
    const read = await this.read(sessions.list());
    // This device first, then by last use.
    if (read) this.items = read.toSorted((one, other) => Number(other.current) - Number(one.current) || other.last_used_on.localeCompare(one.last_used_on) || other.id.localeCompare(one.id));
  }

  async #end(session: Session): Promise<void> {
    const name = nameOf(session);
    if (!(await confirmed({ heading: words.endDevice(name), body: words.endDeviceBody, action: words.signOutThere }))) return;
    await this.attempt(() => sessions.revoke(session.id), words.deviceEnded(name));
    await this.reload();
    this.querySelector<HTMLElement>("h2")?.focus();
  }

  readonly #endOthers = async (): Promise<void> => {
    const others = (this.items ?? []).filter(({ current }) => !current);
    if (!(await confirmed({ heading: words.endOthers(others.length), body: words.endDeviceBody, action: words.signOutOthers }))) return;
    await this.attempt(async () => {
      for (const { id } of others) {
        const outcome = await sessions.revoke(id);
        if (outcome.kind !== "done") return outcome;
      }
      return { kind: "done", value: undefined };
    }, words.othersEnded(others.length));
    await this.reload();
    this.querySelector<HTMLElement>("h2")?.focus();
  };

  override render() {
    const { items } = this;
    if (items === null) return this.waiting(() => void this.reload());
    return html`<section class="card">
      <header><h2 tabindex="-1">${words.deviceCount(items.length)}</h2>
        ${items.length > 1 ? html`<button ?disabled=${this.busy} @click=${this.#endOthers}>${words.signOutOthers}</button>` : nothing}</header>
      ${this.alert()}
      <ul class="things">${items.map((session) => this.#row(session))}</ul>
    </section>`;
  }

  #row(session: Session): TemplateResult {
    const name = nameOf(session);
    return html`<li>
      <div><p class="title">${name} ${session.current ? html`<span class="chip good">${words.thisDevice}</span>` : nothing}</p>
        <p class="facts"><span>${words.usedOn(dayOfUse(session.last_used_on))}</span><span>${words.signedIn(longDay(session.created_at))}</span>${session.kind === "token" ? html`<span>${words.byToken}</span>` : nothing}</p></div>
      ${session.current ? nothing : html`<button aria-label=${words.endDevice(name)} ?disabled=${this.busy} @click=${() => void this.#end(session)}>${words.signOutThere}</button>`}
    </li>`;
  }
}

customElements.define("mf-settings-devices", Devices);
