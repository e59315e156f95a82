// The dashboard's pages: by keyboard, live in two windows, changed by another, without barriers, and how they look.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, quickAdd, signUp } from "./browser.ts";
import { look } from "./dashboard-looks.ts";
import { edgeUrl } from "./stack.ts";

let browser: Browser;
beforeAll(async () => (browser = await launch()));
afterAll(() => browser.close());

async function titles(page: Page): Promise<string[]> {
  return page.locator(".tasks .title").allTextContents();
}

describe("a page that is loaded", () => {
  test.each([["/", "article h2"], ["/today", ".tasks .title"], ["/upcoming", ".tasks .title"], ["/all", ".tasks .title"]])("asks once for what %s shows first", async (path, content) => {
    const { context, page } = await signUp(browser);
    await quickAdd(page, "Something tomorrow");
    await quickAdd(page, "Something 2020-05-06");
    const asked: string[] = [];
    page.on("request", (request) => {
      const url = new URL(request.url());
      // What the page before this one was still asking for is not counted.
      if (request.isNavigationRequest()) asked.length = 0;
      if (/^\/api\/(?:tasks|auth\/me|preferences)/.test(url.pathname)) asked.push(url.pathname + url.search);
    });
    await page.goto(edgeUrl + path);
    await page.locator(content).first().waitFor();
    await page.waitForLoadState("networkidle");
    expect(asked.toSorted()).toEqual([...new Set(asked)].toSorted());
    expect(asked.filter((one) => one.startsWith("/api/tasks"))).toHaveLength(1);
    await context.close();
  });
});

