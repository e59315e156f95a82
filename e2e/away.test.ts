// The origin is killed for ten seconds under load; the drills of a minute, with lost answers and crashes of workerd, are in
// away.drill.ts.
import { test } from "vitest";
import { run } from "./away-course.ts";

test("nobody notices more than a mark while the origin is away, and every accepted change is made once and in order", async () => {
  await run({ people: 2, pause: 250, away: 10_000 });
});
