// Today's capacity, the week, the plan of days, filters and projects: what the views show.
import { describe, expect, test } from "vitest";
import type { Task } from "../src/api/client.ts";
import { capacity, workingMinutes } from "../src/logic/capacity.ts";
import { asLocal, onDay } from "../src/logic/days.ts";
import { asked, everything, fromSearch, meets, tagsOf, toSearch, withLine, type Filters } from "../src/logic/filters.ts";
import { planFrom, planOfToday } from "../src/logic/plan.ts";
import { share } from "../src/logic/projects.ts";
import { week, weekFrom } from "../src/logic/week.ts";
import { text } from "../src/strings.ts";

const blank = {
  id: "x", title: "x", description: null, status: "pending", priority: 3, due_date: null, deadline: null, start_date: null, snoozed_until: null,
  effort_estimate_minutes: null, tags: [], project: null, preferred_time: null, recurrence: null, recurrence_from: "schedule", parent_id: null,
  depends_on: [], overdue: false, completed_at: null, created_at: "2026-11-01T00:00:00.000Z", updated_at: "2026-11-01T00:00:00.000Z", version: 1,
} satisfies Task;
const task = (fields: Partial<Task>): Task => ({ ...blank, ...fields });
const minutes = (effort_estimate_minutes: number | null) => task({ effort_estimate_minutes });

const hours = { time_zone: "Europe/Berlin", work_start: "09:00", work_end: "17:00", work_days: [1, 2, 3, 4, 5] };
/** A Friday, 15:30 in Berlin. */
const now = new Date("2026-11-27T14:30:00Z");
const today = "2026-11-27";

describe("the capacity of a day", () => {
  test("is what is left of the working hours, on the wall clock of the person's zone", () => {
    expect(workingMinutes(today, now, hours)).toBe(90);
    expect(workingMinutes(today, now, { ...hours, time_zone: "America/New_York" })).toBe(450);
    expect(workingMinutes(today, new Date("2026-11-27T05:00:00Z"), hours)).toBe(480);
    expect(workingMinutes("2026-11-30", now, hours)).toBe(480);
    expect(workingMinutes("2026-11-26", now, hours)).toBe(0);
    expect(workingMinutes(today, new Date("2026-11-27T22:00:00Z"), { ...hours, work_end: "24:00" })).toBe(60);
  });

  test("says by how much more is planned than fits, and counts apart what has no estimate", () => {
    expect(capacity([minutes(60), minutes(75), minutes(null)], today, now, hours)).toEqual({ planned: 135, unknown: 1, free: 90, over: 45, closed: null, width: 100 });
    expect(capacity([minutes(45), task({ status: "completed", effort_estimate_minutes: 500 })], today, now, hours)).toMatchObject({ planned: 45, over: 0, width: 50 });
  });

  test("knows a day off from hours that are over", () => {
    expect(capacity([minutes(10)], "2026-11-28", now, hours)).toMatchObject({ free: 0, over: 10, closed: "day off", width: 100 });
    expect(capacity([], today, new Date("2026-11-27T18:00:00Z"), hours)).toMatchObject({ free: 0, over: 0, closed: "after work", width: 0 });
  });

  test("is told in words", () => {
    const said = (...tasks: Task[]) => Object.values(text.capacity(capacity(tasks, today, now, hours)));
    expect(said(minutes(135), minutes(null))).toEqual(["2 h 15 min planned.", "1 h 30 min of working time left. That is 45 min too much.", "1 task has no estimate and is not counted."]);
    expect(said(minutes(30))).toEqual(["30 min planned.", "1 h 30 min of working time left.", null]);
    expect(text.capacity(capacity([minutes(30)], "2026-11-28", now, hours)).second).toBe("This is not one of your working days.");
  });
});

