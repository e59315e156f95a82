// The feed for calendars that subscribe: an address that is a secret, made, replaced and closed here.
import { html, nothing } from "lit";
import { calendar, type CalendarToken } from "../../api/settings.ts";
import { confirmed } from "../../parts/confirm.ts";
import "../../parts/secret.ts";
import { words } from "../../strings-settings.ts";
import { dayOfUse, longDay } from "./dates.ts";
import { Section } from "./section.ts";

class Calendar extends Section {
  static override properties = { ...Section.properties, feed: { state: true }, url: { state: true } };
  declare feed: CalendarToken | null;
  declare url: string | null;

  constructor() {
    super();
    this.feed = null;
    this.url = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.reload();
  }

  async reload(): Promise<void> {
    this.feed = (await this.read(calendar.read())) ?? this.feed;
  }

  readonly #open = async (): Promise<void> => {
    if (this.feed?.exists === true && !(await confirmed({ heading: words.replaceFeed, body: words.replaceFeedBody, action: words.replace }))) return;
    const made = await this.attempt(() => calendar.create(), words.feedOpened);
    if (made) [this.feed, this.url] = [made.value, made.value.url ?? null];
  };

  readonly #close = async (): Promise<void> => {
    if (!(await confirmed({ heading: words.closeFeed, body: words.closeFeedBody, action: words.closeFeedButton }))) return;
    if (await this.attempt(() => calendar.revoke(), words.feedClosed)) this.url = null;
    await this.reload();
    this.querySelector<HTMLElement>("h2")?.focus();
  };

  override render() {
    const { feed } = this;
    if (feed === null) return this.waiting(() => void this.reload());
    return html`${this.url === null ? nothing : html`<section class="card note"><mf-secret label=${words.feedAddress} .value=${this.url}></mf-secret><p class="hint">${words.feedHow}</p></section>`}
      <section class="card">
        <h2 tabindex="-1">${feed.exists ? words.feedIsOpen : words.feedIsClosed}</h2>
        ${feed.exists
          ? html`<p class="facts"><span>${words.usedOn(dayOfUse(feed.last_used_on))}</span>${feed.expires_at === null ? nothing : html`<span>${words.endsOn(longDay(feed.expires_at))}</span>`}</p>`
          : html`<p class="quiet">${words.feedHint}</p>`}
        ${this.alert()}
        <div class="actions">
          <button class=${feed.exists ? "" : "primary"} ?disabled=${this.busy} @click=${this.#open}>${feed.exists ? words.replace : words.openFeed}</button>
          ${feed.exists ? html`<button class="danger" ?disabled=${this.busy} @click=${this.#close}>${words.closeFeedButton}</button>` : nothing}
        </div>
      </section>`;
  }
}

customElements.define("mf-settings-calendar", Calendar);
