// MindFlow as an app of its own on a telephone or a desk: what Chromium itself says about the manifest, and what it needs.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type BrowserContext, type CDPSession, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, signUp } from "./browser.ts";
import { edgeUrl } from "./stack.ts";

interface Manifest {
  start_url: string;
  scope: string;
  display: string;
  icons: { src: string; sizes: string; type: string; purpose?: string }[];
  shortcuts: { name: string; url: string }[];
}

const profile = mkdtempSync(join(tmpdir(), "mindflow-profile-"));
let context: BrowserContext;
let page: Page;
let devtools: CDPSession;
beforeAll(async () => {
  // With a profile, as a person has one: nothing can be installed from a private window.
  context = await chromium.launchPersistentContext(profile, { executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
  page = await context.newPage();
  await page.goto(`${edgeUrl}/sign-in`);
  devtools = await context.newCDPSession(page);
});
afterAll(async () => {
  await context.close();
  rmSync(profile, { recursive: true, force: true });
});

/** Width and height of a PNG, from its header. */
function sizeOf(png: Buffer): string {
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  return `${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`;
}

describe("MindFlow can be installed", () => {
  test("by Chromium, which finds no fault with the manifest and nothing that stands against it", async () => {
    const { url, errors, data } = await devtools.send("Page.getAppManifest");
    expect(url).toBe(`${edgeUrl}/manifest.webmanifest`);
    expect(errors).toEqual([]);
    const manifest = JSON.parse(data ?? "") as Manifest;
    expect([manifest.start_url, manifest.scope, manifest.display]).toEqual(["/", "/", "standalone"]);
    const { installabilityErrors } = await devtools.send("Page.getInstallabilityErrors");
    expect(installabilityErrors).toEqual([]);
  });

  test("with files that are what the manifest says, served as what they are", async () => {
    const answer = await fetch(`${edgeUrl}/manifest.webmanifest`);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/manifest+json"]);
    expect(answer.headers.get("content-security-policy")).toContain("manifest-src 'self'");
    const { icons } = (await answer.json()) as Manifest;
    expect(icons.map(({ sizes, purpose }) => `${sizes} ${purpose ?? "any"}`)).toEqual(["any any", "192x192 any", "512x512 any", "512x512 maskable"]);
    for (const { src, sizes, type } of icons) {
      const icon = await fetch(edgeUrl + src);
      expect([icon.status, icon.headers.get("content-type")], src).toEqual([200, type]);
      if (type === "image/png") expect(sizeOf(Buffer.from(await icon.arrayBuffer())), src).toBe(sizes);
    }
    const touch = await page.locator('link[rel="apple-touch-icon"]').getAttribute("href");
    expect(sizeOf(Buffer.from(await (await fetch(edgeUrl + String(touch))).arrayBuffer()))).toBe("180x180");
  });

  test("and its shortcuts lead to where they say", async () => {
    const { shortcuts } = (await (await fetch(`${edgeUrl}/manifest.webmanifest`)).json()) as Manifest;
    expect(shortcuts.map(({ name }) => name)).toEqual(["Add a task", "Next", "Today"]);
    const browser = await launch();
    const visit = await signUp(browser);
    const heading = (name: string) => visit.page.getByRole("heading", { level: 1, name }).waitFor();
    await visit.page.goto("about:blank");
    await visit.page.goto(edgeUrl + String(shortcuts[0]?.url));
    await heading("Do this next");
    await visit.page.locator("#quick-add:focus").waitFor();
    await visit.page.goto(edgeUrl + String(shortcuts[2]?.url));
    await heading("Today");
    expect(visit.faults).toEqual([]);
    await browser.close();
  });
});
