/**
 * Checks that every test and file that a page names is there, so that a claim cannot outlive its proof, nor a way its end.
 *
 *   node named-tests.ts CONTRIBUTING.md docs/security.md...
 *
 * A test is named as `path`: "words of its name" or `path`: `name_of_a_function`; more words may follow, with commas
 * between. A file may be named by the end of its path. `scripts/doctor NAME` and `scripts/check NAME` are asked for their
 * check or step, `scripts/X --option` for the option. Exits 1 with what is missing.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const pages = process.argv.slice(2);
const missing: string[] = [];
let named = 0;
const read = (path: string): string => readFileSync(path, "utf8");
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { encoding: "utf8" }).split("\n");

for (const page of pages) {
  const text = read(page);
  const tests = /`([\w./-]+\.(?:ts|rs)|(?:scripts|deploy|e2e|docs|bench|widget|shared-types|origin-api|edge-worker|dashboard)\/[\w./-]+)`((?:(?:: |, )(?:"[^"]+"|`\w+`))*)/g;
  for (const [, path = "", names = ""] of text.matchAll(tests)) {
    named += 1;
    if (!existsSync(path) && !(names === "" && files.some((file) => file.endsWith(`/${path}`)))) {
      missing.push(`${page}: there is no ${path}`);
      continue;
    }
    for (const [, words, identifier] of names.matchAll(/"([^"]+)"|`(\w+)`/g)) {
      const name = words ?? identifier ?? "";
      if (!read(path).includes(name)) missing.push(`${page}: ${path} has no "${name}"`);
    }
  }
  for (const [, script = "", wanted = ""] of text.matchAll(/`(scripts\/[\w/-]+) ([^`]+)`/g)) {
    named += 1;
    if (!existsSync(script)) {
      missing.push(`${page}: there is no ${script}`);
      continue;
    }
    const source = read(script) + (script === "scripts/doctor" ? read("scripts/lib/doctor-checks.sh") : "");
    for (const word of wanted.split(/\s+/).filter((word) => word.startsWith("--") || /^scripts\/(?:doctor|check)$/.test(script))) {
      if (!source.includes(word)) missing.push(`${page}: ${script} has no ${word}`);
    }
  }
}
if (named === 0) missing.push("no page names a test");
for (const line of missing) process.stderr.write(`${line}\n`);
process.exitCode = missing.length > 0 ? 1 : 0;
