// Pictures of every page and state of the dashboard, on a desk and on a telephone, by day and by night, to be looked at by a
// person: in target/pictures, or in the folder that MINDFLOW_PICTURES names. It fails where something is wider than the screen.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, quickAdd, signUp } from "./browser.ts";
import { repository } from "./stack-settings.ts";
import { edgeUrl } from "./stack.ts";

const pictures = process.env["MINDFLOW_PICTURES"] ?? join(repository, "target/pictures");
let browser: Browser;
beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  browser = await launch();
});
afterAll(() => browser.close());

const aWeek = [
  "Send the offer to the bakery today 4pm 45m p5 +Work #clients !tomorrow", "Answer Noor about the flat today 10m #phone",
  "Draft the talk for the meetup tomorrow 2h p4 +Talks", "Water the plants every friday p2 5m", "Renew the passport in 9 days 1h p4 !in 20 days",
  "Compare three offers for the heating, with what each of them costs to run in 3 days 90m +House #money", "Read the chapter on queues 1h +Learning",
  "Book the dentist 10m #phone p2",
];

interface Look {
  name: string;
  open: (page: Page) => Promise<unknown>;
  /** Nothing comes to rest here. */
  busy?: true;
}

/** Goes somewhere and waits for what shows that it is there. */
const at = (path: string, shown: string) => async (page: Page) => {
  await page.goto(edgeUrl + path);
  await page.locator(shown).first().waitFor();
};

const empty: Look[] = [
  { name: "next-empty", open: at("/", ".empty") },
  { name: "today-empty", open: at("/today", ".empty") },
  { name: "upcoming-empty", open: at("/upcoming", ".empty") },
  { name: "all-empty", open: at("/all", ".empty") },
];

const full: Look[] = [
  { name: "next", open: at("/", "article h2") },
  {
    name: "next-writing",
    open: async (page) => {
      await page.getByLabel("Add a task").fill("Call Ada friday 10am #phone +home 15m p4");
      await page.locator("button.token").nth(4).waitFor();
    },
  },
  {
    name: "next-snooze",
    open: async (page) => {
      await at("/", "article h2")(page);
      await page.locator(".best mf-menu button").first().click();
    },
  },
  { name: "today", open: at("/today", ".tasks .title") },
  {
    name: "today-dates",
    open: async (page) => {
      await page.keyboard.press("j");
      await page.keyboard.press("t");
      await page.locator("[popover]:popover-open, dialog[open]").first().waitFor();
    },
  },
  {
    name: "today-in-words",
    open: async (page) => {
      await page.keyboard.type("next tuesday 4pm");
      await page.locator(".understood").waitFor();
    },
  },
  {
    name: "today-done",
    open: async (page) => {
      await at("/today", ".tasks .title")(page);
      await page.keyboard.press("j");
      await page.keyboard.press("e");
      await page.locator(".toast").waitFor();
    },
  },
  { name: "upcoming", open: at("/upcoming", ".tasks .title") },
  { name: "all", open: at("/all", ".tasks .title") },
  { name: "projects", open: at("/projects", "main h1") },
  { name: "project", open: at("/projects/House", ".tasks .title") },
  {
    name: "palette",
    open: async (page) => {
      await page.keyboard.press("Control+k");
      await page.getByRole("dialog").getByRole("combobox").waitFor();
      await page.keyboard.type("the");
      await page.getByRole("option", { name: "Book the dentist" }).waitFor();
    },
  },
  { name: "settings", open: at("/settings", "main h1") },
  ...["profile", "password", "appearance", "hours", "weights", "devices", "apps", "keys", "calendar", "import", "export", "delete"].map((section) => ({
    name: `settings-${section}`, open: at(`/settings/${section}`, "[data-section] :is(h1, h2, p, form)"),
  })),
  { name: "lost", open: at("/nothing-here", "main h1") },
  {
    name: "keys",
    open: async (page) => {
      await page.keyboard.press("?");
      await page.getByRole("dialog").waitFor();
    },
  },
  {
    name: "unreachable",
    open: async (page) => {
      await page.route("**/api/**", (route) => route.abort());
      await page.goto(`${edgeUrl}/all`);
      await page.getByRole("alert").first().waitFor();
      await page.unroute("**/api/**");
    },
  },
  {
    name: "loading",
    busy: true,
    open: async (page) => {
      await page.route("**/api/tasks**", () => undefined);
      await page.goto(`${edgeUrl}/all`);
      await page.locator(".skeleton").first().waitFor();
      await page.unroute("**/api/tasks**");
    },
  },
];

const outside: Look[] = [
  { name: "sign-in", open: at("/sign-in", "form") },
  {
    name: "sign-in-refused",
    open: async (page) => {
      await page.getByLabel("E-mail address").fill("ada@example.com");
      await page.getByLabel("Password").fill("not the password");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("alert").getByText(/wrong/).waitFor();
    },
  },
  { name: "sign-up", open: at("/sign-up", "form") },
  { name: "forgot-password", open: at("/forgot-password", "form") },
  { name: "reset-password", open: at("/reset-password#token=none", "form") },
  { name: "confirm-email", open: at("/confirm-email#token=none", "button") },
];

for (const colorScheme of ["light", "dark"] as const) {
  for (const [name, width, height] of [["desktop", 1280, 900], ["mobile", 390, 844]] as const) {
    test(`pictures for ${name} in ${colorScheme}`, async () => {
      const { context, page } = await signUp(browser, { colorScheme, viewport: { width, height }, reducedMotion: "reduce" });
      const wider: string[] = [];
      const look = async (looks: readonly Look[]) => {
        for (const { name: what, open, busy } of looks) {
          await open(page);
          if (!busy) await page.waitForLoadState("networkidle");
          // As it is seen, and not as a page without end: bars that stick lie where they lie for a person.
          await page.screenshot({ path: join(pictures, `${what}-${name}-${colorScheme}.png`), animations: "disabled" });
          const by = await page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
          if (by > 0) wider.push(`${what} by ${by}`);
        }
      };
      await look(empty);
      await page.goto(edgeUrl);
      for (const line of aWeek) await quickAdd(page, line);
      await look(full);
      await context.clearCookies();
      await look(outside);
      expect(wider).toEqual([]);
      await context.close();
    });
  }
}
