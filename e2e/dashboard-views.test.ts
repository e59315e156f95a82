// Views of all tasks that a person has named: kept on this device, in the page and in the palette, in each window, and for
// nobody else.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, quickAdd, signUp } from "./browser.ts";
import { look } from "./dashboard-looks.ts";
import { edgeUrl } from "./stack.ts";

let browser: Browser;
beforeAll(async () => (browser = await launch()));
afterAll(() => browser.close());

const views = (page: Page) => page.getByRole("navigation", { name: "Kept views" }).getByRole("link");
const name = (page: Page) => page.getByLabel("Name of the view");
const search = (page: Page) => new URL(page.url()).search;

async function keepView(page: Page, query: string, called: string): Promise<void> {
  await page.goto(`${edgeUrl}/all${query}`);
  await page.getByRole("button", { name: "Keep this view" }).press("Enter");
  await page.locator("#view-name:focus").waitFor();
  await page.keyboard.type(called);
  await page.keyboard.press("Enter");
}

describe("a view of all tasks", () => {
  test("is named, gone to from the page and the palette, renamed, removed, and brought back", async () => {
    const { context, page, faults } = await signUp(browser);
    for (const line of ["Call Ada #phone", "Paint the fence +Garden"]) await quickAdd(page, line);
    await page.goto(`${edgeUrl}/all`);
    await page.getByText("Paint the fence").waitFor();
    // Everything is no view to keep.
    expect(await page.getByRole("button", { name: "Keep this view" }).count()).toBe(0);
    await page.getByRole("searchbox", { name: "Search tasks" }).fill("#phone ");
    await page.getByRole("button", { name: "Keep this view" }).press("Enter");
    await page.locator("#view-name:focus").waitFor();
    expect(await name(page).inputValue()).toBe("#phone");
    await look(page, "views-naming");
    await page.keyboard.press("Enter");
    await page.getByText("“#phone” is kept on this device.").waitFor();
    await page.locator(".views a:focus").waitFor();
    await keepView(page, "?project=Garden", "#PHONE");
    await page.getByRole("alert").getByText("There is a view of this name already.").waitFor();
    await look(page, "views-refused");
    await name(page).fill("The garden");
    await page.keyboard.press("Enter");
    await expect.poll(() => views(page).allTextContents()).toEqual(["#phone", "The garden"]);
    await views(page).first().click();
    await expect.poll(() => search(page)).toBe("?tag=phone");
    await page.getByText("Call Ada").waitFor();
    await page.getByText("Paint the fence").waitFor({ state: "detached" });
    expect(await views(page).first().getAttribute("aria-current")).toBe("page");
    // From another page, by the palette, which says the address.
    await page.goto(`${edgeUrl}/today`);
    await page.getByText("Today is clear.").waitFor();
    await page.keyboard.press("Control+k");
    await page.keyboard.type("view garden");
    await page.getByRole("option", { name: "View: The garden /all?project=Garden" }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByText("Paint the fence").waitFor();
    expect(search(page)).toBe("?project=Garden");
    await page.getByRole("button", { name: "Rename the view “The garden”" }).click();
    await name(page).fill("Outside");
    await page.keyboard.press("Enter");
    await expect.poll(() => views(page).allTextContents()).toEqual(["#phone", "Outside"]);
    await page.getByRole("button", { name: "Remove the view “Outside”" }).click();
    await expect.poll(() => views(page).allTextContents()).toEqual(["#phone"]);
    await page.getByRole("button", { name: "Undo" }).click();
    await expect.poll(() => views(page).allTextContents()).toEqual(["#phone", "Outside"]);
    expect(faults).toEqual([]);
    await context.close();
  });

  test("is there in another window at once, and not for the next person at this device", async () => {
    const { context, page } = await signUp(browser);
    const other = await context.newPage();
    await other.goto(`${edgeUrl}/all`);
    await other.getByRole("heading", { level: 1, name: "All" }).waitFor();
    await keepView(page, "?due=today", "Mine");
    await expect.poll(() => views(other).allTextContents()).toEqual(["Mine"]);
    // What the other window adds is not lost by what this one does.
    await keepView(other, "?due=overdue", "Late");
    await page.getByRole("button", { name: "Rename the view “Mine”" }).click();
    await name(page).fill("My day");
    await page.keyboard.press("Enter");
    await expect.poll(() => views(other).allTextContents()).toEqual(["Late", "My day"]);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("link", { name: /Create an account/ }).click();
    await page.getByLabel("E-mail address").fill(`next-${Date.now()}@example.com`);
    await page.getByLabel("Password").fill("another long pass phrase");
    await page.getByRole("button", { name: "Create account" }).click();
    await page.getByRole("heading", { level: 1, name: "Do this next" }).waitFor();
    await page.goto(`${edgeUrl}/all?due=today`);
    await page.getByRole("button", { name: "Keep this view" }).waitFor();
    expect(await views(page).count()).toBe(0);
    await context.close();
  });

  test("is no obstacle when what is kept is damaged, or nothing can be kept", async () => {
    const { context, page, faults } = await signUp(browser);
    await keepView(page, "?due=today", "Mine");
    await views(page).first().waitFor();
    await page.evaluate("for (const key of Object.keys(localStorage)) if (key.startsWith('mindflow-views-')) localStorage.setItem(key, '[{\"name\":')");
    await page.reload();
    await page.getByRole("button", { name: "Keep this view" }).waitFor();
    expect(await views(page).count()).toBe(0);
    await page.evaluate("Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }");
    await page.getByRole("button", { name: "Keep this view" }).click();
    await name(page).press("Enter");
    await page.getByRole("alert").getByText("This browser keeps nothing for MindFlow").waitFor();
    expect(await views(page).count()).toBe(0);
    expect(faults).toEqual([]);
    await context.close();
  });
});
