// The command palette in a real Chromium: by keyboard, and as a screen reader is told of it.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, quickAdd, signUp } from "./browser.ts";
import { barriers } from "./dashboard-looks.ts";

let browser: Browser;
beforeAll(async () => (browser = await launch()));
afterAll(() => browser.close());

const palette = (page: Page) => page.getByRole("dialog", { name: "Find a task, a page or a command" });

async function open(page: Page): Promise<void> {
  await page.keyboard.press("Control+k");
  await palette(page).waitFor();
}

/** The option that Enter takes, as `aria-activedescendant` names it. */
async function chosen(page: Page): Promise<string | null> {
  const id = await palette(page).getByRole("combobox").getAttribute("aria-activedescendant");
  return id === null ? null : page.locator(`#${id}`).locator("span").first().textContent();
}

describe("the command palette", () => {
  test("takes what is written while it is on its way, and no key of it does anything to a task", async () => {
    const { context, page, faults } = await signUp(browser);
    await quickAdd(page, "Feed the cat");
    let deliver: () => void = () => undefined;
    const wanted = new Promise<void>((done) => (deliver = done));
    await page.route("**/assets/palette-*.js", async (route) => { await wanted; await route.continue(); });
    await page.locator("main h1").focus();
    await page.keyboard.press("Control+k");
    await page.keyboard.type("ee upx");
    await page.keyboard.press("Backspace");
    deliver();
    await palette(page).waitFor();
    await page.keyboard.type("c");
    expect(await palette(page).getByRole("combobox").inputValue()).toBe("ee upc");
    await page.keyboard.press("Escape");
    await page.getByRole("heading", { level: 2, name: "Feed the cat" }).waitFor();
    expect(await page.locator(".toast").filter({ hasText: "Done" }).count()).toBe(0);
    expect(faults).toEqual([]);
    await context.close();
  });

  test("goes to a page, finds a task and a project, and runs a command, by keyboard alone", async () => {
    const { context, page, faults } = await signUp(browser);
    for (const line of ["Water the plants +Garden", "Ring the dentist #phone"]) await quickAdd(page, line);
    // Also out of a field.
    await page.getByLabel("Add a task").focus();
    await open(page);
    await page.keyboard.type("upc");
    await expect.poll(() => chosen(page)).toBe("Go to Upcoming");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Upcoming" }).waitFor();
    expect(await palette(page).isVisible()).toBe(false);

    await open(page);
    await page.keyboard.type("dent");
    await palette(page).getByRole("option", { name: "Ring the dentist" }).waitFor();
    await expect.poll(() => palette(page).getByRole("status").textContent()).toBe("2 results");
    await expect.poll(() => chosen(page)).toBe("Ring the dentist");
    await page.keyboard.press("ArrowDown");
    expect(await chosen(page)).toBe("Add “dent” as a task");
    await page.keyboard.press("ArrowDown");
    expect(await chosen(page)).toBe("Ring the dentist");
    await page.keyboard.press("Escape");
    await palette(page).waitFor({ state: "hidden" });

    await open(page);
    await page.keyboard.type("gard");
    await palette(page).getByRole("group", { name: "Projects" }).getByRole("option", { name: "Garden" }).waitFor();
    await page.keyboard.press("Escape");

    await open(page);
    await page.keyboard.type("keyboard");
    await expect.poll(() => chosen(page)).toBe("Show the keyboard shortcuts");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
    await page.keyboard.press("Escape");

    await open(page);
    await page.keyboard.type("Buy oat milk");
    await expect.poll(() => chosen(page)).toBe("Add “Buy oat milk” as a task");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.getByLabel("Add a task").inputValue()).toBe("Buy oat milk");
    await page.locator("#quick-add:focus").waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  test("shows the key of each command, and says that a command has no task to act on", async () => {
    const { context, page } = await signUp(browser);
    await page.goto(new URL("/today", page.url()).href);
    await page.getByText("Today is clear.").waitFor();
    await open(page);
    const snooze = palette(page).getByRole("option", { name: "Snooze" });
    expect(await snooze.locator("kbd").allTextContents()).toEqual(["s"]);
    expect(await palette(page).getByRole("option", { name: "Go to Upcoming" }).locator("kbd").allTextContents()).toEqual(["g", "u"]);
    await snooze.click();
    await page.getByText("There is no task here to do that with.").waitFor();
    await context.close();
  });
});

describe("finding one's way", () => {
  test("the first stop leads past the frame, and a page is gone on from at its heading", async () => {
    const { context, page, faults } = await signUp(browser);
    await page.goto(new URL("/today", page.url()).href);
    await page.getByText("Today is clear.").waitFor();
    await page.keyboard.press("Tab");
    await page.locator(".skip:focus").waitFor();
    await page.keyboard.press("Enter");
    await page.locator("main:focus").waitFor();
    for (const [key, heading, address] of [
      ["p", "Projects", "/projects"], ["a", "All", "/all"], ["s", "Settings", "/settings"], ["u", "Upcoming", "/upcoming"], ["t", "Today", "/today"], ["n", "Do this next", "/"],
    ] as const) {
      await page.keyboard.press("g");
      await page.keyboard.press(key);
      await page.locator("h1:focus").getByText(heading, { exact: true }).waitFor();
      expect(new URL(page.url()).pathname).toBe(address);
    }
    // Search is at hand from a page that has none.
    await page.keyboard.press("/");
    await page.locator("#search:focus").waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  test("an address without a page says so, and whoever has to sign in first comes to the page that was wanted", async () => {
    const { context, page, email, password } = await signUp(browser);
    await page.goto(new URL("/foo", page.url()).href);
    await page.getByRole("heading", { level: 1, name: "There is no such page" }).waitFor();
    await context.clearCookies();
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "There is no such page" }).waitFor();
    expect(await page.title()).toBe("There is no such page · MindFlow");
    await page.goto(new URL("/all?tag=idea", page.url()).href);
    await page.getByLabel("E-mail address").fill(email);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("button", { name: "Remove the filter “#idea”" }).waitFor();
    expect(page.url()).toBe(new URL("/all?tag=idea", page.url()).href);
    await context.close();
  });

  test("a page that could not be loaded is told of", async () => {
    const { context, page } = await signUp(browser);
    await page.route("**/assets/projects-*.js", (route) => route.abort());
    await page.keyboard.press("g");
    await page.keyboard.press("p");
    await page.getByText("This part could not be loaded.").waitFor();
    await context.close();
  });
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`the palette has no barrier that axe knows, in ${colorScheme}`, async () => {
    const { context, page } = await signUp(browser, { colorScheme, reducedMotion: "reduce" });
    await quickAdd(page, "Water the plants +Garden");
    await open(page);
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.type("ga");
    await palette(page).getByRole("option", { name: "Garden" }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await context.close();
  });
}
