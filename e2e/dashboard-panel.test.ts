// One task beside its list: every field, two who write at once, its history, its address; and the server away and back.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, signUp, type Visit } from "./browser.ts";
import { look } from "./dashboard-looks.ts";
import { edgeUrl, kill, restart } from "./stack.ts";

let browser: Browser;
beforeAll(async () => (browser = await launch()));
afterAll(() => browser.close());

const panel = (page: Page) => page.getByRole("dialog", { name: "Task" });
const row = (page: Page, title: string) => page.locator(".tasks > li").filter({ hasText: title });

interface Made {
  id: string;
  title: string;
  version: number;
  [field: string]: unknown;
}

async function add(visit: Visit, fields: Record<string, unknown>): Promise<Made> {
  const answer = await visit.context.request.post(`${edgeUrl}/api/tasks`, { data: fields, headers: { Origin: edgeUrl } });
  expect(answer.status(), await answer.text()).toBe(201);
  return (await answer.json()) as Made;
}

async function read(visit: Visit, id: string): Promise<Made> {
  return (await (await visit.context.request.get(`${edgeUrl}/api/tasks/${id}`)).json()) as Made;
}

async function saved(page: Page, fill: () => Promise<unknown>): Promise<void> {
  const answered = page.waitForResponse((response) => response.request().method() === "PATCH" && response.ok());
  await fill();
  await answered;
}

