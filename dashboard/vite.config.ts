// The dashboard's build. Nothing is inlined, so that the policy in public/_headers holds.
import { appendFileSync, copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig, type Plugin } from "vite";
import { addresses } from "./src/logic/addresses.ts";

// A test runner that asks for a build has set it to "test", by which the libraries' slow builds for developers would be taken.
process.env["NODE_ENV"] = "production";

/** One page under every name that it has, and under the one that whoever serves the files gives with 404. */
const pages: Plugin = {
  name: "pages",
  writeBundle: ({ dir }) => {
    for (const name of [...addresses.filter((address) => address !== "/").map((address) => address.slice(1)), "404"]) {
      copyFileSync(join(dir ?? "", "index.html"), join(dir ?? "", `${name}.html`));
    }
  },
};

// Cloudflare takes a hundred.
const mostRules = 100;

/**
 * Files with a hash in their names are kept for good, each by a rule of its own: one for the folder would also have a browser
 * keep for good that a file is not there, which it is told while a deployment of two versions goes on.
 */
const keptForGood: Plugin = {
  name: "kept-for-good",
  apply: "build",
  writeBundle: ({ dir }, bundle) => {
    const headers = join(dir ?? "", "_headers");
    const rules = Object.keys(bundle).filter((name) => name.startsWith("assets/")).map((name) => `\n/${name}\n  Cache-Control: public, max-age=31536000, immutable\n`);
    appendFileSync(headers, rules.join(""));
    if ((readFileSync(headers, "utf8").match(/^\//gm) ?? []).length > mostRules) throw new Error("more rules than _headers may have");
  },
};

// What must run before the first paint, or before there is anything to paint, is a script of the old kind, since modules wait;
// a file like the others, kept for good.
// Reading first: opening what this browser has kept takes a while, and then the answers are on their way.
const sources = ["reads-early.js", "theme-early.js", "clock-early.js"];
const early: Plugin = {
  name: "early",
  apply: "build",
  buildStart() {
    const source = sources.map((name) => readFileSync(join(import.meta.dirname, "src", name), "utf8")).join("");
    this.emitFile({ type: "asset", name: "early.js", source: source.replaceAll(/^\s*\/\/.*\n/gm, "") });
  },
  transformIndexHtml: {
    order: "post",
    handler: (page, { bundle }) => {
      const file = Object.keys(bundle ?? {}).find((name) => /\bearly-[\w-]+\.js$/.test(name));
      if (file === undefined) throw new Error("early.js was not built");
      // Behind the meta elements that it reads, and before the style sheet, for which it would wait.
      return page.replace("<script", `<script src="/${file}"></script>\n    <script`);
    },
  },
};

export default defineConfig({
  root: import.meta.dirname,
  plugins: [early, pages, keptForGood],
  worker: { format: "es" },
  build: {
    target: "es2023", modulePreload: { polyfill: false }, assetsInlineLimit: 0, reportCompressedSize: false,
    // What every visit loads is one file: in seven, each with its own head and compressed by itself, it comes later.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "first", tags: ["$initial"] }] } } },
  },
});
