// Planning in a real Chromium: a day against the hours that are left, a week by keyboard only and by dragging, filters that
// live in the address, projects; in the zone of the preferences, and without barriers.
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, quickAdd, signUp } from "./browser.ts";
import { look } from "./dashboard-looks.ts";
import { edgeUrl } from "./stack.ts";

let browser: Browser;
beforeAll(async () => (browser = await launch()));
afterAll(() => browser.close());

/** A change by the API, in the name of whoever is signed in. */
async function send(context: BrowserContext, method: "POST" | "PUT" | "PATCH", path: string, data: unknown): Promise<unknown> {
  const answer = await context.request.fetch(`${edgeUrl}${path}`, { method, data, headers: { Origin: edgeUrl } });
  expect([path, answer.ok()]).toEqual([path, true]);
  return answer.json();
}

/** A day in a zone, some days from now. */
function dayIn(zone: string, plus = 0): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(Date.now() + plus * 86_400_000);
}

const berlin = (plus = 0) => dayIn("Europe/Berlin", plus);
const always = { work_start: "00:00", work_end: "24:00", work_days: [1, 2, 3, 4, 5, 6, 7] };
const titles = (page: Page) => page.locator(".tasks .title").allTextContents();
const group = (page: Page, key: string) => page.locator(`[data-key="${key}"]`);
const search = (page: Page) => page.getByRole("searchbox", { name: "Search tasks" });

async function open(page: Page, path: string, heading: string): Promise<void> {
  await page.goto(edgeUrl + path);
  await page.getByRole("heading", { level: 1, name: heading }).waitFor();
}

