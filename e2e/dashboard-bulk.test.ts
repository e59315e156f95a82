// Several tasks at once: selected by key and pointer, changed as one, taken back as one; dragged, swiped, and a long list.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, quickAdd, signUp, type Visit } from "./browser.ts";
import { look } from "./dashboard-looks.ts";
import { edgeUrl } from "./stack.ts";

let browser: Browser;
beforeAll(async () => (browser = await launch()));
afterAll(() => browser.close());

const titles = (page: Page) => page.locator(".tasks .title").allTextContents();
const bar = (page: Page) => page.getByRole("group", { name: "Selected tasks" });
const row = (page: Page, title: string) => page.getByRole("listitem").filter({ hasText: title });

interface Change {
  action: string;
  task_ids: string[];
}

async function history(visit: Visit): Promise<Change[]> {
  const answer = await visit.context.request.get(`${edgeUrl}/api/history`);
  return ((await answer.json()) as { items: Change[] }).items;
}

/** Makes tasks by the API, as the page's own session; few of them one after the other, so that their order is known. */
async function add(visit: Visit, tasks: Record<string, unknown>[]): Promise<void> {
  const atOnce = tasks.length > 50 ? 50 : 1;
  for (let at = 0; at < tasks.length; at += atOnce) {
    const items = tasks.slice(at, at + atOnce).map((task) => ({ op: "create", ...task }));
    const answer = await visit.context.request.post(`${edgeUrl}/api/tasks/batch`, { data: { items }, headers: { Origin: edgeUrl } });
    expect(answer.status(), await answer.text()).toBe(200);
  }
}

