// The frame around the pages: who is signed in, which page is open, undo, and the news from the server.
import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { account, tasks, type User } from "./api/client.ts";
import { Live } from "./live.ts";
import type { Purpose } from "./pages/mail-link.ts";
import "./pages/mail-link.ts";
import "./pages/next.ts";
import "./pages/sign-in.ts";
import "./pages/tasks.ts";
import { Leader } from "./logic/keys.ts";
import { Piece } from "./parts/element.ts";
import type { HelpSheet } from "./parts/help.ts";
import "./parts/help.ts";
import "./parts/quick-add.ts";
import { tell } from "./parts/toasts.ts";
import { text } from "./strings.ts";

interface Page extends HTMLElement {
  reload: () => Promise<void>;
  act?: (key: string) => boolean;
}

// A page of its own for each: one list that changed its view would show the last one's tasks for a moment.
const pages: { path: string; key: string; label: string; render: () => TemplateResult }[] = [
  { path: "/", key: "n", label: text.next, render: () => html`<mf-next data-page></mf-next>` },
  { path: "/today", key: "t", label: text.today, render: () => html`<mf-tasks data-page view="today"></mf-tasks>` },
  { path: "/upcoming", key: "u", label: text.upcoming, render: () => html`<mf-tasks data-page view="upcoming"></mf-tasks>` },
  { path: "/all", key: "a", label: text.all, render: () => html`<mf-tasks data-page view="all"></mf-tasks>` },
];

// Open to everybody, signed in or not: the links in mails lead here.
const links: Record<string, Purpose> = { "/forgot-password": "forgot", "/reset-password": "reset", "/confirm-email": "confirm" };

const renewEveryMilliseconds = 24 * 60 * 60 * 1000;

class App extends Piece {
  static override properties = { user: { state: true }, refusal: { state: true }, path: { state: true } };
  /** Undefined until it is known. */
  declare user: User | null | undefined;
  declare refusal: string | null;
  declare path: string;
  readonly #leader = new Leader();
  readonly #live = new Live(() => void this.#page()?.reload());

  constructor() {
    super();
    this.user = undefined;
    this.refusal = null;
    this.path = location.pathname;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("popstate", () => (this.path = location.pathname));
    window.addEventListener("mf-signed-in", () => void this.#enter());
    window.addEventListener("mf-signed-out", this.#left);
    window.addEventListener("mf-undo", () => void this.#undo());
    this.addEventListener("click", this.#followed);
    window.addEventListener("mf-changed", () => void this.#page()?.reload());
    document.addEventListener("keydown", this.#pressed);
    setInterval(() => void (this.user && account.renew()), renewEveryMilliseconds);
    void this.#enter();
  }

  async #enter(): Promise<void> {
    const outcome = await account.me();
    if (outcome.kind === "done") {
      [this.user, this.refusal] = [outcome.value, null];
      if (isEntry(this.path)) this.#go("/");
      this.#live.open();
    } else if (outcome.kind === "refused" && outcome.status !== 401) {
      this.refusal = outcome.message;
    }
  }

  readonly #left = (): void => {
    this.user = null;
    this.#live.close();
    if (!isEntry(this.path) && !(this.path in links)) this.#go("/sign-in");
  };

  readonly #signOut = async (): Promise<void> => {
    const outcome = await account.logout();
    if (outcome.kind === "refused" && outcome.status !== 401) tell(outcome, "");
    else this.#left();
  };

  async #undo(): Promise<void> {
    tell(await tasks.undo(), text.undone, false);
    await this.#page()?.reload();
  }

  readonly #help = (): void => {
    this.querySelector<HelpSheet>("mf-help")?.open();
  };

  #page(): Page | null {
    return this.querySelector<Page>("[data-page]");
  }

  #go(path: string): void {
    history.pushState(null, "", path);
    this.path = location.pathname;
  }

  /** Links within the dashboard change the page without loading it. */
  readonly #followed = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
    if (link?.origin !== location.origin || link.target !== "" || !isOurs(link.pathname)) return;
    event.preventDefault();
    this.#go(link.pathname);
  };

  readonly #pressed = (event: KeyboardEvent): void => {
    if (!this.user || event.defaultPrevented) return;
    if (isWriting(event.target)) {
      if (event.key === "Escape" && event.target instanceof HTMLInputElement) event.target.blur();
      return;
    }
    if ((event.ctrlKey || event.metaKey) && event.key === "z") {
      event.preventDefault();
      void this.#undo();
    } else if (!event.ctrlKey && !event.metaKey && !event.altKey && this.#key(event.key)) {
      event.preventDefault();
    }
  };

  #key(pressed: string): boolean {
    const meant = this.#leader.press(pressed, performance.now());
    if (meant.kind === "waiting") return true;
    const { kind, key } = meant;
    if (kind === "page") {
      const page = pages.find((one) => one.key === key);
      if (page) this.#go(page.path);
      return page !== undefined;
    }
    if (key === "?") this.#help();
    else if (key === "z") void this.#undo();
    else if (key === "q" || key === "c") this.querySelector<HTMLElement>("#quick-add")?.focus();
    else return this.#page()?.act?.(key) ?? false;
    return true;
  }

  protected override updated(): void {
    const page = pages.find(({ path }) => path === this.path);
    const purpose = links[this.path];
    const title = purpose ? text.links[purpose].heading : page && this.user ? page.label : this.path === "/sign-up" ? text.signUp : text.signIn;
    document.title = `${title} · ${text.product}`;
  }

  override render() {
    const purpose = links[this.path];
    if (purpose !== undefined) return keyed(purpose, html`<mf-mail-link purpose=${purpose}></mf-mail-link>`);
    if (this.user === undefined) {
      return this.refusal === null
        ? html`<main class="entry" id="content" role="status"><span class="unseen">${text.loading}</span></main>`
        : html`<main class="entry" id="content"><p role="alert">${this.refusal}</p><button @click=${() => void this.#enter()}>${text.retry}</button></main>`;
    }
    if (this.user === null) return html`<mf-sign-in ?joining=${this.path === "/sign-up"}></mf-sign-in>`;
    const page = pages.find(({ path }) => path === this.path);
    return html`<a class="skip" href="#content">${text.skip}</a>
      <div class="frame">
        <nav aria-label=${text.mainNavigation}>
          <div class="brand"><img src="/icon.svg" alt="" width="28" height="28" /><span>${text.product}</span></div>
          ${pages.map(({ path, label }) => html`<a href=${path} aria-current=${path === this.path ? "page" : nothing}>${label}</a>`)}
          <div class="who"><button class="plain keys" @click=${this.#help}>${text.keysButton}</button><span class="quiet" title=${this.user.email}>${this.user.email}</span><button class="plain" @click=${this.#signOut}>${text.signOut}</button></div>
        </nav>
        <main id="content" tabindex="-1">
          <mf-quick-add></mf-quick-add>
          ${page ? keyed(page.path, page.render()) : html`<div class="empty"><h1>${text.noPage}</h1><a href="/">${text.toNext}</a></div>`}
        </main>
      </div>
      <mf-toasts></mf-toasts><mf-help></mf-help>`;
  }
}

function isEntry(path: string): boolean {
  return path === "/sign-in" || path === "/sign-up";
}

function isOurs(path: string): boolean {
  return isEntry(path) || path in links || pages.some((page) => page.path === path);
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, select, dialog, [popover]") !== null;
}

customElements.define("mf-app", App);