describe("a task's panel", () => {
  test("opens by key, changes every field, and closes to the row it came from", async () => {
    const visit = await signUp(browser, { viewport: { width: 1400, height: 1000 } });
    const { context, page, faults } = visit;
    const { id } = await add(visit, { title: "Draft" });
    await add(visit, { title: "Ask the editor" });
    await page.goto(`${edgeUrl}/all`);
    await row(page, "Draft").focus();
    await page.keyboard.press("Enter");
    await panel(page).getByLabel("Title").waitFor();
    expect(new URL(page.url()).searchParams.get("task")).toBe(id);
    const field = (label: string) => panel(page).getByLabel(label, { exact: true });
    const typed: [string, string][] = [
      ["Title", "Draft the talk"], ["Notes", "Ten minutes"], ["Due", "2026-12-24"], ["Due, time", "09:30"], ["Deadline", "2026-12-31"], ["Not before", "2026-12-01"],
      ["Effort", "1 h 30"], ["Tags", "talk, writing"], ["Project", "Talks"],
    ];
    for (const [label, value] of typed) {
      await saved(page, async () => {
        await field(label).fill(value);
        await field(label).press("Tab");
      });
    }
    for (const [label, value] of [["Priority", "5"], ["Best time of day", "morning"], ["Repeats", "FREQ=WEEKLY"]] as const) await saved(page, () => field(label).selectOption(value));
    await saved(page, () => field("Counted from").selectOption("completion"));
    await panel(page).getByLabel("Find a task to wait for").fill("editor");
    await saved(page, () => panel(page).getByRole("button", { name: "Ask the editor" }).click());
    await panel(page).getByText("Waiting for another task").waitFor();
    await panel(page).getByLabel("Add a subtask").fill("Make an outline");
    await page.keyboard.press("Enter");
    await panel(page).getByRole("link", { name: "Make an outline" }).waitFor();
    expect(await read(visit, id)).toMatchObject({
      title: "Draft the talk", description: "Ten minutes", due_date: "2026-12-24T09:30", deadline: "2026-12-31", start_date: "2026-12-01", effort_estimate_minutes: 90,
      tags: ["talk", "writing"], project: "Talks", priority: 5, preferred_time: "morning", recurrence: "FREQ=WEEKLY", recurrence_from: "completion",
    });
    await row(page, "Draft the talk").waitFor();
    await panel(page).getByLabel("Effort").fill("a while");
    await panel(page).getByLabel("Effort").press("Tab");
    await panel(page).getByText("Effort cannot be read like this.").waitFor();
    await page.keyboard.press("Escape");
    await panel(page).waitFor({ state: "detached" });
    await expect.poll(() => page.evaluate("document.activeElement?.textContent")).toContain("Draft the talk");
    expect(faults).toEqual([]);
    await context.close();
  });

  test("has an address of its own: it is opened by it, Back leaves it, and one that leads nowhere says so", async () => {
    const visit = await signUp(browser, { viewport: { width: 1400, height: 1000 } });
    const { context, page } = visit;
    const [first, second] = [await add(visit, { title: "The first" }), await add(visit, { title: "The second" })];
    await page.goto(`${edgeUrl}/all?task=${first.id}`);
    await expect.poll(() => panel(page).getByLabel("Title").inputValue()).toBe("The first");
    await page.getByRole("link", { name: "The second" }).click();
    await expect.poll(() => panel(page).getByLabel("Title").inputValue()).toBe("The second");
    expect(page.url()).toBe(`${edgeUrl}/all?task=${second.id}`);
    await page.goBack();
    await expect.poll(() => panel(page).getByLabel("Title").inputValue()).toBe("The first");
    await page.goto(`${edgeUrl}/all?task=0198c5a0-0000-7000-8000-0000000000aa`);
    await panel(page).getByText("There is no such task").waitFor();
    await look(page, "no-task");
    await panel(page).getByRole("button", { name: "Close" }).last().click();
    await panel(page).waitFor({ state: "detached" });
    expect(page.url()).toBe(`${edgeUrl}/all`);
    await context.close();
  });

  test("opens beside Next by the title of the best task and of a runner-up", async () => {
    const visit = await signUp(browser, { viewport: { width: 1400, height: 1000 } });
    const { context, page, faults } = visit;
    const [best, other] = [await add(visit, { title: "The best one", priority: 5 }), await add(visit, { title: "The other one" })];
    await page.goto(edgeUrl);
    for (const { id, title } of [best, other]) {
      await page.getByRole("main").getByRole("link", { name: title }).click();
      await expect.poll(() => panel(page).getByLabel("Title").inputValue()).toBe(title);
      expect(page.url()).toBe(`${edgeUrl}/?task=${id}`);
    }
    await page.keyboard.press("Escape");
    await panel(page).waitFor({ state: "detached" });
    await page.getByRole("article").getByRole("heading", { name: "The best one" }).waitFor();
    expect(page.url()).toBe(`${edgeUrl}/`);
    expect(faults).toEqual([]);
    await context.close();
  });

  test("asks when two windows have written the same field, and joins what does not collide", async () => {
    const visit = await signUp(browser, { viewport: { width: 1400, height: 1000 } });
    const { context, page } = visit;
    const { id } = await add(visit, { title: "Contested" });
    await page.goto(`${edgeUrl}/all?task=${id}`);
    const title = panel(page).getByLabel("Title");
    await title.fill("Mine");
    // The other window writes while this one is still writing.
    const other = await context.newPage();
    await other.goto(`${edgeUrl}/all?task=${id}`);
    await saved(other, async () => {
      await panel(other).getByLabel("Title").fill("Theirs");
      await panel(other).getByLabel("Title").press("Tab");
    });
    await row(page, "Theirs").waitFor({ timeout: 5000 });
    await title.press("Tab");
    const asked = panel(page).getByRole("alert");
    await asked.getByText("Somebody changed this at the same time").waitFor();
    expect(await asked.textContent()).toMatch(/Yours: Mine\s*Theirs: Theirs/);
    await look(page, "conflict");
    expect(await read(visit, id)).toMatchObject({ title: "Theirs" });
    await saved(page, () => asked.getByRole("button", { name: "Keep mine" }).click());
    expect(await read(visit, id)).toMatchObject({ title: "Mine" });
    // Other fields are no conflict.
    await panel(page).getByLabel("Notes").fill("From here");
    await saved(other, () => panel(other).getByLabel("Priority").selectOption("5"));
    await saved(page, () => panel(page).getByLabel("Notes").press("Tab"));
    await expect.poll(() => read(visit, id)).toMatchObject({ description: "From here", priority: 5 });
    await context.close();
  });

  test("tells what was done, and undoes each of it by its own", async () => {
    const visit = await signUp(browser, { viewport: { width: 1400, height: 1000 } });
    const { context, page } = visit;
    const { id } = await add(visit, { title: "Remembered" });
    await page.goto(`${edgeUrl}/all?task=${id}`);
    await saved(page, () => panel(page).getByLabel("Priority").selectOption("5"));
    await panel(page).getByText("History").click();
    await panel(page).getByText("Created").waitFor();
    await panel(page).getByRole("button", { name: /^Undo: Changed/ }).click();
    await page.getByText("Undone. “Remembered” is as before.").waitFor();
    await expect.poll(() => panel(page).getByLabel("Priority").inputValue()).toBe("3");
    expect(await read(visit, id)).toMatchObject({ priority: 3 });
    await panel(page).getByRole("button", { name: "Delete" }).click();
    await panel(page).waitFor({ state: "detached" });
    await page.keyboard.press("z");
    await row(page, "Remembered").waitFor();
    await context.close();
  });
});

