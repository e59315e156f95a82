// The frame around the pages: who is signed in, which page is open, undo, and the news from the server.
import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { account, type User } from "./api/client.ts";
import { go, gone } from "./go.ts";
import { Live } from "./live.ts";
import { addressOf, taskIn, withTask } from "./logic/addresses.ts";
import { chord, Leader } from "./logic/keys.ts";
import type { Purpose } from "./pages/mail-link.ts";
import "./pages/mail-link.ts";
import "./pages/sign-in.ts";
import { pages, type Entry, type Page } from "./pages.ts";
import { brand } from "./parts/brand.ts";
import { drawn } from "./parts/drawn.ts";
import { Piece } from "./parts/element.ts";
import type { HelpSheet } from "./parts/help.ts";
import "./parts/help.ts";
import { icon } from "./parts/icons.ts";
import type { CommandPalette, Option } from "./parts/palette.ts";
import type { QuickAddLine } from "./parts/quick-add.ts";
import "./parts/quick-add.ts";
import { followOwnKeys, meaning, shownKeys } from "./parts/keys-in-force.ts";
import { watchPending } from "./parts/pending.ts";
import { show } from "./parts/show.ts";
import type { TaskPanelPart } from "./parts/task-panel.ts";
import { tell } from "./parts/toasts.ts";
import { redo, undo } from "./parts/undo.ts";
import { forgetPreferences, readPreferences } from "./preferences.ts";
import { text } from "./strings.ts";

// Open to everybody, signed in or not: the links in mails lead here.
const links: Record<string, Purpose> = { "/forgot-password": "forgot", "/reset-password": "reset", "/confirm-email": "confirm" };

const renewEveryMilliseconds = 24 * 60 * 60 * 1000;

class App extends Piece {
  static override properties = { user: { state: true }, refusal: { state: true }, place: { state: true }, shown: { state: true } };
  /** Undefined until it is known. */
  declare user: User | null | undefined;
  declare refusal: string | null;
  /** Path and query of the address. */
  declare place: string;
  /** The place whose page is in the frame: for the length of a frame the one before, so that whoever goes sees at once where to. */
  declare shown: string;
  readonly #leader = new Leader();
  /** What was written since the palette was asked for, until it is there. */
  #forPalette: string | null = null;
  /** Where somebody wanted to go who had to sign in first. */
  #wanted: string | null = null;
  /** Whether somebody was there until the session ended. */
  #ended = false;
  /** Kept when the page that was gone to is there, with the focus at its heading. */
  #arrived: Promise<void> = Promise.resolve();
  readonly #live = new Live(() => { this.#reload(); });

  constructor() {
    super();
    this.user = undefined;
    this.refusal = null;
    this.place = here();
    this.shown = this.place;
  }