describe("a week", () => {
  const tasks = [
    task({ id: "a", due_date: "2026-11-27", effort_estimate_minutes: 30 }), task({ id: "b", due_date: "2026-11-28T10:00" }),
    task({ id: "late instant", due_date: "2026-11-28T23:30:00.000Z", effort_estimate_minutes: 15 }), task({ id: "far", due_date: "2026-12-04" }), task({ id: "none" }),
    task({ id: "deadline", deadline: "2026-12-03" }), task({ id: "done", due_date: "2026-11-27", status: "completed" }),
  ];

  test("has seven days, with what is planned for each in the person's zone", () => {
    expect(week(tasks, today, "Europe/Berlin").map(({ day, count, minutes, unknown }) => [day, count, minutes, unknown])).toEqual([
      ["2026-11-27", 1, 30, 0], ["2026-11-28", 1, 0, 1], ["2026-11-29", 1, 15, 0], ["2026-11-30", 0, 0, 0], ["2026-12-01", 0, 0, 0], ["2026-12-02", 0, 0, 0], ["2026-12-03", 1, 0, 1],
    ]);
    expect(week(tasks, today, "UTC")[1]).toMatchObject({ count: 2, minutes: 15 });
  });

  test("begins where the address says, never in the past and never with what is no day", () => {
    expect(["?from=2026-12-04", "?from=2026-11-01", "?from=2026-02-30", "?from=soon", "", "?from=2026-13-01"].map((search) => weekFrom(search, today))).toEqual([
      "2026-12-04", today, today, today, today, today,
    ]);
  });

  test("is planned day by day: overdue first, and what has no day where that is wanted", () => {
    const late = task({ id: "late", due_date: "2026-11-20", overdue: true });
    const keys = (from: string, undated: boolean) => planFrom([...tasks.filter(({ status }) => status !== "completed"), late], from, today, undated, "Europe/Berlin", "en-GB", text).map(({ key, heading }) => [key, heading]);
    expect(keys("2026-12-04", true)).toEqual([["overdue", "Overdue"], ["2026-12-04", "Friday 4 December"], ["none", "No date"]]);
    expect(keys(today, false).slice(0, 3)).toEqual([["overdue", "Overdue"], [today, "Today · Friday 27 November"], ["2026-11-28", "Tomorrow · Saturday 28 November"]]);
    expect(planOfToday([...tasks, late], today, "Europe/Berlin", "en-GB", text).map(({ key }) => key)).toEqual(["overdue", today]);
  });

  test("keeps the time of what is moved to another day", () => {
    expect([null, "2026-11-27", "2026-11-27T10:15", "2026-11-27T23:30:00.000Z"].map((when) => onDay(when, "2026-12-01", "Europe/Berlin"))).toEqual([
      "2026-12-01", "2026-12-01", "2026-12-01T10:15", "2026-12-01T00:30",
    ]);
  });

  test("has its today in the person's zone, also where only a date's own fields are read", () => {
    const date = asLocal(new Date("2026-11-27T23:30:00Z"), "Pacific/Kiritimati");
    expect([date.getFullYear(), date.getMonth(), date.getDate(), date.getHours(), date.getMinutes()]).toEqual([2026, 10, 28, 13, 30]);
  });
});

describe("filters", () => {
  const some: Filters = { words: "oat milk", status: "snoozed", priority: 4, tag: "shop", project: "House and garden", due: "week", sort: "due" };

  test("come back from the address that they were written into", () => {
    expect(fromSearch(toSearch(some))).toEqual(some);
    expect(toSearch(everything)).toBe("");
    expect(fromSearch("")).toEqual(everything);
  });

  test("are as if they were not there where the address makes no sense", () => {
    expect(fromSearch("?status=gone&priority=9&due=sometime&sort=colour&tag=&q=%20")).toEqual(everything);
  });

  test("are read out of a line of search, each token once a space ends it", () => {
    expect(withLine(everything, '#shop +"House and garden" p4 oat  milk ')).toEqual({ ...everything, tag: "shop", project: "House and garden", priority: 4, words: "oat milk" });
    expect(withLine(everything, "oat #sho").words).toBe("oat #sho");
    expect(withLine({ ...everything, tag: "old" }, "p9 a#b c+d ")).toEqual({ ...everything, tag: "old", words: "p9 a#b c+d" });
  });

  test("ask the API for no less than what meets them", () => {
    expect(asked(everything)).toEqual({ status: ["pending", "in_progress", "snoozed", "blocked"], sort: "-created_at" });
    expect(asked({ ...some, words: "" })).toEqual({ status: ["snoozed"], sort: "due_date", tag: "shop", project: "House and garden", priority_min: 4 });
    expect(asked(some)).toEqual({ q: "oat milk" });
    // Only what is open has a score.
    expect(asked({ ...everything, status: "completed", sort: "score" })).toEqual({ status: ["completed"], sort: "-created_at" });
  });

  test("are met by every one of them, and by days in the person's zone", () => {
    const fits = (fields: Partial<Task>, filters: Partial<Filters>) => meets(task(fields), { ...everything, ...filters }, today, "Europe/Berlin");
    expect([fits({}, {}), fits({ status: "completed" }, {}), fits({ status: "blocked" }, {}), fits({ status: "blocked" }, { status: "snoozed" })]).toEqual([true, false, true, false]);
    expect([fits({ priority: 4 }, { priority: 4 }), fits({ priority: 3 }, { priority: 4 }), fits({ priority: 5 }, { priority: 4 })]).toEqual([true, false, true]);
    expect([fits({ tags: ["Café"] }, { tag: "cafe" }), fits({ project: "Home" }, { project: "home" }), fits({}, { project: "home" }), fits({ tags: ["a"] }, { tag: "b" })]).toEqual([true, true, false, false]);
    expect([fits({ deadline: today }, { due: "today" }), fits({ due_date: "2026-11-26T23:30:00.000Z" }, { due: "today" }), fits({ due_date: "2026-11-28" }, { due: "today" })]).toEqual([true, true, false]);
    expect([fits({ due_date: "2026-12-03" }, { due: "week" }), fits({ due_date: "2026-12-04" }, { due: "week" }), fits({ due_date: "2026-11-26" }, { due: "week" })]).toEqual([true, false, false]);
    expect([fits({}, { due: "none" }), fits({ deadline: today }, { due: "none" }), fits({ overdue: true }, { due: "overdue" })]).toEqual([true, false, true]);
  });

  test("offer the tags that there are, once each", () => {
    expect(tagsOf([task({ tags: ["phone", "äpfel"] }), task({ tags: ["phone", "zoo"] })], "de")).toEqual(["äpfel", "phone", "zoo"]);
  });
});

test("a project is as far as the share of its tasks that are done", () => {
  expect([share({ open: 0, completed: 0 }), share({ open: 3, completed: 1 }), share({ open: 0, completed: 2 })]).toEqual([0, 25, 100]);
});
