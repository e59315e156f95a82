// The dashboard's build. Nothing is inlined and nothing is injected, so that the policy in public/_headers holds.
import { copyFileSync } from "node:fs";
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

export default defineConfig({
  root: import.meta.dirname,
  plugins: [pages],
  build: { target: "es2023", modulePreload: { polyfill: false }, assetsInlineLimit: 0, reportCompressedSize: false },
});
