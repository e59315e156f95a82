// Tests of the dashboard's pure parts; its journeys through a browser are in e2e/.
import { defineConfig } from "vitest/config";

export default defineConfig({ test: { root: import.meta.dirname, include: ["tests/*.test.ts"] } });
