// Which addresses are the Worker's and which the dashboard's, and what a visitor loads first.
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { expect, test } from "vitest";
import { addresses, families } from "../src/logic/addresses.ts";

const repository = resolve(import.meta.dirname, "../..");
const text = (path: string) => readFileSync(join(repository, path), "utf8");

test("every route of the Worker but the dashboard's own page reaches the Worker first", () => {
  const list = /run_worker_first = \[([^\]]*)\]/.exec(text("wrangler.toml"))?.[1] ?? "";
  const patterns = [...list.matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? "");
  const routes = [...text("edge-worker/src/route/table.rs").matchAll(/template: "([^"]+)"/g)].map((match) => match[1] ?? "");
  expect(routes.length).toBeGreaterThan(30);
  const reaches = (route: string) => patterns.some((pattern) => (pattern.endsWith("/*") ? route.startsWith(pattern.slice(0, -1)) : route === pattern));
  expect(routes.filter((route) => !reaches(route))).toEqual(["/"]);
});

test("the policy allows nothing inline, and no script of another origin", () => {
  const policy = /Content-Security-Policy: (.*)/.exec(text("dashboard/public/_headers"))?.[1] ?? "";
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
  expect(policy).toContain("require-trusted-types-for 'script'");
  // Where scripts/build-pages puts the address of the API; in the page, below, its place is empty.
  expect(policy).toContain("connect-src 'self';");
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
});

test("the first load is less than 80 KB of compressed JavaScript, and runs none inline", async () => {
  const folder = join(repository, "target/dashboard-size");
  await build({ configFile: join(repository, "dashboard/vite.config.ts"), logLevel: "error", build: { outDir: folder, emptyOutDir: true } });
  const page = readFileSync(join(folder, "index.html"), "utf8");
  const scripts = [...page.matchAll(/<script\b([^>]*)>([^<]*)</g)];
  expect(scripts.map((script) => script[2]?.trim())).toEqual(["", ""]);
  expect(page).toContain('<meta name="mindflow-api" content="" />');
  expect(page).not.toMatch(/<style|style=|\son\w+=/);
  const first = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map((match) => match[1] ?? "");
  const bytes = first.reduce((sum, path) => sum + gzipSync(readFileSync(join(folder, path))).length, 0);
  expect(bytes).toBeGreaterThan(5_000);
  expect(bytes).toBeLessThan(80_000);
  // As it is deployed, though a test runner asked for it: no warnings for developers, which Lit ends with a link.
  const built = readdirSync(join(folder, "assets")).filter((name) => name.endsWith(".js")).map((name) => readFileSync(join(folder, "assets", name), "utf8")).join("");
  expect(built).not.toMatch(/lit\.dev\/msg|process\.env/);
  // A file for each address, or else it would be answered with 404.
  for (const name of [...addresses.slice(1).map((address) => address.slice(1)), "404"]) {
    expect(readFileSync(join(folder, `${name}.html`), "utf8"), name).toBe(page);
  }
  expect(readdirSync(join(folder, "assets")).every((name) => /-[\w-]{8}\.\w+$/.test(name))).toBe(true);
}, 60_000);

test("a page for every name below an address is that address's file", () => {
  const rules = text("dashboard/public/_redirects").split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  expect(rules).toEqual(families.map((family) => `${family}/:name ${family} 200`));
});
