// Ways through the dashboard that a person takes who has only keys, only a thumb, or needs everything twice as large; and from
// the dashboard to an app that is allowed in.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, quickAdd, signUp } from "./browser.ts";
import { secret } from "./canaries.ts";
import { newAccount } from "./client.ts";
import { edgeUrl } from "./stack.ts";

let browser: Browser;
beforeAll(async () => (browser = await launch()));
afterAll(() => browser.close());

const sideways = (page: Page) => page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth");

describe("with keys alone", () => {
  test("from the door to a task that is done, and out again", async () => {
    const { email, password } = await newAccount();
    const context = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/Berlin" });
    const page = await context.newPage();
    await page.goto(edgeUrl);
    // The first field gets the focus by itself.
    await page.locator("#email:focus").waitFor();
    await page.keyboard.type(email);
    await page.keyboard.press("Tab");
    await page.keyboard.type(password);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Do this next" }).waitFor();
    for (const cookie of await context.cookies()) secret(cookie.value);
    await page.keyboard.press("q");
    await page.getByLabel("Add a task").and(page.locator(":focus")).waitFor();
    await page.keyboard.type("Ring the dentist 10m");
    await page.keyboard.press("Enter");
    await page.getByRole("article").getByRole("heading", { name: "Ring the dentist" }).waitFor();
    // The way to a button, not its shortcut.
    await tabTo(page, "Done");
    await page.keyboard.press("Enter");
    await page.getByRole("status").getByText("“Ring the dentist” is done.").waitFor();
    await page.getByRole("heading", { name: "Nothing to do right now" }).waitFor();
    await context.close();
  });
});

/** Goes on by Tab until something of this name has the focus; once around is enough, or there is no way. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let step = 0; step < 60; step++) {
    await page.keyboard.press("Tab");
    if ((await page.locator(":focus").textContent({ timeout: 5000 }))?.trim() === name) return;
  }
  throw new Error(`no way to “${name}” by Tab`);
}

/** What hides the element that has the focus, wholly or at its middle (WCAG 2.4.11); nothing when it can be seen. */
const hidden = `(() => {
  const focused = document.activeElement;
  const { left, right, top, bottom } = focused.getBoundingClientRect();
  const said = (focused.getAttribute("aria-label") ?? focused.textContent ?? "").trim().slice(0, 40) || focused.id;
  const [x, y] = [(Math.max(left, 0) + Math.min(right, innerWidth)) / 2, (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2];
  const seen = document.elementFromPoint(x, y);
  const ours = seen !== null && (focused.contains(seen) || seen.contains(focused) || seen.closest("label")?.control === focused);
  return { at: focused === document.body ? null : said, by: ours ? null : said + " is behind " + (seen?.className || seen?.tagName || "the edge") };
})()`;

describe("twice as large", () => {
  // 200 % in a window of 1280 × 900 is what a page sees as half of both.
  test("every page is whole, and whatever has the focus can be seen", async () => {
    const { context, page, faults } = await signUp(browser, { viewport: { width: 640, height: 450 }, deviceScaleFactor: 2, reducedMotion: "reduce" });
    for (const line of ["Send the offer to the bakery today 45m p5 +Work #clients", "Book the dentist tomorrow 10m", "Water the plants 5m"]) await quickAdd(page, line);
    const lists = ["/today", "/upcoming", "/all", "/projects/Work"].map((path) => [path, ".tasks .title", ["Next", "Upcoming", "All"]] as const);
    const settings = ["profile", "password", "appearance", "shortcuts", "hours", "weights", "devices", "apps", "keys", "calendar", "import", "export", "delete"]
      .map((section) => [`/settings/${section}`, "[data-section] :is(.card, .empty)", ["Next", "Settings"]] as const);
    for (const [path, shown, names] of [
      ["/", "article h2", ["Done", "Start", "Snooze", "Not now", "Today"]] as const, ...lists, ["/projects", ".projects a", ["Work"]] as const,
      ["/settings", ".section-cards a", ["Sign out"]] as const, ...settings,
    ]) {
      await page.goto(edgeUrl + path);
      await page.locator(shown).first().waitFor();
      expect(await sideways(page), path).toBe(0);
      const [reached, covered] = [new Set<string>(), [] as string[]];
      for (let step = 0; step < 60; step++) {
        await page.keyboard.press("Tab");
        const { at, by } = await page.evaluate<{ at: string | null; by: string | null }>(hidden);
        if (at === null) break;
        reached.add(at);
        if (by !== null) covered.push(by);
      }
      expect(covered, path).toEqual([]);
      for (const name of names) expect([...reached], path).toContain(name);
    }
    expect(faults).toEqual([]);
    await context.close();
  }, 180_000);
});

