// How pages look: pictures of them, and what axe finds wrong with them.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { data } from "./stack.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const pictures = process.env["MINDFLOW_PICTURES"] ?? join(data, "pictures");

/** What axe finds wrong, by rule and place. Evaluated over the protocol, which the page's policy does not bind. */
export async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate<string[]>(
    "axe.run().then((result) => result.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target} ${node.failureSummary}`)))",
  );
}

/** Takes a picture; the page must fit its width and have no barrier. */
export async function look(page: Page, name: string): Promise<void> {
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `dashboard-${name}.png`), fullPage: true });
  expect(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"), name).toBe(0);
  expect(await barriers(page), name).toEqual([]);
}
