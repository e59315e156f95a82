// The settings in a real Chromium: what is changed there holds from the next request on, here and everywhere else.
import { randomUUID } from "node:crypto";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, quickAdd, signUp } from "./browser.ts";
import { secret } from "./canaries.ts";
import { call, login, remembered, type Tokens } from "./client.ts";
import { look } from "./dashboard-looks.ts";
import { nextMail, tokenOf } from "./mailbox.ts";
import { newAssistant } from "./oauth/mcp-account.ts";
import { edgeUrl } from "./stack.ts";

let browser: Browser;
beforeAll(async () => (browser = await launch()));
afterAll(() => browser.close());

async function open(page: Page, section: string, heading: string): Promise<void> {
  await page.goto(`${edgeUrl}/settings/${section}`);
  await page.getByRole("heading", { level: 1, name: heading }).waitFor();
}

async function tokenFor(person: { email: string; password: string }): Promise<string> {
  return (await login(person)).access_token;
}

async function signIn(page: Page, person: { email: string; password: string }): Promise<void> {
  await page.goto(`${edgeUrl}/sign-in`);
  await page.getByLabel("E-mail address").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Do this next" }).waitFor();
  for (const cookie of await page.context().cookies()) secret(cookie.value);
}

/** The toast that says how it ended. */
async function told(page: Page, message: string): Promise<void> {
  await page.locator(".toast").getByText(message).waitFor();
}