describe("today", () => {
  test("is measured against the working hours that are left, and what is overdue is moved at once and back by one undo", async () => {
    const { context, page, faults } = await signUp(browser);
    await send(context, "PUT", "/api/preferences", { time_zone: "Europe/Berlin", ...always });
    for (const title of ["Lease", "Books"]) await send(context, "POST", "/api/tasks", { title, due_date: berlin(-2) });
    await send(context, "POST", "/api/tasks", { title: "Workshop", due_date: berlin(), effort_estimate_minutes: 10_000 });
    await open(page, "/today", "Today");
    await page.getByText("166 h 40 min planned.").waitFor();
    await page.getByText(/of working time left\. That is .* too much\./).waitFor();
    await page.getByText("2 tasks have no estimate and are not counted.").waitFor();
    await expect.poll(() => titles(page)).toEqual(["Books", "Lease", "Workshop"].toSorted((one, other) => Number(one === "Workshop") - Number(other === "Workshop") || (one === "Lease" ? -1 : 1)));
    await page.getByRole("button", { name: "Move them all" }).focus();
    await page.keyboard.press("Enter");
    await page.locator(".all-late .choices button:focus").getByText("Today").waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByText("Moved 2 tasks.").waitFor();
    await expect.poll(() => titles(page)).toEqual(["Workshop"]);
    await page.getByRole("button", { name: "Undo" }).click();
    await group(page, "overdue").getByText("Lease").waitFor();
    await group(page, "overdue").getByText("Books").waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  test("is the day of the zone in the preferences, and says that it is none to work on", async () => {
    // Kiritimati is ahead of every browser's day by 13 hours or more at some time; its day is asked for there.
    const { context, page } = await signUp(browser, { timezoneId: "Pacific/Honolulu" });
    const weekday = new Date(`${dayIn("Pacific/Kiritimati")}T12:00:00Z`).getUTCDay() || 7;
    await send(context, "PUT", "/api/preferences", { time_zone: "Pacific/Kiritimati", ...always, work_days: [(weekday % 7) + 1] });
    await send(context, "POST", "/api/tasks", { title: "There today", due_date: dayIn("Pacific/Kiritimati") });
    // Honolulu and Kiritimati have the same time of day, on different days, always.
    expect(dayIn("Pacific/Kiritimati")).not.toBe(dayIn("Pacific/Honolulu"));
    await open(page, "/today", "Today");
    await page.getByText("There today").waitFor();
    await page.getByText("This is not one of your working days.").waitFor();
    await quickAdd(page, "Written here today");
    await expect.poll(() => titles(page)).toEqual(["There today", "Written here"]);
    await context.close();
  });
});

describe("a week", () => {
  test("is planned by keyboard only", async () => {
    const { context, page, faults } = await signUp(browser);
    // What is moved to today is overdue at once where the day's work is over.
    await send(context, "PUT", "/api/preferences", { time_zone: "Europe/Berlin", ...always });
    for (const line of ["Dentist tomorrow 30m", "Taxes 2h"]) await quickAdd(page, line);
    await page.keyboard.press("Escape");
    await page.keyboard.press("g");
    await page.keyboard.press("u");
    await page.getByRole("heading", { level: 1, name: "Upcoming" }).waitFor();
    await group(page, berlin(1)).getByText("Dentist").waitFor();
    // A day later, and by one undo back.
    await page.keyboard.press("j");
    await page.keyboard.press("+");
    await group(page, berlin(2)).getByText("Dentist").waitFor();
    await page.getByText("Moved “Dentist”.").waitFor();
    await page.keyboard.press("Control+z");
    await group(page, berlin(1)).getByText("Dentist").waitFor();
    // What has no day is at hand, and gets one.
    await page.getByRole("button", { name: "1 task without a day" }).focus();
    await page.keyboard.press("Enter");
    await group(page, "none").getByText("Taxes").waitFor();
    await group(page, "none").locator("[data-id]").focus();
    await page.keyboard.press("+");
    await page.getByText("Moved “Taxes”.").waitFor();
    await group(page, berlin()).getByText("Taxes").waitFor();
    // From day to day in the strip: its days say what is on them, and lead to it.
    const strip = page.getByRole("toolbar", { name: "Days" });
    await expect.poll(() => strip.getByRole("button").first().textContent()).toMatch(/: 1 task, 2 h planned/);
    await strip.getByRole("button").first().focus();
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await page.getByRole("status").getByText(/^Nothing is planned for/).waitFor();
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowRight");
    await page.locator(`[data-day="${berlin(1)}"]:focus`).waitFor();
    await page.keyboard.press("Enter");
    await group(page, berlin(1)).locator("[data-id]:focus").waitFor();
    await page.keyboard.press("-");
    await expect.poll(async () => (await group(page, berlin()).locator(".title").allTextContents()).toSorted()).toEqual(["Dentist", "Taxes"]);
    expect(faults).toEqual([]);
    await context.close();
  });

  test("takes a task on the day that it is dropped on, at its time of day", async () => {
    const { context, page, faults } = await signUp(browser);
    const { id } = (await send(context, "POST", "/api/tasks", { title: "Meet Ada", due_date: `${berlin(1)}T10:15` })) as { id: string };
    await open(page, "/upcoming", "Upcoming");
    await group(page, berlin(1)).getByText("Meet Ada").waitFor();
    await page.locator(`[data-id="${id}"]`).dragTo(page.locator(`[data-day="${berlin(3)}"]`));
    await page.getByText("Moved “Meet Ada”.").waitFor();
    await group(page, berlin(3)).getByText("Meet Ada").waitFor();
    // Between days of the list, too.
    await send(context, "POST", "/api/tasks", { title: "Swim", due_date: berlin(2) });
    await group(page, berlin(2)).getByText("Swim").dragTo(group(page, berlin(3)).getByText("Meet Ada"));
    await page.getByText("Moved “Swim”.").waitFor();
    await expect.poll(async () => (await group(page, berlin(3)).locator(".title").allTextContents()).toSorted()).toEqual(["Meet Ada", "Swim"]);
    const read = (await (await context.request.get(`${edgeUrl}/api/tasks/${id}`)).json()) as { due_date: string };
    expect(read.due_date).toMatch(new RegExp(`^${berlin(3)}T10:15`));
    expect(faults).toEqual([]);
    await context.close();
  });

  test("goes on to the next, by an address of its own", async () => {
    const { context, page } = await signUp(browser);
    await open(page, "/upcoming", "Upcoming");
    await page.getByRole("button", { name: "The seven days after" }).click();
    await page.locator(`[data-day="${berlin(7)}"]`).waitFor();
    expect(page.url()).toBe(`${edgeUrl}/upcoming?from=${berlin(7)}`);
    await page.goBack();
    await page.locator(`[data-day="${berlin()}"]`).waitFor();
    await context.close();
  });
});

describe("all tasks", () => {
  test("are filtered by tokens and choices, which the address keeps, and Back takes off again", async () => {
    const { context, page, faults } = await signUp(browser);
    for (const task of [
      { title: "Oat milk", tags: ["shop"], priority: 4 }, { title: "Bread", tags: ["shop"] }, { title: "Fence", project: "House and garden", priority: 5 }, { title: "Queue theory" },
    ]) await send(context, "POST", "/api/tasks", task);
    await open(page, "/all", "All");
    await page.getByText("4 tasks", { exact: true }).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("#shop ");
    await expect.poll(() => titles(page)).toEqual(["Bread", "Oat milk"]);
    expect(new URL(page.url()).search).toBe("?tag=shop");
    expect(await search(page).inputValue()).toBe("");
    await page.keyboard.type("p4 ");
    await expect.poll(() => titles(page)).toEqual(["Oat milk"]);
    await page.goBack();
    await expect.poll(() => titles(page)).toEqual(["Bread", "Oat milk"]);
    await page.goForward();
    await expect.poll(() => titles(page)).toEqual(["Oat milk"]);
    // The same by its address, in another window.
    const other = await context.newPage();
    await other.goto(page.url());
    await expect.poll(() => titles(other)).toEqual(["Oat milk"]);
    await other.close();
    await page.getByRole("button", { name: "Remove the filter “Priority 4 or higher”" }).click();
    await expect.poll(() => titles(page)).toEqual(["Bread", "Oat milk"]);
    await page.getByRole("button", { name: "Remove all filters" }).click();
    await expect.poll(async () => (await titles(page)).length).toBe(4);
    await page.getByLabel("Project").selectOption("House and garden");
    await expect.poll(() => titles(page)).toEqual(["Fence"]);
    await page.getByRole("button", { name: "Remove all filters" }).click();
    await page.getByLabel("Order").selectOption("By priority");
    await expect.poll(async () => (await titles(page)).slice(0, 2)).toEqual(["Fence", "Oat milk"]);
    // Words are searched by the API: the beginning of one is enough.
    await search(page).fill("oat mil");
    await expect.poll(() => titles(page)).toEqual(["Oat milk"]);
    await search(page).fill("zebra");
    await page.getByText("No task has the words “zebra” and meets the filters.").waitFor();
    await page.getByRole("main").getByRole("button", { name: "Remove all filters" }).click();
    await expect.poll(async () => (await titles(page)).length).toBe(4);
    expect(await search(page).inputValue()).toBe("");
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe("projects", () => {
  test("are counted, opened, renamed and put away by keyboard", async () => {
    const { context, page, faults } = await signUp(browser);
    await open(page, "/projects", "Projects");
    await page.getByText("There are no projects yet.").waitFor();
    const { id } = (await send(context, "POST", "/api/tasks", { title: "Mow", project: "Garten / Süd" })) as { id: string };
    await send(context, "POST", `/api/tasks/${id}/complete`, {});
    await send(context, "POST", "/api/tasks", { title: "Fence", project: "Garten / Süd" });
    // News of them comes by itself.
    await page.getByText("1 open · 1 of 2 done").waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Garten / Süd" }).waitFor();
    expect(page.url()).toBe(`${edgeUrl}/projects/Garten%20%2F%20S%C3%BCd`);
    await page.getByRole("list", { name: "Open" }).getByText("Fence").waitFor();
    await page.getByRole("list", { name: "Completed" }).getByText("Mow").waitFor();
    await page.getByRole("button", { name: "Rename" }).focus();
    await page.keyboard.press("Enter");
    await page.locator("#project-name:focus").waitFor();
    await page.keyboard.type("Garden");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Garden" }).waitFor();
    await page.getByRole("list", { name: "Open" }).getByText("Fence").waitFor();
    expect(page.url()).toBe(`${edgeUrl}/projects/Garden`);
    await page.getByRole("button", { name: "Put away" }).click();
    await page.getByRole("button", { name: "Take out again" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "Garden" }).waitFor();
    await page.getByRole("link", { name: "Projects" }).first().click();
    await page.getByText("1 project put away").click();
    await page.getByRole("link", { name: "Garden" }).waitFor();
    await page.goto(`${edgeUrl}/projects/Garten`);
    await page.getByText("There is no project with this name.").waitFor();
    expect(faults.filter((fault) => !fault.includes("404"))).toEqual([]);
    await context.close();
  });
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const [name, width, height] of [["desktop", 1280, 900], ["mobile", 390, 844], ["narrow", 320, 640]] as const) {
    test(`the views fit ${name} in ${colorScheme}, without a barrier that axe knows`, async () => {
      const { context, page, faults } = await signUp(browser, { colorScheme, viewport: { width, height }, reducedMotion: "reduce" });
      const see = (what: string) => look(page, `${what}-${name}-${colorScheme}`);
      await send(context, "PUT", "/api/preferences", { time_zone: "Europe/Berlin", ...always });
      for (const task of [
        { title: "Send the offer to the bakery", priority: 5, due_date: `${berlin()}T16:00`, effort_estimate_minutes: 150, project: "Work", tags: ["clients"] },
        { title: "Review the lease", due_date: berlin(-2), priority: 4, project: "House and garden" }, { title: "Return the library books", due_date: berlin(-4) },
        { title: "Prepare the workshop: slides, room, lunch, and the list of everyone who comes", due_date: berlin(3), effort_estimate_minutes: 2000, project: "Work" },
        { title: "Paint the fence", project: "House and garden", effort_estimate_minutes: 300 },
      ]) await send(context, "POST", "/api/tasks", task);
      for (const [what, path, there] of [
        ["today-planned", "/today", "tasks are overdue."], ["week", "/upcoming", "1 task without a day"], ["filters", "/all?priority=4&project=Work", "Send the offer"],
        ["filters-empty", "/all?q=zebra&tag=phone", "No task has the words"], ["projects", "/projects", "House and garden"], ["project", "/projects/Work", "Send the offer"],
        ["project-gone", "/projects/Nothing", "There is no project"],
      ] as const) {
        await page.goto(edgeUrl + path);
        await page.getByRole("main").getByText(there).first().waitFor();
        await see(what);
      }
      expect(faults.filter((fault) => !fault.includes("404"))).toEqual([]);
      await context.close();
    });
  }
}
