/**
 * The consistency promise, by a history of one user's reads and changes over many connections, while answers are lost,
 * changes are committed late, and the gate is evicted. The whole course is a drill (history.drill.ts), and so is what
 * happens without each of the rules.
 */
import { expect, test } from "vitest";
import { count } from "./history/counting.ts";
import { run } from "./history/course.ts";

test("no read shows less than was known when it was asked", { timeout: 240_000 }, async () => {
  const { violations, counts, cut } = await run({ operations: 4_500, untilViolation: true, stretch: 500, rest: 0, deadline: 180_000 });
  process.stdout.write(`${JSON.stringify({ ...counts, cut })}\n`);
  expect(violations).toEqual([]);
  // It was about something: there were hits to be wrong, changes, and answers that were lost.
  expect(counts.hits).toBeGreaterThan(100);
  expect(counts.changes).toBeGreaterThan(100);
  expect(cut).toBeGreaterThan(0);
  expect(counts.told).toBeGreaterThan(3);
});

test("ten readers cost one request, and a change that changed nothing costs none", { timeout: 60_000 }, async () => {
  expect(await count()).toEqual({ byTenReaders: 1, afterNoChange: 0 });
});