describe("settings have addresses", () => {
  test("that a person goes to by keyboard and comes back from", async () => {
    const { context, page, faults } = await signUp(browser);
    await page.keyboard.press("Escape");
    await page.keyboard.press("g");
    await page.keyboard.press("s");
    await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
    await page.getByRole("link", { name: /^API keys/ }).press("Enter");
    await page.getByRole("heading", { level: 1, name: "API keys" }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/settings/keys");
    await expect.poll(() => page.title()).toBe("API keys · MindFlow");
    await expect.poll(() => page.evaluate("document.activeElement?.textContent")).toBe("API keys");
    await page.goBack();
    await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
    await page.goto(`${edgeUrl}/settings/no-such-section`);
    await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe("the account", () => {
  test("takes a name, a zone and a language, and a new address once its link is followed", async () => {
    const { context, page, faults, email, password } = await signUp(browser);
    await open(page, "profile", "Profile");
    await page.getByLabel("Name", { exact: true }).fill("Ada Lovelace");
    await page.getByRole("button", { name: "Save name" }).click();
    await told(page, "Saved.");
    await page.getByLabel("Time zone").selectOption("Asia/Tokyo");
    await page.getByLabel("Language of your tasks").selectOption("german");
    await page.getByRole("button", { name: "Save zone and language" }).click();
    await page.getByText("This device is in Europe/Berlin").waitFor();
    const token = await tokenFor({ email, password });
    expect((await call("GET", "/api/preferences", { token })).json()).toMatchObject({ time_zone: "Asia/Tokyo", search_language: "german", work_start: "09:00" });
    expect((await call("GET", "/api/auth/me", { token })).json()).toMatchObject({ full_name: "Ada Lovelace" });

    const next = secret(`${randomUUID()}@example.com`);
    await page.getByLabel("New address").fill(next);
    await page.getByLabel("Your password").fill("not the password");
    await page.getByRole("button", { name: "Send me a link" }).click();
    await page.getByRole("alert").getByText("is not the password of this account").waitFor();
    await page.getByLabel("Your password").fill(password);
    await page.getByRole("button", { name: "Send me a link" }).click();
    await page.getByText(`until then ${email} stays your address`).waitFor();
    const link = tokenOf(await nextMail(next, /confirm/i), "confirm-email");
    await page.goto(`${edgeUrl}/confirm-email#token=${link}`);
    await page.getByRole("button", { name: "Confirm my address" }).click();
    await page.getByText("your address is confirmed").waitFor();
    await open(page, "profile", "Profile");
    await page.getByRole("main").getByText(next).waitFor();
    await page.getByText("Confirmed", { exact: true }).waitFor();
    expect(faults.filter((fault) => !fault.includes("422"))).toEqual([]);
    await context.close();
  });

  test("gets a new password, which ends the other window", async () => {
    const { context, page, faults, email, password } = await signUp(browser);
    const elsewhere = await browser.newContext();
    const other = await elsewhere.newPage();
    await signIn(other, { email, password });
    await open(page, "password", "Password");
    const next = secret(`brave new otters ${randomUUID()}`);
    await page.getByLabel("Your password").fill(password);
    await page.getByLabel("New password").fill("password1234");
    await page.getByRole("button", { name: "Change password" }).click();
    await page.getByRole("alert").getByText(/attacker tries/).waitFor();
    await page.getByLabel("New password").fill(next);
    await page.getByRole("button", { name: "Change password" }).click();
    await told(page, "Your password is changed");
    await other.getByRole("heading", { name: "Welcome back" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "Password" }).waitFor();
    for (const cookie of await context.cookies()) secret(cookie.value);
    expect((await call("POST", "/api/auth/login", { body: { email, password } })).status).toBe(401);
    await tokenFor({ email, password: next });
    expect(faults.filter((fault) => !fault.includes("422"))).toEqual([]);
    await elsewhere.close();
    await context.close();
  });

  test("is deleted with its password and its address typed, and a copy of it first", async () => {
    const { context, page, email, password } = await signUp(browser);
    await quickAdd(page, "Water the plants");
    await open(page, "delete", "Delete account");
    const arriving = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download export" }).click();
    const download = await arriving;
    expect(download.suggestedFilename()).toMatch(/^mindflow-\d{4}-\d\d-\d\d\.json$/);
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
    expect(JSON.parse(Buffer.concat(chunks).toString())).toMatchObject({ format: "mindflow", tasks: [{ title: "Water the plants" }] });

    const remove = page.getByRole("button", { name: "Delete my account" });
    const address = page.getByLabel(`Type ${email} to go on`);
    await address.fill("somebody@else.example");
    await page.getByLabel("Your password").fill(password);
    await remove.click();
    await page.getByRole("alert").getByText(`Type ${email}`).waitFor();
    await address.fill(email);
    await page.getByLabel("Your password").fill("not the password");
    await remove.click();
    await page.getByRole("alert").getByText("not the password of your account").waitFor();
    await page.getByLabel("Your password").fill(password);
    await remove.click();
    await page.getByRole("heading", { name: "Welcome back" }).waitFor();
    expect(await page.getByText("You have been signed out").count()).toBe(0);
    expect((await call("POST", "/api/auth/login", { body: { email, password } })).status).toBe(401);
    await context.close();
  });
});

describe("how somebody works", () => {
  test("is set by keyboard: days, and a day that ends at midnight", async () => {
    const { context, page, faults, email, password } = await signUp(browser);
    await open(page, "hours", "Working hours");
    await page.getByText("40 h a week, on 5 days.").waitFor();
    await page.getByLabel("Friday").press("Space");
    await page.getByText("32 h a week, on 4 days.").waitFor();
    await page.getByLabel("Until").fill("08:00");
    await page.getByRole("button", { name: "Save working hours" }).press("Enter");
    await page.getByRole("alert").getByText("must end after it begins").waitFor();
    await page.getByLabel("Until").fill("00:00");
    await page.getByText("60 h a week, on 4 days.").waitFor();
    await page.getByRole("button", { name: "Save working hours" }).press("Enter");
    await told(page, "Saved.");
    const token = await tokenFor({ email, password });
    expect((await call("GET", "/api/preferences", { token })).json()).toMatchObject({ work_start: "09:00", work_end: "24:00", work_days: [1, 2, 3, 4] });
    await page.reload();
    await page.getByText("60 h a week, on 4 days.").waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  test("is not overwritten by a window that did not see the change of another", async () => {
    const { context, page, email, password } = await signUp(browser);
    await open(page, "hours", "Working hours");
    await page.getByText("40 h a week").waitFor();
    const token = await tokenFor({ email, password });
    expect((await call("PUT", "/api/preferences", { token, body: { weights: "quick-wins" } })).status).toBe(200);
    await page.getByLabel("Friday").press("Space");
    await page.getByRole("button", { name: "Save working hours" }).click();
    await page.getByRole("alert").waitFor();
    await page.getByRole("button", { name: "Save working hours" }).click();
    await told(page, "Saved.");
    expect((await call("GET", "/api/preferences", { token })).json()).toMatchObject({ work_days: [1, 2, 3, 4], weights: { small: 3 } });
    await context.close();
  });

  test("and what counts is shown as an order before it is saved", async () => {
    const { context, page, faults, email, password } = await signUp(browser);
    for (const line of ["Send the form today p1", "Write the book p5"]) await quickAdd(page, line);
    const token = await tokenFor({ email, password });
    const weights = async () => ((await call("GET", "/api/preferences", { token })).json() as { weights: Record<string, number> }).weights;
    await open(page, "weights", "What counts");
    const order = page.locator(".order .title");
    await expect.poll(() => order.allTextContents()).toHaveLength(2);
    await page.getByRole("button", { name: "Deadlines first" }).press("Enter");
    await expect.poll(() => order.allTextContents()).toEqual(["Send the form", "Write the book"]);
    await page.getByRole("button", { name: "Important first" }).press("Enter");
    await page.getByRole("heading", { name: "Then this comes first" }).waitFor();
    await expect.poll(() => order.allTextContents()).toEqual(["Write the book", "Send the form"]);
    expect((await weights())["importance"]).toBe(1);
    // One by one, by keyboard: a slider, and its number.
    const slider = page.getByLabel("Importance", { exact: true });
    await slider.press("Home");
    expect(await slider.getAttribute("aria-valuetext")).toBe("does not count");
    await page.getByLabel("Urgency, as a number").fill("2.5");
    await page.getByLabel("Urgency, as a number").press("Tab");
    await expect.poll(() => order.allTextContents()).toEqual(["Send the form", "Write the book"]);
    await page.getByRole("button", { name: "Save", exact: true }).press("Enter");
    await told(page, "This is the order now");
    expect(await weights()).toMatchObject({ urgency: 2.5, importance: 0, fit: 1 });
    await page.getByRole("heading", { name: "This comes first", exact: true }).waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe("what is allowed", () => {
  test("a key is made, shown once, used, and refused once it is revoked", async () => {
    const { context, page, faults } = await signUp(browser);
    await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: edgeUrl });
    await open(page, "keys", "API keys");
    await page.getByRole("heading", { name: "No active key" }).waitFor();
    await page.getByLabel("What is it for?").fill("Backup on the NAS");
    await page.getByLabel("Change tasks").uncheck();
    await page.getByLabel("Read tasks").uncheck();
    await page.getByRole("button", { name: "Make key" }).click();
    await page.getByRole("alert").getByText("Choose at least one thing").waitFor();
    await page.getByLabel("Read tasks").check();
    await page.getByLabel("It ends").selectOption("7");
    await page.getByRole("button", { name: "Make key" }).click();
    const field = page.getByRole("textbox", { name: "Key “Backup on the NAS”" });
    await field.waitFor();
    const key = secret(await field.inputValue());
    await page.getByRole("button", { name: "Copy" }).click();
    await page.getByText("Copied.").waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(key);
    expect((await call("GET", "/api/tasks", { token: key })).status).toBe(200);
    expect((await call("POST", "/api/tasks", { token: key, body: { title: "No" } })).status).toBe(403);
    await page.reload();
    await page.getByText("1 active key").waitFor();
    expect(await page.getByText(key).count() + (await field.count())).toBe(0);
    const revoke = page.getByRole("button", { name: "Revoke key “Backup on the NAS”?" });
    await revoke.press("Enter");
    // The safe answer has the focus.
    await page.getByRole("dialog", { name: "Revoke key" }).waitFor();
    await page.keyboard.press("Enter");
    await revoke.press("Enter");
    await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
    await told(page, "is revoked");
    expect((await call("GET", "/api/tasks", { token: key })).status).toBe(401);
    expect(faults).toEqual([]);
    await context.close();
  });

  test("a device that is signed out shows it at once, and so do all others", async () => {
    const { context, page, faults, email, password } = await signUp(browser);
    const others = await Promise.all([browser.newContext(), browser.newContext()]);
    const [first, second] = await Promise.all(others.map((other) => other.newPage()));
    if (!first || !second) throw new Error("two windows");
    await signIn(first, { email, password });
    await open(page, "devices", "Devices");
    await page.getByText("Signed in on 2 devices").waitFor();
    await page.getByText("This device").waitFor();
    await page.getByRole("button", { name: /^Sign out Chrome on Linux/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
    await first.getByRole("heading", { name: "Welcome back" }).waitFor();
    await first.getByText("You have been signed out").waitFor();
    await page.getByText("Signed in on 1 device", { exact: true }).waitFor();
    await signIn(first, { email, password });
    await signIn(second, { email, password });
    await page.reload();
    await page.getByRole("button", { name: "Sign out all others" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Sign out all others" }).click();
    await first.getByRole("heading", { name: "Welcome back" }).waitFor();
    await second.getByRole("heading", { name: "Welcome back" }).waitFor();
    await page.getByText("Signed in on 1 device", { exact: true }).waitFor();
    expect(faults).toEqual([]);
    for (const one of [...others, context]) await one.close();
  });

  test("an app is listed and ended", async () => {
    const { person, token } = await newAssistant("A host of plans");
    const context = await browser.newContext({ locale: "en-GB" });
    const page = await context.newPage();
    await signIn(page, person);
    await open(page, "apps", "Apps");
    await page.getByText("A host of plans").first().waitFor();
    await page.getByRole("button", { name: "Revoke A host of plans?" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
    await page.getByRole("heading", { name: "No app is allowed" }).waitFor();
    expect((await call("POST", "/mcp", { token, body: {} })).status).toBe(401);
    await context.close();
  });

  test("the calendar feed is opened, replaced and closed", async () => {
    const { context, page, faults } = await signUp(browser);
    await open(page, "calendar", "Calendar feed");
    await page.getByRole("button", { name: "Open the feed" }).click();
    const field = page.getByLabel("Address of the feed");
    const read = async () => {
      const url = new URL(await field.inputValue());
      secret(url.searchParams.get("token") ?? "");
      return url.pathname + url.search;
    };
    await field.waitFor();
    const first = await read();
    expect((await call("GET", first)).status).toBe(200);
    await page.getByRole("button", { name: "New address" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "New address" }).click();
    await expect.poll(read).not.toBe(first);
    const second = await read();
    expect([(await call("GET", first)).status, (await call("GET", second)).status]).toEqual([401, 200]);
    await page.getByRole("button", { name: "Close the feed" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Close the feed" }).click();
    await page.getByRole("heading", { name: "The feed is closed" }).waitFor();
    expect((await call("GET", second)).status).toBe(401);
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe("how it looks", () => {
  test("is kept on this device, and is there before the page's own script", async () => {
    const { context, page, faults } = await signUp(browser, { colorScheme: "light" });
    const other = await context.newPage();
    await open(other, "appearance", "Appearance");
    await open(page, "appearance", "Appearance");
    const ground = (where: Page) => where.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    const light = await ground(page);
    await page.getByRole("radio", { name: /^System/ }).press("ArrowDown");
    await page.getByRole("radio", { name: /^Light/ }).press("ArrowDown");
    const dark = await ground(page);
    expect(dark).not.toBe(light);
    await page.getByRole("radio", { name: /^Compact/ }).check();
    // The other window of this browser follows.
    await expect.poll(() => ground(other)).toBe(dark);
    // As if the modules never arrived: what is painted first is dark already.
    await page.route("**/assets/index-*.js", (route) => route.abort());
    await page.reload();
    expect(await ground(page)).toBe(dark);
    expect(await page.evaluate("document.documentElement.dataset.density")).toBe("compact");
    await page.unroute("**/assets/index-*.js");
    await page.reload();
    await page.getByRole("radio", { name: /^System/ }).check();
    expect(await ground(page)).toBe(light);
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await ground(page)).toBe(dark);
    expect(faults.filter((fault) => !fault.includes("ERR_FAILED"))).toEqual([]);
    await context.close();
  });

  for (const colorScheme of ["light", "dark"] as const) {
    for (const [name, width, height] of [["desktop", 1280, 900], ["mobile", 390, 844], ["narrow", 320, 640]] as const) {
      test(`every section fits ${name} in ${colorScheme}, without a barrier that axe knows`, async () => {
        const { context, page, faults, email, password } = await signUp(browser, { colorScheme, viewport: { width, height }, reducedMotion: "reduce" });
        const see = (what: string) => look(page, `settings-${what}-${name}-${colorScheme}`);
        for (const line of ["Send the offer today p5 45m", "Book the dentist 10m", "Draft the talk next tuesday 2h p4", "Read the chapter on queues 1h"]) await quickAdd(page, line);
        remembered((await call("POST", "/api/auth/login", { body: { email, password }, headers: { "User-Agent": "curl/8.5.0" } })).json() as Tokens);
        await page.goto(`${edgeUrl}/settings`);
        await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
        await page.getByRole("link", { name: /^Profile/ }).waitFor();
        await see("list");
        for (const [section, heading, ready] of [
          ["profile", "Profile", "Save zone and language"], ["password", "Password", "Change password"], ["appearance", "Appearance", "Movement follows"], ["shortcuts", "Keyboard", "Reset all keys"],
          ["hours", "Working hours", "40 h a week"], ["devices", "Devices", "This device"], ["apps", "Apps", "No app is allowed"], ["keys", "API keys", "No active key"],
          ["calendar", "Calendar feed", "The feed is closed"], ["import", "Import", "Choose a file"], ["export", "Export", "Download export"], ["delete", "Delete account", "What is lost"],
        ] as const) {
          await open(page, section, heading);
          await page.getByRole("main").getByText(ready).first().waitFor();
          await see(section);
        }
        await open(page, "weights", "What counts");
        await page.getByRole("button", { name: "Quick wins" }).click();
        await page.getByText("Then this comes first").waitFor();
        await see("weights");
        await open(page, "keys", "API keys");
        await page.getByLabel("What is it for?").fill("Backup on the NAS");
        await page.getByRole("button", { name: "Make key" }).click();
        await page.getByRole("textbox", { name: "Key “Backup on the NAS”" }).waitFor();
        secret(await page.getByRole("textbox", { name: "Key “Backup on the NAS”" }).inputValue());
        await see("key-made");
        await page.getByRole("button", { name: "Revoke key “Backup on the NAS”?" }).click();
        await page.getByRole("dialog").waitFor();
        await see("confirm");
        expect(faults).toEqual([]);
        await context.close();
      }, 240_000);
    }
  }
});
