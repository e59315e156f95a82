// A real Chromium at the dashboard: signed in by its own form, with every block of the page's policy and every error noted.
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from "playwright-core";
import { expect } from "vitest";
import { secret } from "./canaries.ts";
import { newPerson } from "./client.ts";
import { edgeUrl } from "./stack.ts";

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
}

export interface Visit {
  context: BrowserContext;
  page: Page;
  /** What went wrong unseen: scripts' errors and what the policy has blocked. */
  faults: string[];
  email: string;
  password: string;
}

/** Somebody new, who has just signed up; `at` where the dashboard is served, `as` this person. */
export async function signUp(browser: Browser, options: BrowserContextOptions = {}, at = edgeUrl, as = newPerson()): Promise<Visit> {
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/Berlin", ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    // A 401 is how the page learns that nobody is signed in.
    if (message.type() === "error" && !message.text().includes("401")) faults.push(message.text());
  });
  const { email, password } = as;
  await page.goto(`${at}/sign-up`);
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("heading", { level: 1, name: "Do this next" }).waitFor();
  for (const cookie of await context.cookies()) secret(cookie.value);
  return { context, page, faults, email, password };
}

/** Adds a task as a person would, and waits until it is there. */
export async function quickAdd(page: Page, line: string): Promise<void> {
  const field = page.getByLabel("Add a task");
  await field.fill(line);
  // The field is free at once, and what is said may be of the line before.
  const made = page.waitForResponse((response) => response.request().method() === "POST" && new URL(response.url()).pathname === "/api/tasks");
  await field.press("Enter");
  expect((await made).status()).toBe(201);
  await page.getByRole("status").getByText(/^Added/).waitFor();
}