describe("several tasks", () => {
  test("are selected by key, done as one change, and taken back by one press", async () => {
    const visit = await signUp(browser);
    const { context, page, faults } = visit;
    await add(visit, ["One", "Two", "Three", "Four"].map((title) => ({ title })));
    await page.goto(`${edgeUrl}/all`);
    await page.getByText("Four").waitFor();
    expect(await titles(page)).toEqual(["Four", "Three", "Two", "One"]);
    for (const key of ["j", "x", "Shift+ArrowDown", "J"]) await page.keyboard.press(key);
    await bar(page).getByText("3 selected").waitFor();
    await page.keyboard.press("Escape");
    await bar(page).waitFor({ state: "detached" });
    await page.keyboard.press("Control+a");
    await bar(page).getByText("4 selected").waitFor();
    // Where the keys are: on the third row.
    await page.keyboard.press("x");
    await bar(page).getByText("3 selected").waitFor();
    await page.keyboard.press("e");
    await page.getByText("3 tasks done.").waitFor();
    await expect.poll(() => titles(page)).toEqual(["Two"]);
    const [last] = await history(visit);
    expect([last?.action, last?.task_ids.length]).toEqual(["batch", 3]);
    await page.keyboard.press("Control+z");
    await page.getByText("Undone. 3 tasks are as before.").waitFor();
    await expect.poll(() => titles(page)).toEqual(["Four", "Three", "Two", "One"]);
    await page.keyboard.press("Control+Shift+z");
    await page.getByText("Done again: 3 tasks.").waitFor();
    await expect.poll(() => titles(page)).toEqual(["Two"]);
    expect(faults).toEqual([]);
    await context.close();
  });

  test("get a priority, a tag, a project and a day by the pointer, and each can be undone, the last first", async () => {
    const visit = await signUp(browser);
    const { context, page, faults } = visit;
    await add(visit, ["Red", "Green", "Blue"].map((title) => ({ title, tags: ["old"] })));
    await page.goto(`${edgeUrl}/all`);
    await row(page, "Blue").click({ modifiers: ["Control"] });
    await row(page, "Red").click({ modifiers: ["Shift"] });
    await bar(page).getByText("3 selected").waitFor();
    await bar(page).getByRole("button", { name: "Priority" }).click();
    await page.getByRole("button", { name: "5 · urgent" }).click();
    await page.getByText("3 tasks set to priority 5.").waitFor();
    await expect.poll(() => page.getByText("Priority 5", { exact: true }).count()).toBe(3);
    await page.getByRole("checkbox", { name: "Select “Green”" }).check();
    await page.getByRole("checkbox", { name: "Select “Blue”" }).check();
    await bar(page).getByRole("button", { name: "Tags" }).click();
    await page.getByLabel("Add a tag to all of them").fill("garden");
    await page.keyboard.press("Enter");
    await page.getByText("2 tasks tagged #garden.").waitFor();
    await expect.poll(() => page.locator(".tasks").getByText("#garden").count()).toBe(2);
    await row(page, "Red").click({ modifiers: ["Control"] });
    await bar(page).getByRole("button", { name: "Project" }).click();
    await page.getByLabel(/Move all of them to a project/).fill("Home");
    await page.keyboard.press("Enter");
    await page.getByText("1 task moved to Home.").waitFor();
    await row(page, "Red").getByText("Home").waitFor();
    await row(page, "Red").click({ modifiers: ["Control"] });
    await bar(page).getByRole("button", { name: "Move" }).click();
    await page.getByRole("button", { name: "Tomorrow", exact: true }).click();
    await page.getByText("1 task moved.", { exact: true }).waitFor();
    await row(page, "Red").getByText("Tomorrow").waitFor();
    for (const gone of ["Tomorrow", "Home", "#garden"]) {
      await page.keyboard.press("z");
      await expect.poll(() => page.locator(".tasks").getByText(gone).count()).toBe(0);
    }
    expect(await page.getByText("Priority 5", { exact: true }).count()).toBe(3);
    expect(faults).toEqual([]);
    await context.close();
  });

  test("keep what somebody else has changed since: the undo says what stands against it", async () => {
    const visit = await signUp(browser);
    const { context, page } = visit;
    await add(visit, [{ title: "Shared" }]);
    await page.goto(`${edgeUrl}/all`);
    await row(page, "Shared").click({ modifiers: ["Control"] });
    await bar(page).getByRole("button", { name: "Priority" }).click();
    await page.getByRole("button", { name: "5 · urgent" }).click();
    await page.getByText("1 task set to priority 5.").waitFor();
    const id = (await history(visit))[0]?.task_ids[0];
    const changed = await context.request.patch(`${edgeUrl}/api/tasks/${String(id)}`, { data: { priority: 1 }, headers: { Origin: edgeUrl } });
    expect(changed.status()).toBe(200);
    await page.getByText("Priority 1", { exact: true }).waitFor();
    await page.keyboard.press("z");
    await page.getByRole("status").getByText(/undo .* first/i).waitFor();
    expect(await page.getByText("Priority 1", { exact: true }).count()).toBe(1);
    await context.close();
  });

  test("go to another day by drag, and by key just so", async () => {
    const visit = await signUp(browser);
    const { context, page, faults } = visit;
    for (const line of ["Early tomorrow 9am", "Late in 2 days"]) await quickAdd(page, line);
    await page.goto(`${edgeUrl}/upcoming`);
    const group = (title: string) => page.locator(".group").filter({ has: page.getByRole("heading", { level: 2, name: title }) });
    await group("Tomorrow").getByText("Early").waitFor();
    await row(page, "Late").dragTo(group("Tomorrow").getByText("Early"));
    await page.getByText("Moved “Late”.").waitFor();
    await expect.poll(() => group("Tomorrow").locator(".title").count()).toBe(2);
    await page.keyboard.press("z");
    await page.getByText("Undone. “Late” is as before.").waitFor();
    await expect.poll(() => group("Tomorrow").locator(".title").count()).toBe(1);
    await row(page, "Early").focus();
    await page.keyboard.press("Alt+ArrowDown");
    await page.getByText("Moved “Early”.").waitFor();
    await expect.poll(() => group("Tomorrow").count()).toBe(0);
    // The time of day stays.
    await row(page, "Early").getByText(/ 9:00|09:00/).waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });
});

