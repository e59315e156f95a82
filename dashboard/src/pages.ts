// The pages that one gets about between, with the key after `g` that leads to each. What only some visitors open is loaded
// when they do.
import { html, type TemplateResult } from "lit";
import type { User } from "./api/client.ts";
import type { Address } from "./logic/addresses.ts";
import "./pages/all.ts";
import "./pages/next.ts";
import "./pages/today.ts";
import "./pages/upcoming.ts";
import type { Icon } from "./parts/icons.ts";
import { text } from "./strings.ts";

/** What app.ts knows of a page: an element with `data-page`. */
export interface Page extends HTMLElement {
  reload?: () => Promise<void>;
  /** Does what a key means on this page; false when it means nothing. */
  act?: (key: string) => boolean;
}

/** Where a page is: the name in its path, for families of addresses, and the query, `?` included; and who looks at it. */
export interface Place {
  name: string | null;
  search: string;
  user: User;
}

export interface Entry {
  address: Address;
  key: string;
  label: string;
  icon: Icon;
  /** Not with the others where one gets about: it has a place of its own. */
  aside?: true;
  /** The title of the page that has the name in its path, where that is not the name itself. */
  titled?: (name: string) => string;
  load?: () => Promise<unknown>;
  render: (place: Place) => TemplateResult;
}

export const pages: readonly Entry[] = [
  { address: "/", key: "n", label: text.next, icon: "next", render: () => html`<mf-next data-page></mf-next>` },
  { address: "/today", key: "t", label: text.today, icon: "today", render: () => html`<mf-today data-page></mf-today>` },
  { address: "/upcoming", key: "u", label: text.upcoming, icon: "upcoming", render: ({ search }) => html`<mf-upcoming data-page .search=${search}></mf-upcoming>` },
  { address: "/all", key: "a", label: text.all, icon: "all", render: ({ search, user }) => html`<mf-all data-page .search=${search} .owner=${user.id}></mf-all>` },
  {
    address: "/projects", key: "p", label: text.projects, icon: "projects", load: () => import("./pages/projects.ts"),
    render: ({ name }) => (name === null ? html`<mf-projects data-page></mf-projects>` : html`<mf-project data-page name=${name}></mf-project>`),
  },
  {
    address: "/settings", key: "s", label: text.settings, icon: "settings", aside: true,
    titled: (name) => (text.settingsSections as Record<string, string>)[name] ?? text.settings,
    load: () => import("./pages/settings/settings.ts"),
    render: ({ name, user }) => html`<mf-settings data-page name=${name ?? ""} .user=${user}></mf-settings>`,
  },
];
