// Another day in words, in the menu of days: on a row, for several tasks, and in the panel.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, quickAdd, signUp } from "./browser.ts";
import { look } from "./dashboard-looks.ts";
import { edgeUrl } from "./stack.ts";

let browser: Browser;
beforeAll(async () => (browser = await launch()));
afterAll(() => browser.close());

const row = (page: Page, title: string) => page.getByRole("listitem").filter({ hasText: title });
const field = (page: Page) => page.getByRole("textbox", { name: "Or in words" });

/** What the API says that a task is due at. */
async function due(page: Page, title: string): Promise<string | null> {
  const answer = await page.context().request.get(`${edgeUrl}/api/tasks`);
  const { items } = (await answer.json()) as { items: { title: string; due_date: string | null }[] };
  return items.find((task) => task.title === title)?.due_date ?? null;
}

describe("a task is moved in words", () => {
  test("by letters that are typed into the open menu, which says what it understands and refuses the rest", async () => {
    const { context, page, faults } = await signUp(browser);
    await quickAdd(page, "Send the offer 2030-05-06 16:00");
    await page.goto(`${edgeUrl}/all`);
    await page.getByText("Send the offer").waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("t");
    await page.locator(".choices button:focus").waitFor();
    await page.keyboard.type("12 may 2031 perhaps");
    await expect.poll(() => field(page).inputValue()).toBe("12 may 2031 perhaps");
    await page.keyboard.press("Enter");
    await page.getByRole("status").getByText("“perhaps” is not understood.").waitFor();
    expect(await field(page).getAttribute("aria-invalid")).toBe("true");
    expect(await due(page, "Send the offer")).toBe("2030-05-06T16:00");
    await look(page, "date-words-refused");
    await field(page).fill("12 may 2031");
    await page.getByRole("status").getByText(/Monday,? 12 May 2031/).waitFor();
    await look(page, "date-words");
    await page.keyboard.press("Enter");
    await page.getByText("Moved “Send the offer”.").waitFor();
    // Its time of day stays where none is said, and goes where one is.
    await expect.poll(() => due(page, "Send the offer")).toBe("2031-05-12T16:00");
    await page.keyboard.press("t");
    await page.locator(".choices button:focus").waitFor();
    await page.keyboard.type("13 may 2031 9:30");
    await page.keyboard.press("Enter");
    await expect.poll(() => due(page, "Send the offer")).toBe("2031-05-13T09:30");
    await page.keyboard.press("z");
    await expect.poll(() => due(page, "Send the offer")).toBe("2031-05-12T16:00");
    expect(faults).toEqual([]);
    await context.close();
  });

  test("and Escape gives the focus back to the row, with nothing changed", async () => {
    const { context, page } = await signUp(browser);
    await quickAdd(page, "Stay 2030-05-06");
    await page.goto(`${edgeUrl}/all`);
    await page.getByText("Stay").waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("t");
    await page.locator(".choices button:focus").waitFor();
    await page.keyboard.type("7 may");
    await expect.poll(() => field(page).inputValue()).toBe("7 may");
    await page.keyboard.press("Escape");
    await field(page).waitFor({ state: "detached" });
    await page.locator("li[data-id]:focus").waitFor();
    expect(await due(page, "Stay")).toBe("2030-05-06");
    await context.close();
  });

  test("and the menu of one row, open, goes to the button of another", async () => {
    const { context, page, faults } = await signUp(browser);
    for (const line of ["Above 2030-05-06", "Below 2030-05-07"]) await quickAdd(page, line);
    await page.goto(`${edgeUrl}/all`);
    const menu = page.locator("#row-menu");
    const open = async (title: string, button: string) => {
      const place = row(page, title).getByRole("button", { name: button, exact: true });
      await place.click();
      await page.locator(".choices button:focus").waitFor();
      return { place: await place.boundingBox(), shown: await menu.boundingBox() };
    };
    await open("Above", "Move");
    await page.keyboard.type("8 may");
    await expect.poll(() => field(page).inputValue()).toBe("8 may");
    await open("Below", "Move");
    expect(await field(page).inputValue()).toBe("");
    const { place, shown } = await open("Below", "Snooze");
    expect(shown?.y).toBeCloseTo((place?.y ?? 0) + (place?.height ?? 0), 0);
    expect((shown?.x ?? 0) + (shown?.width ?? 0)).toBeCloseTo((place?.x ?? 0) + (place?.width ?? 0), 0);
    await menu.getByRole("button", { name: "Tomorrow" }).click();
    await page.getByText("“Below” is snoozed.").waitFor();
    expect(await due(page, "Above")).toBe("2030-05-06");
    expect(faults).toEqual([]);
    await context.close();
  });

  test("with others at once, and in the panel", async () => {
    const { context, page, faults } = await signUp(browser);
    for (const line of ["One 2030-05-06 8:00", "Two"]) await quickAdd(page, line);
    await page.goto(`${edgeUrl}/all`);
    await page.getByText("Two").waitFor();
    await page.keyboard.press("Control+a");
    await page.getByRole("group", { name: "Selected tasks" }).getByRole("button", { name: "Move" }).click();
    await field(page).fill("8 may 2031");
    await page.getByRole("status").getByText(/Thursday,? 8 May 2031/).waitFor();
    await field(page).press("Enter");
    await page.getByText("2 tasks moved.").waitFor();
    expect([await due(page, "One"), await due(page, "Two")]).toEqual(["2031-05-08T08:00", "2031-05-08"]);
    await row(page, "Two").getByRole("link").click();
    const panel = page.getByRole("dialog", { name: "Task" });
    await panel.getByRole("button", { name: "Move" }).click();
    await field(page).fill("9 may 2031 at 17:15");
    await look(page, "date-words-panel");
    await page.keyboard.press("Enter");
    await expect.poll(() => due(page, "Two")).toBe("2031-05-09T17:15");
    await expect.poll(() => panel.getByLabel("Due", { exact: true }).inputValue()).toBe("2031-05-09");
    expect(faults).toEqual([]);
    await context.close();
  });
});
