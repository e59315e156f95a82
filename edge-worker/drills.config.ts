// The long drills of the Worker, of `scripts/test --all`.
import { defineConfig } from "vitest/config";
import tests from "./vitest.config.ts";

export default defineConfig({ test: { ...tests.test, include: ["tests/*.drill.ts"] } });
