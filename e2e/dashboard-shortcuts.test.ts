// Keys of one's own, on this device: chosen, refused, off, and back, in what acts and in what is told.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, quickAdd, signUp } from "./browser.ts";
import { look } from "./dashboard-looks.ts";
import { edgeUrl } from "./stack.ts";

let browser: Browser;
beforeAll(async () => (browser = await launch()));
afterAll(() => browser.close());

const settings = async (page: Page) => {
  await page.goto(`${edgeUrl}/settings/shortcuts`);
  await page.getByLabel("Done", { exact: true }).waitFor();
};
const told = (page: Page, message: string) => page.locator(".toast").getByText(message).waitFor();
const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name });
const focusOnQuickAdd = (page: Page) => page.evaluate("document.activeElement?.id === 'quick-add'");

describe("a key", () => {
  test("is another one, or none, here and in other windows, and the sheet and the palette say so", async () => {
    const { context, page, faults } = await signUp(browser);
    for (const line of ["First", "Second"]) await quickAdd(page, line);
    const other = await context.newPage();
    await other.goto(`${edgeUrl}/all`);
    await other.getByText("Second").waitFor();
    await settings(page);
    const done = page.getByLabel("Done", { exact: true });
    expect(await done.inputValue()).toBe("e");
    await done.focus();
    // The key of another is refused, and that other is named.
    await page.keyboard.press("j");
    await page.getByRole("alert").getByText("j is “Next task” already.").waitFor();
    expect([await done.inputValue(), await done.getAttribute("aria-invalid")]).toEqual(["e", "true"]);
    await look(page, "shortcuts-refused");
    await page.keyboard.press("d");
    await told(page, "“Done” is on d now.");
    expect(await done.inputValue()).toBe("d");
    await page.getByLabel("Add a task, by another key").focus();
    await page.keyboard.press("Backspace");
    await told(page, "“Add a task, by another key” has no key now.");
    await page.getByLabel("Upcoming", { exact: true }).focus();
    await page.keyboard.press("w");
    await told(page, "“Upcoming” is on w now.");
    await look(page, "shortcuts");
    // In the other window, without loading it again.
    await other.bringToFront();
    await other.keyboard.press("j");
    await other.locator("li[data-id]:focus").waitFor();
    await expect.poll(async () => {
      await other.keyboard.press("?");
      const row = await other.getByRole("dialog", { name: "Keyboard" }).locator("dl > div").filter({ has: other.getByText("Done", { exact: true }) }).textContent();
      await other.keyboard.press("Escape");
      return row?.replaceAll(/\s+/g, "");
    }).toBe("dDone");
    await other.keyboard.press("e");
    await other.keyboard.press("c");
    expect(await focusOnQuickAdd(other)).toBe(false);
    await other.keyboard.press("d");
    await told(other, "“Second” is done.");
    await other.keyboard.press("Control+k");
    await other.keyboard.type("upcoming");
    await expect.poll(() => other.getByRole("option", { name: "Go to Upcoming" }).locator("kbd").allTextContents()).toEqual(["g", "w"]);
    await other.keyboard.press("Escape");
    // What means nothing after g ends the waiting for a letter.
    await other.keyboard.press("g");
    await other.keyboard.press("u");
    await other.keyboard.press("w");
    await heading(other, "All").waitFor();
    await other.keyboard.press("g");
    await other.keyboard.press("w");
    await heading(other, "Upcoming").waitFor();
    // Kept, and in force from the start.
    await page.goto(`${edgeUrl}/all`);
    await page.getByText("First", { exact: true }).waitFor();
    await page.keyboard.press("j");
    await expect.poll(async () => {
      await page.keyboard.press("d");
      return page.locator(".toast").textContent();
    }).toContain("“First” is done.");
    await settings(page);
    await page.getByRole("button", { name: "Reset all keys" }).click();
    await told(page, "All keys are as they were at first.");
    expect(await done.inputValue()).toBe("e");
    await page.getByRole("button", { name: "Undo" }).click();
    await expect.poll(() => done.inputValue()).toBe("d");
    await page.getByRole("button", { name: "Back to e for “Done”" }).click();
    await expect.poll(() => done.inputValue()).toBe("e");
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe("single keys", () => {
  test("are all off by one switch, but for what is held or named", async () => {
    const { context, page, faults } = await signUp(browser);
    await quickAdd(page, "Stay open");
    await settings(page);
    await page.getByLabel("Select", { exact: true }).focus();
    await page.keyboard.press("Alt+x");
    await told(page, "“Select” is on Alt+x now.");
    await page.getByRole("switch", { name: "Single keys" }).press(" ");
    await told(page, "Single keys are off.");
    await look(page, "shortcuts-off");
    await page.goto(`${edgeUrl}/all`);
    await page.getByText("Stay open").waitFor();
    await page.keyboard.press("ArrowDown");
    await page.locator("li[data-id]:focus").waitFor();
    for (const key of ["e", "q", "x", "?", "g", "t"]) await page.keyboard.press(key);
    expect([await focusOnQuickAdd(page), await page.locator("dialog[open], [popover]:popover-open").count(), new URL(page.url()).pathname]).toEqual([false, 0, "/all"]);
    await expect.poll(async () => {
      await page.keyboard.press("Alt+x");
      return page.getByText("1 selected").count();
    }).toBe(1);
    // The sheet says so, and leads to where it is changed.
    await page.getByRole("button", { name: "Keyboard shortcuts" }).click();
    const sheet = page.getByRole("dialog", { name: "Keyboard" });
    await expect.poll(() => sheet.locator("dl > div").filter({ hasText: "Add a task" }).textContent()).toMatch(/^\s*off/);
    await look(page, "keys-off");
    await sheet.getByRole("link", { name: "Change the keys, or turn them off" }).click();
    await page.getByRole("switch", { name: "Single keys" }).press(" ");
    await told(page, "Single keys are on.");
    await page.locator("h1").focus();
    await page.keyboard.press("q");
    await expect.poll(() => focusOnQuickAdd(page)).toBe(true);
    expect(faults).toEqual([]);
    await context.close();
  });

  test("are as they always were where what is kept is damaged", async () => {
    const { context, page, faults } = await signUp(browser);
    await page.evaluate("localStorage.setItem('mindflow-keys', '{\"keys\":{\"q\":7,\"e\":\"j\"}')");
    await page.reload();
    await heading(page, "Do this next").waitFor();
    await expect.poll(async () => {
      await page.keyboard.press("q");
      return focusOnQuickAdd(page);
    }).toBe(true);
    expect(faults).toEqual([]);
    await context.close();
  });
});
