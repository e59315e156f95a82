/** The whole history, and what becomes of it when one of the rules is missing (architecture.md, "The consistency of the cache"). */
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { count } from "./history/counting.ts";
import { run } from "./history/course.ts";

const MINUTE = 60_000;

function build(rule?: string): void {
  process.env["MINDFLOW_WITHOUT_RULE"] = rule ?? "";
  execFileSync(resolve(import.meta.dirname, "../../scripts/build-edge"), { stdio: "inherit" });
}

// wrangler dev builds again with what the environment says, so it must say it for as long as one runs.
afterEach(() => {
  process.env["MINDFLOW_WITHOUT_RULE"] = "";
});
afterAll(() => {
  build();
}, 10 * MINUTE);

test("of 100,000 reads and changes, no read shows less than was known", { timeout: 30 * MINUTE }, async () => {
  build();
  const { violations, counts, fetched } = await run({ operations: 100_000, untilViolation: false, stretch: 4_000, rest: 66_000, deadline: 25 * MINUTE });
  process.stdout.write(`${JSON.stringify({ ...counts, fetched, violations: violations.length })}\n`);
  expect(violations.slice(0, 5)).toEqual([]);
  expect(counts.reads + counts.changes).toBeGreaterThanOrEqual(100_000);
  expect(counts.hits).toBeGreaterThan(20_000);
});

describe("it is noticed when this is missing:", () => {
  test.each(["1", "2", "3", "4", "6", "7-join"])("rule %s", { timeout: 10 * MINUTE }, async (rule) => {
    build(rule);
    const { violations, counts } = await run({ operations: 1_000_000, untilViolation: true, stretch: 1_500, rest: 0, deadline: 8 * MINUTE });
    process.stdout.write(`without rule ${rule}: ${violations[0] ?? "nothing"} after ${counts.reads} reads and ${counts.changes} changes\n`);
    expect(violations.length).toBeGreaterThan(0);
  });

  test("rule 7, that one fetches for all", { timeout: 10 * MINUTE }, async () => {
    build("7-once");
    expect(await count()).toEqual({ byTenReaders: 10, afterNoChange: 0 });
  });

  test("rule 5, that an unchanged version ends nothing", { timeout: 10 * MINUTE }, async () => {
    build("5");
    expect(await count()).toEqual({ byTenReaders: 1, afterNoChange: 1 });
  });
});
