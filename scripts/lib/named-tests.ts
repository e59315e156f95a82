/**
 * Checks that every test and file that a page of docs names is there, so that a claim cannot outlive its proof.
 *
 *   node named-tests.ts docs/security.md
 *
 * A test is named as `path`: "words of its name" or `path`: `name_of_a_function`. Exits 1 with what is missing.
 */
import { existsSync, readFileSync } from "node:fs";

const pages = process.argv.slice(2);
const missing: string[] = [];
let named = 0;
for (const page of pages) {
  const text = readFileSync(page, "utf8");
  for (const [, path = "", words, identifier] of text.matchAll(/`([\w./-]+\.(?:ts|rs))`(?:: (?:"([^"]+)"|`(\w+)`))?/g)) {
    const name = words ?? identifier;
    named += 1;
    if (!existsSync(path)) missing.push(`${page}: there is no ${path}`);
    else if (name !== undefined && !readFileSync(path, "utf8").includes(name)) missing.push(`${page}: ${path} has no "${name}"`);
  }
}
if (named === 0) missing.push("no page names a test");
for (const line of missing) process.stderr.write(`${line}\n`);
process.exitCode = missing.length > 0 ? 1 : 0;
