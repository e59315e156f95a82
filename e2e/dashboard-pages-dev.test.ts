// The same dashboard on Cloudflare Pages, on another origin than the API: signed in by bearer tokens, in a real Chromium,
// served by `wrangler pages dev`, against the Worker of this stack.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, quickAdd, signUp, type Visit } from "./browser.ts";
import { secret } from "./canaries.ts";
import { call } from "./client.ts";
import { freePort, repository } from "./stack-settings.ts";
import { edgeUrl, restart } from "./stack.ts";

let browser: Browser | undefined;
let folder: string;
let pages: ChildProcess | undefined;
let pagesUrl: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "mindflow-pages-"));
  const port = await freePort();
  pagesUrl = `http://127.0.0.1:${port}`;
  execFileSync(join(repository, "scripts/build-pages"), [edgeUrl, join(folder, "site")], { stdio: ["ignore", "ignore", "inherit"] });
  const options = ["--ip", "127.0.0.1", "--port", String(port), "--inspector-port", "0", "--show-interactive-dev-session=false", "--log-level", "warn"];
  // In a folder of its own; with its group, since workerd runs under it.
  writeFileSync(join(folder, "wrangler.toml"), 'name = "dashboard"\npages_build_output_dir = "site"\ncompatibility_date = "2026-10-01"\n');
  pages = spawn("wrangler", ["pages", "dev", ...options], { cwd: folder, detached: true, stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, PWD: folder, WRANGLER_SEND_METRICS: "false" } });
  await restart("edge", { CORS_ORIGINS: pagesUrl });
  while ((await fetch(pagesUrl).then(({ status }) => status, () => 0)) !== 200) await sleep(100);
  browser = await launch();
}, 180_000);

/** Somebody new, in a window of their own. */
function visit(): Promise<Visit> {
  if (browser === undefined) throw new Error("no browser");
  return signUp(browser, {}, pagesUrl);
}

afterAll(async () => {
  await browser?.close();
  if (pages?.pid !== undefined) process.kill(-pages.pid, "SIGKILL");
  await restart("edge");
  rmSync(folder, { recursive: true, force: true });
}, 120_000);

test("the files are those of the Worker, but for the API's address in the page and its policy", async () => {
  const [here, there] = await Promise.all([fetch(`${pagesUrl}/today`), call("GET", "/today")]);
  expect(here.status).toBe(200);
  expect((await here.text()).replace(`name="mindflow-api" content="${edgeUrl}"`, 'name="mindflow-api" content=""')).toBe(there.text);
  const policy = there.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("connect-src 'self';");
  expect(here.headers.get("content-security-policy")).toBe(policy.replace("connect-src 'self'", `connect-src 'self' ${edgeUrl} ${edgeUrl.replace("http", "ws")}`));
  const script = /src="(\/assets\/index[^"]+)"/.exec(there.text)?.[1] ?? "";
  expect((await fetch(pagesUrl + script)).headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  const gone = await fetch(`${pagesUrl}/assets/gone-12345678.js`);
  expect([gone.status, gone.headers.get("cache-control")?.includes("immutable") ?? false]).toEqual([404, false]);
  expect((await fetch(`${pagesUrl}/manifest.webmanifest`)).headers.get("content-type")).toBe("application/manifest+json");
  expect((await fetch(`${pagesUrl}/settings/devices`)).status).toBe(200);
  expect(readFileSync(join(repository, "dashboard/dist/index.html"), "utf8")).toBe((await call("GET", "/")).text);
});

test("somebody signs up, works in two windows, comes back after a reload and signs out, without a cookie", async () => {
  const { context, page, faults } = await visit();
  const kept = async () => secret((await page.evaluate<string | null>("localStorage.getItem('mindflow-refresh')")) ?? "");
  page.on("request", (request) => secret(request.headers()["authorization"]?.slice(7) ?? ""));
  await quickAdd(page, "Water the plants today");
  expect(await context.cookies()).toEqual([]);
  const first = await kept();
  expect(first).not.toBe("");

  // After a reload the access token is gone: the other one renews it, and is used up.
  await page.reload();
  await page.getByRole("heading", { name: "Water the plants" }).waitFor();
  const second = await kept();
  expect(second).not.toBe(first);

  // Live, in another window, over a socket that brings the token.
  const other = await context.newPage();
  await other.goto(`${pagesUrl}/today`);
  await other.getByText("Water the plants").waitFor();
  await quickAdd(page, "Seen elsewhere today");
  await other.getByText("Seen elsewhere", { exact: true }).waitFor();

  await page.goto(`${pagesUrl}/settings/devices`);
  await page.getByText("This device").waitFor();
  await page.getByText("Signed in on 1 device").waitFor();

  const last = await kept();
  await page.goto(`${pagesUrl}/settings`);
  await page.getByRole("main").getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Welcome back" }).waitFor();
  await other.getByRole("heading", { name: "Welcome back" }).waitFor();
  expect(await kept()).toBe("");
  expect((await call("POST", "/api/auth/refresh", { body: { refresh_token: last } })).status).toBe(401);
  expect(faults).toEqual([]);
  await context.close();
});

test("a new password goes on in this window with new tokens", async () => {
  const { context, page, faults, password } = await visit();
  await page.goto(`${pagesUrl}/settings/password`);
  await page.getByLabel("Your password").fill(password);
  await page.getByLabel("New password").fill(secret("a new and longer pass phrase"));
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByText("Your password is changed").waitFor();
  await page.reload();
  await page.getByRole("heading", { level: 1, name: "Password" }).waitFor();
  expect(faults).toEqual([]);
  await context.close();
});