describe("the lists", () => {
  test("are gone through, done, moved, searched and undone by keyboard alone", async () => {
    const { context, page, faults } = await signUp(browser);
    for (const line of ["First today p5", "Second today 30m", "Third tomorrow", "Some day #idea"]) await quickAdd(page, line);
    await page.keyboard.press("Escape");
    await page.keyboard.press("g");
    await page.keyboard.press("t");
    await page.getByRole("heading", { level: 1, name: "Today" }).waitFor();
    await page.getByText("Second").waitFor();
    expect(await titles(page)).toEqual(["First", "Second"]);
    expect(await page.getByText("30 min planned.").isVisible()).toBe(true);
    await page.keyboard.press("j");
    await page.keyboard.press("e");
    await page.getByText("“First” is done.").waitFor();
    expect(await titles(page)).toEqual(["Second"]);
    await page.keyboard.press("z");
    await page.getByText("Undone. “First” is as before.").waitFor();
    await page.getByText("First", { exact: true }).waitFor();
    // The list is read again after news of the undo.
    await page.waitForLoadState("networkidle");
    // Moved by its menu, without a pointer.
    await page.keyboard.press("j");
    await page.keyboard.press("t");
    await page.locator(".choices button:focus").waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByText(/^Moved/).waitFor();
    await expect.poll(async () => (await titles(page)).length).toBe(1);
    await page.keyboard.press("g");
    await page.keyboard.press("u");
    await page.getByRole("heading", { level: 2, name: "Tomorrow" }).waitFor();
    await expect.poll(async () => (await titles(page)).length).toBe(3);
    await page.keyboard.press("g");
    await page.keyboard.press("a");
    await page.getByText("Some day").waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("idea");
    await expect.poll(() => titles(page)).toEqual(["Some day"]);
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
    await page.keyboard.press("Escape");
    await page.goBack();
    await page.getByRole("heading", { level: 1, name: "Upcoming" }).waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  test("take keys that follow one another in a frame one after the other", async () => {
    const { context, page } = await signUp(browser);
    for (const line of ["First today p5", "Second today", "Third today p1"]) await quickAdd(page, line);
    await page.goto(`${edgeUrl}/today`);
    await page.getByText("Third").waitFor();
    await page.keyboard.press("j");
    const inOneFrame = (...keys: string[]) => page.evaluate(`for (const key of ${JSON.stringify(keys)}) document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }))`);
    await inOneFrame("e", "e");
    await expect.poll(() => titles(page)).toEqual(["Third"]);
    await expect.poll(() => page.evaluate("document.activeElement.textContent")).toContain("Third");
    await expect.poll(async (): Promise<unknown> => (await context.request.get(`${edgeUrl}/api/tasks?status=completed&limit=10`)).json()).toMatchObject({ items: [{}, {}] });
    // On the way to another page a key is not for the one that is left.
    await inOneFrame("g", "u", "e");
    await page.getByRole("heading", { level: 1, name: "Upcoming" }).waitFor();
    await expect.poll(() => titles(page)).toEqual(["Third"]);
    const open = await context.request.get(`${edgeUrl}/api/tasks?status=pending&limit=10`);
    expect(await open.json()).toMatchObject({ items: [{ title: "Third", status: "pending" }] });
    await context.close();
  });

  test("show in one window what was done in another, within a second", async () => {
    const { context, page } = await signUp(browser);
    const other = await context.newPage();
    await other.goto(`${edgeUrl}/today`);
    await other.getByText("Today is clear.").waitFor();
    await quickAdd(page, "Seen elsewhere today");
    await other.getByText("Seen elsewhere").waitFor({ timeout: 1000 });
    await context.close();
  });

  test("take back what is refused, and say that somebody was faster", async () => {
    const { context, page } = await signUp(browser);
    await quickAdd(page, "Contested today");
    await page.goto(`${edgeUrl}/today`);
    await page.getByText("Contested").waitFor();
    // Another one changes it between what this page has read and what it writes.
    let faster = false;
    await page.route("**/api/tasks/*", async (route) => {
      const request = route.request();
      if (faster || request.method() !== "PATCH") return route.continue();
      faster = true;
      const changed = await context.request.patch(request.url(), { data: { priority: 5 }, headers: { Origin: edgeUrl } });
      expect(changed.status()).toBe(200);
      return route.continue();
    });
    await page.getByRole("button", { name: "Move" }).click();
    await page.getByRole("button", { name: "Next week" }).last().click();
    await page.getByText("Somebody changed this task meanwhile").waitFor();
    await page.getByText("Priority 5").waitFor();
    expect(await titles(page)).toEqual(["Contested"]);
    await context.close();
  });
});

test("a line whose dates cannot be looked for is not sent without them, and stays", async () => {
  const { context, page, faults } = await signUp(browser);
  await context.route("**/assets/dates-worker-*", (route) => route.abort());
  const field = page.getByLabel("Add a task");
  await field.fill("Ring Ada tomorrow #phone");
  await page.getByRole("button", { name: "Read “#phone” as text" }).waitFor();
  await field.press("Enter");
  await page.getByText("This part could not be loaded").waitFor();
  expect(await field.inputValue()).toBe("Ring Ada tomorrow #phone");
  await context.unroute("**/assets/dates-worker-*");
  await field.press("Enter");
  await page.getByText("Added “Ring Ada”").waitFor();
  expect(faults.filter((fault) => !fault.includes("ERR_FAILED"))).toEqual([]);
  await context.close();
});

test("the next line is written while the last one is sent, and one that is refused comes back before it", async () => {
  const { context, page } = await signUp(browser);
  let go = (): void => undefined;
  let gone = new Promise<void>((done) => (go = done));
  let refused = false;
  await page.route("**/api/tasks", async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    await gone;
    if (!refused) return route.continue();
    return route.fulfill({ status: 422, contentType: "application/problem+json", body: JSON.stringify({ detail: "Not this one." }) });
  });
  const field = page.getByLabel("Add a task");
  await field.focus();
  await page.keyboard.type("First tomorrow");
  await page.keyboard.press("Enter");
  await page.keyboard.type("Second p5");
  await page.keyboard.press("Enter");
  await page.keyboard.type("Third, half");
  go();
  await page.getByText("Added “Second”").waitFor();
  expect(await field.inputValue()).toBe("Third, half");
  const made = (await (await context.request.get(`${edgeUrl}/api/tasks?sort=created_at&limit=10`)).json()) as { items: { title: string }[] };
  expect(made.items.map(({ title }) => title)).toEqual(["First", "Second"]);
  [refused, gone] = [true, new Promise<void>((done) => (go = done))];
  await page.keyboard.press("Enter");
  await page.keyboard.type("more");
  go();
  await page.getByText("Not this one.").waitFor();
  await expect.poll(() => field.inputValue()).toBe("Third, half more");
  await context.close();
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const [name, width, height] of [["desktop", 1280, 900], ["mobile", 390, 844], ["narrow", 320, 640]] as const) {
    test(`every page fits ${name} in ${colorScheme}, without a barrier that axe knows`, async () => {
      const { context, page, faults } = await signUp(browser, { colorScheme, viewport: { width, height }, reducedMotion: "reduce" });
      const see = (what: string) => look(page, `${what}-${name}-${colorScheme}`);
      await page.getByRole("heading", { name: "Nothing to do right now" }).waitFor();
      await see("next-empty");
      for (const line of [
        "Send the offer to the bakery today 4pm 45m p5 +Work #clients !tomorrow", "Book the dentist 10m #phone", "Water the plants every friday p2 5m",
        "Draft the talk for the meetup next tuesday 2h p4 +Talks", "Read the chapter on queues 1h +Learning",
      ]) await quickAdd(page, line);
      const field = page.getByLabel("Add a task");
      await field.fill("Call Ada friday 10am #phone +home 15m p4");
      await page.locator("button.token").nth(4).waitFor();
      await see("next");
      await field.fill("");
      for (const path of ["today", "upcoming", "all"]) {
        await page.goto(`${edgeUrl}/${path}`);
        await page.locator(".tasks .title").first().waitFor();
        await see(path);
      }
      await page.goto(`${edgeUrl}/nothing-here`);
      await page.getByRole("heading", { name: "There is no such page" }).waitFor();
      await see("lost");
      await page.keyboard.press("?");
      await page.getByRole("dialog").waitFor();
      await see("keys");
      await page.keyboard.press("Escape");
      await page.goto(`${edgeUrl}/settings`);
      await page.getByRole("main").getByRole("button", { name: "Sign out" }).click();
      await page.getByRole("heading", { name: "Welcome back" }).waitFor();
      await see("sign-in");
      // That one page is a 404, and said to be one.
      expect(faults.filter((fault) => !fault.includes("404"))).toEqual([]);
      await context.close();
    });
  }
}