describe("with a thumb", () => {
  test("on a telephone: the bar at the bottom, a task added, done and taken back by touch", async () => {
    const { context, page, faults } = await signUp(browser, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });
    const bar = page.getByRole("navigation", { name: "Main" });
    const place = await bar.boundingBox();
    expect((place?.y ?? 0) + (place?.height ?? 0)).toBe(844);
    for (const link of await bar.getByRole("link").all()) {
      if (await link.isVisible()) expect((await link.boundingBox())?.height, (await link.textContent()) ?? "").toBeGreaterThanOrEqual(44);
    }
    await page.getByLabel("Add a task").tap();
    await page.keyboard.type("Fetch the parcel today 15m");
    await page.getByRole("button", { name: "Add", exact: true }).tap();
    await page.getByRole("article").getByRole("heading", { name: "Fetch the parcel" }).waitFor();
    await bar.getByRole("link", { name: "Today" }).tap();
    const row = page.locator(".tasks li").filter({ hasText: "Fetch the parcel" });
    await row.waitFor();
    expect(await sideways(page)).toBe(0);
    await row.getByRole("button", { name: "Complete “Fetch the parcel”" }).tap();
    await page.getByRole("status").getByText("“Fetch the parcel” is done.").waitFor();
    // What tells of it lies above the bar, not behind it.
    const toast = await page.locator(".toast").boundingBox();
    expect((toast?.y ?? 0) + (toast?.height ?? 0)).toBeLessThanOrEqual((await bar.boundingBox())?.y ?? 0);
    await page.getByRole("button", { name: "Undo" }).tap();
    await row.waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe("an app", () => {
  test("is allowed by somebody who is signed in at the dashboard, without signing in again", async () => {
    const { context, page, email } = await signUp(browser);
    const program = createServer((_request, response) => response.setHeader("Content-Type", "text/html").end("<title>Arrived</title>"));
    await new Promise<void>((done) => program.listen(0, "127.0.0.1", done));
    const own = `http://127.0.0.1:${(program.address() as AddressInfo).port}/callback`;
    const registered = await context.request.post(`${edgeUrl}/oauth/register`, {
      data: { client_name: "Codex", redirect_uris: ["http://127.0.0.1/callback"], token_endpoint_auth_method: "none" },
    });
    const { client_id } = (await registered.json()) as { client_id: string };
    const asked = new URLSearchParams({
      response_type: "code", client_id, redirect_uri: own, state: "a-state", resource: `${edgeUrl}/mcp`,
      code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", code_challenge_method: "S256",
    });
    await page.goto(`${edgeUrl}/oauth/authorize?${asked.toString()}`);
    await page.getByRole("heading", { level: 1, name: "Allow Codex to use your MindFlow?" }).waitFor();
    await page.getByText(email).first().waitFor();
    await page.getByRole("button", { name: "Allow" }).click();
    await page.waitForURL((url) => url.href.startsWith(own));
    secret(new URL(page.url()).searchParams.get("code") ?? "");
    await page.goto(edgeUrl);
    await page.getByRole("heading", { level: 1, name: "Do this next" }).waitFor();
    await context.close();
    program.closeAllConnections();
    await new Promise((done) => program.close(done));
  });
});