  get path(): string {
    return pathOf(this.place);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    for (const event of ["popstate", gone]) window.addEventListener(event, this.#arrive);
    window.addEventListener("mf-signed-in", () => void this.#enter());
    window.addEventListener("mf-signed-out", this.#left);
    window.addEventListener("mf-parted", this.#parted);
    window.addEventListener("mf-sign-out", () => void this.#signOut());
    window.addEventListener("mf-user", (event) => (this.user = (event as CustomEvent<User>).detail));
    this.addEventListener("click", this.#followed);
    window.addEventListener("mf-changed", this.#reload);
    this.addEventListener("mf-close", () => { this.#closeTask(); });
    document.addEventListener("keydown", this.#pressed);
    followOwnKeys(pages.map(({ key }) => key));
    watchPending();
    setInterval(() => void (this.user && account.renew()), renewEveryMilliseconds);
    void this.#enter();
  }

  async #enter(): Promise<void> {
    const [outcome] = await Promise.all([account.me(), readPreferences()]);
    if (outcome.kind === "done") {
      [this.user, this.refusal, this.#ended] = [outcome.value, null, false];
      if (isEntry(this.path)) go(this.#wanted ?? "/");
      this.#wanted = null;
      this.#live.open();
    } else if (outcome.kind === "refused" && outcome.status !== 401) {
      this.refusal = outcome.message;
    }
  }

  readonly #left = (): void => {
    this.#ended ||= Boolean(this.user);
    this.user = null;
    forgetPreferences();
    this.#live.close();
    if (isEntry(this.path) || this.path in links || addressOf(this.path) === null) return;
    this.#wanted = this.place;
    go("/sign-in");
  };

  readonly #signOut = async (): Promise<void> => {
    const outcome = await account.logout();
    if (outcome.kind === "refused" && outcome.status !== 401) tell(outcome, "");
    else this.#parted();
  };

  /** Whoever comes next need not be the same person. */
  readonly #parted = (): void => {
    this.#left();
    [this.#wanted, this.#ended] = [null, false];
  };

  readonly #help = (): void => {
    this.querySelector<HelpSheet>("mf-help")?.open();
  };

  readonly #reload = (): void => {
    void this.#page()?.reload?.();
    void this.querySelector<TaskPanelPart>("mf-task-panel")?.reload();
  };

  /** None while another one is on its way: no key is for the one that is left. */
  #page(): Page | null {
    return pathOf(this.shown) === this.path ? this.querySelector<Page>("[data-page]") : null;
  }

  /** Another page is read out and gone on from at its heading; another state of the same one is its own affair. */
  readonly #arrive = (event: Event): void => {
    const [before, leaves] = [this.path, this.#page() !== null];
    const come = (): void => { this.shown = this.place; };
    this.place = here();
    if (this.path === before || !this.user) {
      come();
      return;
    }
    if (!leaves) come();
    const comes = leaves ? drawn().then(come) : null;
    const load = Promise.resolve(entryOf(this.path)?.load?.()).catch(() => null);
    this.#arrived = Promise.all([comes, load]).then(async () => {
      await this.updateComplete;
      await (this.#page() as Piece | null)?.updateComplete;
      this.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
      // Whoever goes back is where they were.
      if (event.type === gone) window.scrollTo({ top: 0 });
    });
  };

  readonly #palette = async (): Promise<void> => {
    if (this.#forPalette !== null) return;
    this.#forPalette = "";
    try {
      await this.#openPalette();
    } finally {
      this.#forPalette = null;
    }
  };

  async #openPalette(): Promise<void> {
    await loaded(() => import("./parts/palette.ts"));
    const palette = this.querySelector<CommandPalette>("mf-palette");
    if (palette?.open === undefined) return;
    palette.commands = this.#commands();
    palette.owner = this.user?.id ?? "";
    palette.places = {
      view: (query) => { go(`/all${query}`); },
      project: (name) => { go(`/projects/${encodeURIComponent(name)}`); },
      task: ({ id }) => { go(withTask(here(), id)); },
      add: (line) => { this.querySelector<QuickAddLine>("mf-quick-add")?.begin(line); },
    };
    await palette.updateComplete;
    if (this.#forPalette !== null) palette.open(this.#forPalette);
  }

  /** A key on the way to the palette: what it writes is for its line, Escape gives the palette up, and none does what it does on a page. */
  #writtenAhead(line: string, { key, ctrlKey, metaKey }: KeyboardEvent): boolean {
    if (ctrlKey || metaKey) return false;
    if (key === "Escape") this.#forPalette = null;
    else if (key === "Backspace") this.#forPalette = line.slice(0, -1);
    else if (key.length === 1) this.#forPalette = line + key;
    else return key === "Enter";
    return true;
  }

  /** All that a key does, and what has none. */
  #commands(): Option[] {
    const to = pages.map(({ address, label, key }) => ({ id: address, label: text.goToPage(label), keys: shownKeys(`g ${key}`).join(" "), run: () => { go(address); } }));
    const byKey = text.keySheet.flatMap(({ keys }) => keys).flatMap(([pressed, label]) => {
      const key = pressed.split(" ")[0] ?? "";
      return key.length > 1 || key === "j" || key === "g" ? [] : [{ id: key, label, keys: shownKeys(key).join(" "), run: () => { if (!this.#key(key)) show({ message: text.noTaskForThat, tone: "waiting" }); } }];
    });
    const sections = Object.entries(text.settingsSections).map(([name, label]) => ({ id: `settings-${name}`, label: text.settingsSection(label), keys: "", run: () => { go(`/settings/${name}`); } }));
    return [...to, ...byKey, ...sections, { id: "sign-out", label: text.signOut, keys: "", run: () => void this.#signOut() }];
  }

  /** Links within the dashboard change the page without loading it. */
  readonly #followed = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
    if (link?.origin !== location.origin || link.target !== "" || link.hash !== "" || addressOf(link.pathname) === null) return;
    event.preventDefault();
    if (link.pathname + link.search !== here()) go(link.pathname + link.search);
  };

  readonly #pressed = (event: KeyboardEvent): void => {
    if (!this.user || event.defaultPrevented) return;
    if (this.#forPalette !== null) {
      if (this.#writtenAhead(this.#forPalette, event)) event.preventDefault();
      return;
    }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (document.querySelector("dialog[open]") === null) void this.#palette();
      return;
    }
    if (isWriting(event.target)) {
      // In a popover Escape closes that, and the focus goes back from it.
      if (event.key === "Escape" && event.target instanceof HTMLInputElement && event.target.closest("[popover]") === null) event.target.blur();
      return;
    }
    const meant = meaning(chord(event), this.#leader.waits(performance.now()));
    // What means nothing ends the waiting for a letter, too.
    if (meant === null) this.#leader.press("", performance.now());
    else if (this.#key(meant)) event.preventDefault();
  };

  #key(pressed: string): boolean {
    if (pressed === "Ctrl+z") void undo();
    else if (pressed === "Ctrl+Shift+z") void redo();
    else if (!pressed.startsWith("Ctrl+") && !pressed.startsWith("Alt+")) return this.#plain(pressed);
    else return this.#page()?.act?.(pressed) ?? false;
    return true;
  }

  #plain(pressed: string): boolean {
    const meant = this.#leader.press(pressed, performance.now());
    if (meant.kind === "waiting") return true;
    const { kind, key } = meant;
    if (kind === "page") {
      const page = pages.find((one) => one.key === key);
      if (page) go(page.address);
      return page !== undefined;
    }
    if (key === "?") this.#help();
    else if (key === "z") void undo();
    else if (key === "Z") void redo();
    else if (key === "q" || key === "c") this.querySelector<HTMLElement>("#quick-add")?.focus();
    else if (this.#page()?.act?.(key) === true) return true;
    else if (key === "/") void this.#searchAll();
    else return key === "Escape" && this.#closeTask();
    return true;
  }

  #closeTask(): boolean {
    if (taskIn(location.search) === null) return false;
    go(withTask(here(), null));
    return true;
  }

  /** From a page that has no search of its own. */
  async #searchAll(): Promise<void> {
    go("/all");
    await this.#arrived;
    this.#page()?.act?.("/");
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (this.user && (changed.has("place") || changed.has("user"))) void loaded(entryOf(this.path)?.load);
  }

  protected override updated(): void {
    const page = entryOf(this.path);
    const purpose = links[this.path];
    const name = addressOf(this.path)?.name ?? null;
    const title = purpose ? text.links[purpose].heading : this.user ? (page ? (name === null ? page.label : (page.titled?.(name) ?? name)) : text.noPage) : addressOf(this.path) === null ? text.noPage : this.path === "/sign-up" ? text.signUp : text.signIn;
    document.title = `${title} · ${text.product}`;
  }

  override render() {
    const purpose = links[this.path];
    if (purpose !== undefined) return keyed(purpose, html`<mf-mail-link purpose=${purpose}></mf-mail-link>`);
    if (this.user === undefined) {
      return this.refusal === null
        ? html`<main class="entry" id="content" role="status"><span class="unseen">${text.loading}</span></main>`
        : html`<main class="entry" id="content">${brand()}<h1>${text.unreachable}</h1><p role="alert">${this.refusal}</p><button @click=${() => void this.#enter()}>${text.retry}</button></main>`;
    }
    if (this.user === null && addressOf(this.path) === null) return html`<main class="entry" id="content">${brand()}${lost()}</main>`;
    if (this.user === null) return html`<mf-sign-in ?joining=${this.path === "/sign-up"} ?ended=${this.#ended && this.path !== "/sign-up"}></mf-sign-in>`;
    const current = entryOf(this.path);
    const path = pathOf(this.shown);
    const page = entryOf(path);
    const name = addressOf(path)?.name ?? null;
    const task = taskIn(this.place.slice(this.path.length));
    if (task !== null) void import("./parts/task-panel.ts");
    return html`<a class="skip" href="#content">${text.skip}</a>
      <div class="frame">
        <header class="side">
          <div class="brand"><img src="/icon.svg" alt="" width="28" height="28" /><span>${text.product}</span></div>
          <button class="find" @click=${this.#palette}>${icon("search")}<span>${text.paletteOpen}</span><kbd aria-hidden="true">${navigator.userAgent.includes("Mac") ? "⌘" : "Ctrl"} K</kbd></button>
          <nav aria-label=${text.mainNavigation}>${pages.filter(({ aside }) => aside !== true).map((one) => html`<a href=${one.address} aria-current=${one === current ? "page" : nothing}>${icon(one.icon)}<span>${one.label}</span></a>`)}</nav>
          <div class="who"><a href="/settings" aria-current=${current?.address === "/settings" ? "page" : nothing}>${icon("settings")}<span>${text.settings}</span></a><button class="plain keys" @click=${this.#help}>${text.keysButton}</button><span class="quiet" title=${this.user.email}>${this.user.email}</span><button class="plain out" @click=${this.#signOut}>${text.signOut}</button></div>
        </header>
        <main id="content" tabindex="-1">
          <mf-quick-add></mf-quick-add>
          ${page
            ? keyed(page.address + (name ?? ""), page.render({ name, search: this.shown.slice(path.length), user: this.user }))
            : lost()}
        </main>
      </div>
      ${task === null ? nothing : html`<mf-task-panel .taskId=${task}></mf-task-panel>`}
      <mf-toasts></mf-toasts><mf-help .pages=${pages.map(({ key, label }) => [`g ${key}`, label] as const)}></mf-help><mf-palette></mf-palette>`;
  }
}

function lost(): TemplateResult {
  return html`<div class="empty"><h1 tabindex="-1">${text.noPage}</h1><p>${text.noPageHint}</p><a href="/">${text.toNext}</a></div>`;
}

function pathOf(place: string): string {
  return place.split("?", 1)[0] ?? "/";
}

function entryOf(path: string): Entry | undefined {
  const address = addressOf(path)?.address;
  return pages.find((page) => page.address === address);
}

function isEntry(path: string): boolean {
  return path === "/sign-in" || path === "/sign-up";
}

/** A part that comes late may not come: there is no network, or a new version has other files. */
async function loaded(load: (() => Promise<unknown>) | undefined): Promise<void> {
  try {
    await load?.();
  } catch {
    show({ message: text.notLoaded, tone: "bad" });
  }
}

function here(): string {
  return location.pathname + location.search;
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input:not([type=checkbox]), textarea, select, dialog:modal, dialog[aria-modal=true], [popover]") !== null;
}

customElements.define("mf-app", App);
