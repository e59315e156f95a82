// Days, bars and waiting: what the pages rely on.
import { expect, test } from "vitest";
import type { Part, Task } from "../src/api/client.ts";
import { backoff } from "../src/logic/backoff.ts";
import { barsOf, signed } from "../src/logic/bars.ts";
import { byDay, load } from "../src/logic/groups.ts";
import { Leader } from "../src/logic/keys.ts";
import { dayLabel, dayOfWhen, nextWeekday, plusDays, timeLabel } from "../src/logic/days.ts";

const words = { today: "Today", tomorrow: "Tomorrow" };
const part = (factor: Part["factor"], points: number): Part => ({ factor, points, max: null, because: "because" });

test("a day goes on over the ends of months, years and summer time", () => {
  expect([plusDays("2026-12-31", 1), plusDays("2028-02-28", 1), plusDays("2026-03-28", 2), plusDays("2026-10-24", 2)]).toEqual([
    "2027-01-01", "2028-02-29", "2026-03-30", "2026-10-26",
  ]);
});

test("the next weekday is never the day itself", () => {
  expect([1, 5, 6, 7].map((day) => nextWeekday("2026-11-27", day))).toEqual(["2026-11-30", "2026-12-04", "2026-11-28", "2026-11-29"]);
});

test("days are called by their distance", () => {
  const labels = ["2026-11-27", "2026-11-28", "2026-12-01", "2026-12-10", "2027-01-05", "2026-11-20"];
  expect(labels.map((day) => dayLabel(day, "2026-11-27", "en-GB", words))).toEqual([
    "Today", "Tomorrow", "Tuesday", "Thu 10 Dec", "Tue, 5 Jan 2027", "Fri 20 Nov",
  ]);
});

test("a wall clock is its own day, an instant that of this place", () => {
  expect(dayOfWhen("2026-11-27T23:30")).toBe("2026-11-27");
  const instant = new Date(2026, 10, 27, 23, 30);
  expect(dayOfWhen(instant.toISOString())).toBe("2026-11-27");
  expect([timeLabel("2026-11-27", "en-GB"), timeLabel("2026-11-27T09:05", "en-GB")]).toEqual([null, "9:05"]);
});

test("bars are to scale, the largest first, and what takes away is marked", () => {
  const bars = barsOf([part("age", 3), part("urgency", 12), part("not_now", -6), part("small", 0)]);
  expect(bars.map(({ factor, width, negative }) => [factor, width, negative])).toEqual([
    ["urgency", 100, false], ["age", 25, false], ["not_now", 50, true],
  ]);
  expect(barsOf([])).toEqual([]);
  expect([signed(12), signed(-0.5)]).toEqual(["+12.00", "−0.50"]);
});

test("waiting doubles up to half a minute, and is never the same for all", () => {
  expect([backoff(0, 0), backoff(0, 1), backoff(1, 1), backoff(30, 1)]).toEqual([250, 500, 1000, 30_000]);
});

const task = (id: string, fields: Partial<Task>): Task => ({
  id, title: id, description: null, status: "pending", priority: 3, due_date: null, deadline: null, start_date: null, snoozed_until: null,
  effort_estimate_minutes: null, tags: [], project: null, preferred_time: null, recurrence: null, recurrence_from: "schedule", parent_id: null,
  depends_on: [], overdue: false, completed_at: null, created_at: "2026-11-01T00:00:00.000Z", updated_at: "2026-11-01T00:00:00.000Z", version: 1, ...fields,
});

test("tasks are grouped by day: overdue first, undated last, the important first in a day", () => {
  const groups = byDay(
    [
      task("undated", {}),
      task("late", { due_date: "2026-11-26" }),
      task("low", { due_date: "2026-11-27", priority: 1 }),
      task("high", { due_date: "2026-11-27T15:00", priority: 5 }),
      task("deadline only", { deadline: "2026-11-30" }),
      task("late today", { due_date: "2026-11-27T08:00", overdue: true }),
    ],
    "2026-11-27",
  );
  expect(groups.map(({ key, tasks }) => [key, tasks.map(({ id }) => id)])).toEqual([
    ["overdue", ["late", "late today"]], ["2026-11-27", ["high", "low"]], ["2026-11-30", ["deadline only"]], ["none", ["undated"]],
  ]);
});

test("what is planned is counted, and what nobody has estimated is told apart", () => {
  expect(load([task("a", { effort_estimate_minutes: 30 }), task("b", { effort_estimate_minutes: 45 }), task("c", {})])).toEqual({ minutes: 75, unknown: 1 });
});

test("a letter after g goes to a page, for a moment only", () => {
  const leader = new Leader();
  expect(leader.press("g", 0)).toEqual({ kind: "waiting" });
  expect(leader.press("t", 800)).toEqual({ kind: "page", key: "t" });
  expect(leader.press("t", 900)).toEqual({ kind: "key", key: "t" });
  leader.press("g", 1000);
  expect(leader.press("t", 3000)).toEqual({ kind: "key", key: "t" });
});