test("what is done while the server is away waits on its row, and is made when it is back", async () => {
  const visit = await signUp(browser);
  const { context, page } = visit;
  const { id } = await add(visit, { title: "Done in between" });
  await page.goto(`${edgeUrl}/all`);
  await row(page, "Done in between").waitFor();
  kill("origin");
  try {
    await row(page, "Done in between").getByRole("button", { name: "Complete “Done in between”" }).click();
    await row(page, "Done in between").getByText("Waiting for the server").waitFor({ timeout: 30_000 });
    await look(page, "waiting");
  } finally {
    await restart("origin");
  }
  await page.getByText("The server is back.").waitFor({ timeout: 50_000 });
  await row(page, "Done in between").waitFor({ state: "detached" });
  expect(await read(visit, id)).toMatchObject({ status: "completed" });
  await page.keyboard.press("z");
  await row(page, "Done in between").waitFor();
  await context.close();
}, 120_000);

for (const colorScheme of ["light", "dark"] as const) {
  for (const [name, width, height] of [["desktop", 1400, 1000], ["mobile", 390, 844], ["narrow", 320, 640]] as const) {
    test(`the panel fits ${name} in ${colorScheme}, without a barrier that axe knows`, async () => {
      const visit = await signUp(browser, { colorScheme, viewport: { width, height }, reducedMotion: "reduce" });
      const { context, page, faults } = visit;
      const parent = await add(visit, { title: "Give the talk", project: "Talks" });
      const before = await add(visit, { title: "Ask the editor" });
      const { id } = await add(visit, {
        title: "Draft the talk for the meetup", description: "Ten minutes, no slides.", due_date: "2026-12-24T09:30", deadline: "2026-12-31", effort_estimate_minutes: 90,
        priority: 4, tags: ["talk", "writing"], project: "Talks", parent_id: parent.id, depends_on: [before.id], recurrence: "FREQ=WEEKLY",
      });
      await add(visit, { title: "Make an outline", parent_id: id });
      await page.goto(`${edgeUrl}/all?task=${id}`);
      await panel(page).getByRole("link", { name: "Make an outline" }).waitFor();
      await panel(page).getByRole("link", { name: "Ask the editor" }).waitFor();
      await panel(page).getByText("History").click();
      await panel(page).getByText("Created").waitFor();
      await look(page, `panel-${name}-${colorScheme}`);
      await page.keyboard.press("Escape");
      await panel(page).waitFor({ state: "detached" });
      expect(faults).toEqual([]);
      await context.close();
    });
  }
}
