// Lints of the test code and the bench: typescript-eslint's strict, type-checked rules.
import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(
  globalIgnores(["node_modules/", ".tools/", "target/", ".dev/", ".test/", ".wrangler/", "edge-worker/build/", "dashboard/dist/", "dashboard/src/api/schema.d.ts"]),
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "no-console": "error",
    },
  },
  // A Worker logs to the console.
  { files: ["bench/js-worker/src/**"], rules: { "no-console": "off" } },
);
