// The dashboard in a real Chromium, through the Worker, the origin and PostgreSQL: from signing up to the first task done.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, quickAdd, signUp } from "./browser.ts";
import { secret } from "./canaries.ts";
import { call } from "./client.ts";
import { nextMail, tokenOf } from "./mailbox.ts";
import { edgeUrl } from "./stack.ts";

let browser: Browser;
beforeAll(async () => (browser = await launch()));
afterAll(() => browser.close());

describe("what is served where", () => {
  test("navigations get the dashboard with its policy, and hashed files may be kept for good", async () => {
    for (const path of ["/", "/sign-in", "/today", "/projects", "/projects/Some%20name", "/all?tag=idea"]) {
      const page = await call("GET", path, { headers: { "Sec-Fetch-Mode": "navigate" } });
      expect([path, page.status, page.headers.get("content-type")]).toEqual([path, 200, "text/html; charset=utf-8"]);
      expect(page.headers.get("content-security-policy")).toContain("script-src 'self'");
      expect(page.text).toContain("<mf-app>");
    }
    const script = /src="(\/assets\/[^"]+)"/.exec((await call("GET", "/")).text)?.[1] ?? "";
    const file = await call("GET", script);
    expect([file.status, file.headers.get("cache-control")]).toEqual([200, "public, max-age=31536000, immutable"]);
  });

  test("an address without a page is 404, for a visitor and for whatever wants a script there", async () => {
    for (const path of ["/foo", "/today/more", "/all.js", "/projects/a/b.js", "/assets/gone-12345678.js"]) {
      const visit = await call("GET", path, { headers: { "Sec-Fetch-Mode": "navigate", Accept: "text/html" } });
      expect([path, visit.status, visit.headers.get("content-type")]).toEqual([path, 404, "text/html; charset=utf-8"]);
      expect(visit.headers.get("content-security-policy")).toContain("script-src 'self'");
      // It may be there a moment later, when a deployment has ended.
      expect(visit.headers.get("cache-control")).toBe("public, max-age=0, must-revalidate");
      expect(visit.text).toContain("<mf-app>");
      expect((await call("GET", path, { headers: { "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script" } })).status, path).toBe(404);
    }
  });

  test("what is below the API's paths is the Worker's, also when there is nothing", async () => {
    for (const path of ["/api/nothing", "/api", "/oauth/nothing", "/mcp/nothing", "/internal/nothing", "/.well-known/nothing"]) {
      const answer = await call("GET", path, { headers: { "Sec-Fetch-Mode": "navigate", Accept: "text/html" } });
      expect([path, answer.status, answer.headers.get("content-type")]).toEqual([path, 404, "application/problem+json"]);
    }
    expect((await call("GET", "/docs")).text).not.toContain("<mf-app>");
  });
});

describe("links in mails", () => {
  test("confirm an address and set a new password, and leave no token in the address", async () => {
    const { context, page, faults, email } = await signUp(browser);
    await page.goto(`${edgeUrl}/confirm-email#token=${tokenOf(await nextMail(email, /confirm/i), "confirm-email")}`);
    await page.getByRole("button", { name: "Confirm my address" }).click();
    await page.getByText("your address is confirmed").waitFor();
    expect(page.url()).toBe(`${edgeUrl}/confirm-email`);
    await page.getByRole("link", { name: "Go to MindFlow" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("link", { name: "Forgot your password?" }).click();
    await page.getByLabel("E-mail address").fill(email);
    await page.getByRole("button", { name: "Send me a link" }).click();
    await page.getByText("a link is on its way").waitFor();
    await page.goto(`${edgeUrl}/reset-password#token=${tokenOf(await nextMail(email, /password/i), "reset-password")}`);
    const password = secret("a new and longer pass phrase");
    await page.getByLabel("New password").fill("password1234");
    await page.getByRole("button", { name: "Set the password" }).click();
    await page.getByRole("alert").getByText(/attacker tries/).waitFor();
    await page.getByLabel("New password").fill(password);
    await page.getByRole("button", { name: "Set the password" }).click();
    await page.getByText("Your password is set").waitFor();
    await page.getByRole("link", { name: "Go to MindFlow" }).click();
    await page.getByLabel("E-mail address").fill(email);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Do this next" }).waitFor();
    // A link that leads to nothing: the page says what to do, not what a program would.
    await page.goto(`${edgeUrl}/reset-password#token=none`);
    await page.getByLabel("New password").fill(password);
    await page.getByRole("button", { name: "Set the password" }).click();
    await page.getByRole("alert").getByText("This link no longer holds").waitFor();
    await page.getByRole("link", { name: "Ask for a new link" }).click();
    await page.getByRole("heading", { name: "Reset your password" }).waitFor();
    expect(faults.filter((fault) => !fault.includes("422"))).toEqual([]);
    await context.close();
  });
});

describe("a first day", () => {
  test("goes from signing up to the first task done, and back by undo", async () => {
    const { context, page, faults, email, password } = await signUp(browser);
    await page.getByRole("heading", { name: "Nothing to do right now" }).waitFor();
    await quickAdd(page, "Water the plants 10m p2");
    const field = page.getByLabel("Add a task");
    await field.fill("File taxes tomorrow 10am #money +home 2h p5 !in 3 days");
    const tokens = page.locator("button.token");
    await tokens.getByText("tomorrow 10am").waitFor();
    expect((await tokens.allTextContents()).map((token) => token.replace(" ×", "").trim())).toEqual([
      "tomorrow 10am", "#money", "+home", "2h", "p5", "!in 3 days",
    ]);
    // A token that is made text again stays in the title.
    await page.getByRole("button", { name: "Read “#money” as text" }).click();
    await field.press("Enter");
    const best = page.getByRole("article");
    await best.getByRole("heading", { name: "File taxes #money" }).waitFor();
    const facts = await best.locator(".facts").textContent();
    for (const fact of ["Priority 5", "Tomorrow 10:00", "Deadline", "2 h", "home"]) expect(facts).toContain(fact);
    // The bars add up to the score, as shown.
    const points = await best.locator("tbody .points").allTextContents();
    const sum = points.reduce((total, shown) => total + Number(shown.replace("−", "-")), 0);
    expect(points.length).toBeGreaterThan(1);
    expect(sum.toFixed(2)).toBe(await best.locator("tfoot .points").textContent());
    await page.getByRole("heading", { name: "Runners-up" }).waitFor();
    await page.getByText("Water the plants").first().waitFor();

    await best.getByRole("button", { name: "Start" }).click();
    await best.getByText("In progress", { exact: true }).waitFor();
    await best.getByRole("button", { name: "Done" }).click();
    await best.getByRole("heading", { name: "Water the plants" }).waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await best.getByRole("heading", { name: "File taxes #money" }).waitFor();
    await page.keyboard.press("e");
    await best.getByRole("heading", { name: "Water the plants" }).waitFor();

    await best.getByRole("button", { name: "Snooze" }).click();
    await page.getByRole("button", { name: "Tomorrow", exact: true }).click();
    await page.getByText("1 snoozed").waitFor();
    await page.getByText("“Water the plants” is next to come back").waitFor();
    await page.getByRole("heading", { name: "Nothing to do right now" }).waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Welcome back" }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/sign-in");

    await page.getByLabel("E-mail address").fill(email);
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").getByText(/wrong|match/i).waitFor();
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("1 snoozed").waitFor();
    expect(faults).toEqual([]);
    expect(page.url()).toBe(`${edgeUrl}/`);
    await context.close();
  });
});
