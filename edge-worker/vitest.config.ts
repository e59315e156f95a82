// The Worker's tests in real workerd. One `wrangler dev` serves all files, so the files run one after another.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["tests/*.test.ts", "../bench/js-worker/*.test.ts"],
    globalSetup: ["./tests/harness/global-setup.ts"],
    fileParallelism: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // A second, the default, is little where two cores run everything; whoever means a second says so.
    expect: { poll: { timeout: 15_000 } },
  },
});
