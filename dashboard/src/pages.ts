// The pages that one gets about between, with the key after `g` that leads to each. What only some visitors open is loaded
// when they do.
import { html, type TemplateResult } from "lit";
import type { User } from "./api/client.ts";
import type { Address } from "./logic/addresses.ts";
import "./pages/next.ts";
import "./pages/tasks.ts";
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

// An element of its own for each: one list that changed its view would show the last one's tasks for a moment.
export const pages: readonly Entry[] = [
  { address: "/", key: "n", label: text.next, icon: "next", render: () => html`<mf-next data-page></mf-next>` },
  { address: "/today", key: "t", label: text.today, icon: "today", render: () => html`<mf-tasks data-page view="today"></mf-tasks>` },
  { address: "/upcoming", key: "u", label: text.upcoming, icon: "upcoming", render: () => html`<mf-tasks data-page view="upcoming"></mf-tasks>` },
  { address: "/all", key: "a", label: text.all, icon: "all", render: () => html`<mf-tasks data-page view="all"></mf-tasks>` },
  {
    address: "/settings", key: "s", label: text.settings, icon: "settings", aside: true,
    titled: (name) => (text.settingsSections as Record<string, string>)[name] ?? text.settings,
    load: () => import("./pages/settings/settings.ts"),
    render: ({ name, user }) => html`<mf-settings data-page name=${name ?? ""} .user=${user}></mf-settings>`,
  },
];