test("a finger drawn to the right completes a row, to the left it snoozes; both have a button", async () => {
  const visit = await signUp(browser, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const { context, page } = visit;
  await add(visit, [{ title: "Swiped away" }, { title: "Put off" }]);
  await page.goto(`${edgeUrl}/all`);
  await row(page, "Swiped away").waitFor();
  const touch = await context.newCDPSession(page);
  const swipe = async (title: string, by: number) => {
    const box = await row(page, title).boundingBox();
    const [x, y] = [(box?.x ?? 0) + 150, (box?.y ?? 0) + (box?.height ?? 0) / 2];
    await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x, y }] });
    for (let step = 1; step <= 6; step++) await touch.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: [{ x: x + (by * step) / 6, y }] });
    await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  };
  await swipe("Swiped away", 140);
  await page.getByText("“Swiped away” is done.").waitFor();
  await expect.poll(() => titles(page)).toEqual(["Put off"]);
  await swipe("Put off", -120);
  await page.getByRole("button", { name: "Tomorrow", exact: true }).click();
  await page.getByText("“Put off” is snoozed.").waitFor();
  expect(await row(page, "Put off").getByRole("button", { name: "Snooze" }).isVisible()).toBe(true);
  await context.close();
});

test("two thousand tasks are one list: few rows in the page, each with its place, and keys go to its end", async () => {
  const visit = await signUp(browser);
  const { context, page, faults } = visit;
  await add(visit, Array.from({ length: 2000 }, (_, index) => ({ title: `Task ${index + 1}` })));
  await page.goto(`${edgeUrl}/all`);
  await expect.poll(() => page.locator("[aria-setsize='2000']").count(), { timeout: 30_000 }).toBeGreaterThan(5);
  expect(await page.locator(".tasks > li").count()).toBeLessThanOrEqual(40);
  await page.locator("li[aria-posinset='1']").focus();
  await page.keyboard.press("j");
  await page.keyboard.press("Control+a");
  await bar(page).getByText("2000 selected").waitFor();
  await page.keyboard.press("Escape");
  // To the end: the focused row stays in the page, and what is on the screen comes.
  await expect.poll(async () => {
    await page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)");
    return page.locator("li[aria-posinset='2000']").count();
  }).toBe(1);
  expect(await page.evaluate("document.activeElement?.getAttribute('aria-posinset')")).toBe("2");
  await expect.poll(() => page.locator(".tasks > li").count()).toBeLessThanOrEqual(50);
  expect(faults).toEqual([]);
  await context.close();
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const [name, width, height] of [["desktop", 1280, 900], ["mobile", 390, 844]] as const) {
    test(`the bulk bar and its forms have no barrier on ${name} in ${colorScheme}`, async () => {
      const visit = await signUp(browser, { colorScheme, viewport: { width, height }, reducedMotion: "reduce" });
      const { context, page } = visit;
      await add(visit, [
        { title: "Send the offer to the bakery", priority: 5, tags: ["clients"], effort_estimate_minutes: 45 },
        { title: "Book the dentist", tags: ["phone"] }, { title: "Read the chapter on queues", project: "Learning" },
      ]);
      await page.goto(`${edgeUrl}/all`);
      await row(page, "Book the dentist").waitFor();
      await page.keyboard.press("j");
      await page.keyboard.press("Control+a");
      await bar(page).getByText("3 selected").waitFor();
      await look(page, `bulk-${name}-${colorScheme}`);
      await bar(page).getByRole("button", { name: "Tags" }).click();
      await page.getByLabel("Add a tag to all of them").waitFor();
      await look(page, `bulk-tags-${name}-${colorScheme}`);
      await page.keyboard.press("Escape");
      await page.keyboard.press("Escape");
      await page.keyboard.press("r");
      await page.getByLabel("Title").waitFor();
      await look(page, `rename-${name}-${colorScheme}`);
      await context.close();
    });
  }
}
