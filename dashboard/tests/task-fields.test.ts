// The fields of a task as they are read and written, and what two have changed at once.
import { expect, test } from "vitest";
import type { Pending, Task } from "../src/api/client.ts";
import { addressOf, taskIn, withTask } from "../src/logic/addresses.ts";
import { settle, waitingFor } from "../src/logic/pending.ts";
import { conflicts, meant, minutesOf, said } from "../src/logic/task-fields.ts";

const task: Task = {
  id: "t", title: "Report", description: null, status: "pending", priority: 3, due_date: "2026-11-27T08:30:00Z", deadline: "2026-11-28", start_date: "2026-11-26T07:00",
  snoozed_until: null, effort_estimate_minutes: 90, tags: ["a", "b"], project: null, preferred_time: null, recurrence: null, recurrence_from: "schedule",
  parent_id: null, depends_on: [], overdue: false, completed_at: null, created_at: "2026-11-01T00:00:00.000Z", updated_at: "2026-11-01T00:00:00.000Z", version: 1,
};

test("a field is shown as it is written again", () => {
  const shown = (field: Parameters<typeof said>[1]) => said(task, field, "Europe/Berlin");
  expect([shown("due_date"), shown("deadline"), shown("start_date")]).toEqual(["2026-11-27T09:30", "2026-11-28", "2026-11-26T07:00"]);
  expect([shown("effort_estimate_minutes"), shown("tags"), shown("project"), shown("priority")]).toEqual(["1 h 30 min", "a, b", "", "3"]);
  expect(meant("effort_estimate_minutes", shown("effort_estimate_minutes"))).toEqual({ effort_estimate_minutes: 90 });
  expect(meant("tags", `${shown("tags")}, #c, a`)).toEqual({ tags: ["a", "b", "c"] });
});

test("an empty field clears, but for a title, which there must be", () => {
  expect([meant("due_date", ""), meant("project", " "), meant("tags", ""), meant("effort_estimate_minutes", ""), meant("title", " ")]).toEqual([
    { due_date: null }, { project: null }, { tags: [] }, { effort_estimate_minutes: null }, null,
  ]);
});

test.each([["90", 90], ["90 min", 90], ["1h30", 90], ["1.5 h", 90], ["2 hours", 120], ["1 h 5 min", 65]])("%s is an effort", (words, minutes) => {
  expect(minutesOf(words)).toBe(minutes);
});

test.each(["", "soon", "0", "999h", "-5", "1 h x"])("“%s” is none", (words) => {
  expect(minutesOf(words)).toBeUndefined();
});

test("two conflict where they change the same field to something else", () => {
  const theirs = { ...task, title: "Theirs", priority: 5 as const, tags: ["a"] };
  expect(conflicts(task, { title: "Mine", description: "only mine" }, theirs)).toEqual(["title"]);
  expect(conflicts(task, { priority: 5 }, theirs)).toEqual([]);
  expect(conflicts(task, { tags: ["a", "c"], project: "Home" }, theirs)).toEqual(["tags"]);
});

test("a task beside a page is in its address, and the rest of it stays", () => {
  expect(taskIn("?status=open&task=t1")).toBe("t1");
  expect([withTask("/all?status=open", "t1"), withTask("/all?status=open&task=t1", null), withTask("/", "t1"), withTask("/?task=t1", null)]).toEqual([
    "/all?status=open&task=t1", "/all?status=open", "/?task=t1", "/",
  ]);
  expect(addressOf("/all")?.address).toBe("/all");
});

test("what waited was made once it is no longer listed, and is taken back when it was refused", () => {
  const pending = (id: string, state: "waiting" | "refused" = "waiting"): Pending => ({
    id, state, method: "POST", path: "/api/tasks/0198c5a0-0000-7000-8000-00000000000a/complete", accepted_at: "2026-11-27T09:00:00.000Z", because: state === "refused" ? "it is gone" : null,
  });
  const change = (id: string) => ({ id, as: {}, answered: null, pending: pending(id), message: id });
  const underWay = { id: "own", as: {}, answered: null };
  const { seen, made, refused } = settle([change("waits"), change("made"), change("refused"), underWay], [pending("waits"), pending("refused", "refused")], 7);
  expect(seen).toEqual([change("waits"), { ...change("made"), answered: 7 }, underWay]);
  expect([made.map(({ id }) => id), refused.map(({ change: { id }, because }) => [id, because])]).toEqual([["made"], [["refused", "it is gone"]]]);
  expect([...waitingFor([pending("a"), pending("b"), pending("c", "refused"), { ...pending("d"), path: "/api/tasks" }])]).toEqual([["0198c5a0-0000-7000-8000-00000000000a", 2]]);
});
