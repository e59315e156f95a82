// The dashboard's build. Nothing is inlined, so that the policy in public/_headers holds.
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig, type Plugin } from "vite";
import { addresses } from "./src/logic/addresses.ts";

/** One page under every name that it has, and under the one that whoever serves the files gives with 404. */
const pages: Plugin = {
  name: "pages",
  writeBundle: ({ dir }) => {
    for (const name of [...addresses.filter((address) => address !== "/").map((address) => address.slice(1)), "404"]) {
      copyFileSync(join(dir ?? "", "index.html"), join(dir ?? "", `${name}.html`));
    }
  },
};

// What must run before the first paint is a script of the old kind, since modules wait; a file like the others, kept for good.
const early: Plugin = {
  name: "early",
  apply: "build",
  buildStart() {
    const source = readFileSync(join(import.meta.dirname, "src/theme-early.js"), "utf8").replaceAll(/^\s*\/\/.*\n/gm, "");
    this.emitFile({ type: "asset", name: "theme-early.js", source });
  },
  transformIndexHtml: {
    order: "post",
    handler: (_page, { bundle }) => {
      const file = Object.keys(bundle ?? {}).find((name) => /theme-early-[\w-]+\.js$/.test(name));
      if (file === undefined) throw new Error("theme-early.js was not built");
      return [{ tag: "script", attrs: { src: `/${file}` }, injectTo: "head" }];
    },
  },
};

export default defineConfig({
  root: import.meta.dirname,
  plugins: [early, pages],
  build: { target: "es2023", modulePreload: { polyfill: false }, assetsInlineLimit: 0, reportCompressedSize: false },
});
