/**
 * Checks that every link from one page of the repository to another leads somewhere, and that a section that is named
 * behind it, as in [operations.md](operations.md), "Rotate", is a heading of that page or begins a paragraph in bold.
 *
 *   node page-links.ts README.md docs/api.md...
 *
 * Exits 1 with what is missing.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const missing: string[] = [];
let links = 0;

/** The titles that a page can be referred to by, as they are written. */
function titles(text: string): string[] {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) => title);
  const bold = [...text.matchAll(/^\*\*(?:\d+\. )?(.+?)\*\*/gm)].map(([, title = ""]) => title.replace(/[.,:]$/, ""));
  return [...headings, ...bold].map((title) => title.replaceAll("`", ""));
}

for (const page of process.argv.slice(2)) {
  const text = readFileSync(page, "utf8").replaceAll(/```.*?```/gs, "");
  for (const [, target = "", section] of text.matchAll(/\]\(([^)\s]+)\)(?:, "([^"]+)")?/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    links += 1;
    const [file = "", anchor] = target.split("#");
    const path = file === "" ? page : normalize(join(dirname(page), file));
    if (!existsSync(path)) {
      missing.push(`${page}: there is no ${path}`);
      continue;
    }
    if (!path.endsWith(".md")) continue;
    const known = titles(readFileSync(path, "utf8"));
    const slug = (title: string): string => title.toLowerCase().replaceAll(/[^\p{L}\p{N}\s-]/gu, "").replaceAll(" ", "-");
    if (anchor !== undefined && !known.some((title) => slug(title) === anchor)) missing.push(`${page}: ${path} has no #${anchor}`);
    if (section !== undefined && !known.includes(section)) missing.push(`${page}: ${path} has no section "${section}"`);
  }
}
if (links === 0) missing.push("no page has a link");
for (const line of missing) process.stderr.write(`${line}\n`);
process.exitCode = missing.length > 0 ? 1 : 0;
