// The dashboard's build. Nothing is inlined and nothing is injected, so that the policy in public/_headers holds.
import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  build: { target: "es2023", modulePreload: { polyfill: false }, assetsInlineLimit: 0, reportCompressedSize: false },
});
