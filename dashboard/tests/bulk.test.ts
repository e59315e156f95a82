// What one change of several tasks asks for, and what it shows.
import { expect, test } from "vitest";
import type { Task } from "../src/api/client.ts";
import { inParts, itemsOf, shownAs } from "../src/logic/bulk.ts";
import { onDay } from "../src/logic/days.ts";
import { swiped } from "../src/logic/swipe.ts";

const task = (id: string, fields: Partial<Task> = {}) => ({ id, status: "pending", tags: [], parent_id: null, due_date: null, priority: 3, ...fields }) as Task;
const family = [task("parent"), task("child", { parent_id: "parent" }), task("grandchild", { parent_id: "child" }), task("done", { status: "completed" })];

test("subtasks are done before their parents, and what is done stays out", () => {
  expect(itemsOf({ kind: "complete" }, family).map((item) => item.id)).toEqual(["grandchild", "child", "parent"]);
  expect(itemsOf({ kind: "reopen" }, family)).toEqual([{ op: "update", id: "done", status: "pending" }]);
});

test("a parent that is deleted takes its subtasks along, so they are not named again", () => {
  expect(itemsOf({ kind: "delete" }, family)).toEqual([{ op: "delete", id: "parent" }, { op: "delete", id: "done" }]);
  expect([...shownAs({ kind: "delete" }, family).values()]).toEqual([null, null, null, null]);
});

test("a tag is added and taken away where that changes something", () => {
  const tagged = [task("a", { tags: ["x", "y"] }), task("b", { tags: ["y"] })];
  expect(itemsOf({ kind: "tag", tag: "x" }, tagged)).toEqual([{ op: "update", id: "b", tags: ["y", "x"] }]);
  expect(itemsOf({ kind: "untag", tag: "x" }, tagged)).toEqual([{ op: "update", id: "a", tags: ["y"] }]);
  expect(shownAs({ kind: "untag", tag: "y" }, tagged).get("a")).toEqual({ tags: ["x"] });
});

test("tasks that are moved keep their time, and are shown as not late", () => {
  const moved = [task("day", { due_date: "2026-11-27", overdue: true }), task("hour", { due_date: "2026-11-27T15:30" }), task("none")];
  expect(itemsOf({ kind: "move", day: "2026-12-01", zone: "Europe/Berlin" }, moved).map((item) => "due_date" in item && item.due_date)).toEqual(["2026-12-01", "2026-12-01T15:30", "2026-12-01"]);
  expect(shownAs({ kind: "move", day: null, zone: "UTC" }, moved).get("day")).toEqual({ due_date: null, overdue: false });
  expect(onDay("2026-11-27T08:05:00.000Z", "2026-12-01", "Europe/Berlin")).toBe("2026-12-01T09:05");
});

test("a hundred and twenty tasks are three changes", () => {
  expect(inParts(Array.from({ length: 120 }, (_, index) => index), 50).map((part) => part.length)).toEqual([50, 50, 20]);
  expect(inParts([], 50)).toEqual([]);
});

test("a swipe has to be long, and to the side", () => {
  expect([swiped(90, 10), swiped(-90, 10), swiped(40, 0), swiped(90, 60), swiped(0, 200)]).toEqual(["done", "later", null, null, null]);
});
