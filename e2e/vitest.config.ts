// End-to-end tests: one stack for all files, started by scripts/dev, so the files run one after another.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["*.test.ts"],
    globalSetup: ["./global-setup.ts"],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A second, the default, is little where two cores run everything; whoever means a second says so.
    expect: { poll: { timeout: 15_000 } },
  },
});
