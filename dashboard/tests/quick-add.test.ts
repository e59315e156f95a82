// What a line of quick add means, with the real grammar of dates.
import { describe, expect, test } from "vitest";
import { findDates } from "../src/logic/find-dates.ts";
import { read, restOf } from "../src/logic/quick-add.ts";

// A Friday.
const now = new Date("2026-11-27T09:00:00");
const task = (line: string, kept: string[] = []) => read(line, now, findDates, new Set(kept)).task;
const kinds = (line: string) => read(line, now, findDates).tokens.map((token) => [token.kind, token.text]);

describe("a line of quick add", () => {
  test("is all title where nothing else is said", () => {
    expect(task("  Call   Ada ")).toEqual({ title: "Call Ada" });
  });

  test("reads every token and leaves the words", () => {
    expect(task('Call Ada friday 10am #phone #work +"New home" 15m p4 !2026-12-24')).toEqual({
      title: "Call Ada", tags: ["phone", "work"], project: "New home", effort_estimate_minutes: 15, priority: 4,
      due_date: "2026-11-27T10:00", deadline: "2026-12-24",
    });
  });

  test("looks for dates in what means nothing else, where it stands", () => {
    expect(restOf("Call #monday 30m friday p4", now)).toBe("Call             friday   ");
    expect(restOf("", now)).toBe("");
  });

  test("marks tokens where they stand", () => {
    const line = "p5 pay rent tomorrow +home";
    expect(kinds(line)).toEqual([["priority", "p5"], ["due", "tomorrow"], ["project", "+home"]]);
    for (const token of read(line, now, findDates).tokens) expect(line.slice(token.start, token.end)).toBe(token.text);
  });

  test.each([
    ["15m", 15], ["2h", 120], ["1h30m", 90], ["1.5h", 90], ["45min", 45],
  ])("takes %s as an effort", (said, minutes) => {
    expect(task(`Write ${said}`)).toEqual({ title: "Write", effort_estimate_minutes: minutes });
  });

  test.each([
    ["every day", "FREQ=DAILY", "2026-11-27"],
    ["every 2 weeks", "FREQ=WEEKLY;INTERVAL=2", "2026-11-27"],
    ["every other month", "FREQ=MONTHLY;INTERVAL=2", "2026-11-27"],
    ["every weekday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-11-27"],
    ["every monday", "FREQ=WEEKLY;BYDAY=MO", "2026-11-30"],
    ["every friday", "FREQ=WEEKLY;BYDAY=FR", "2026-12-04"],
    ["every thu and tue", "FREQ=WEEKLY;BYDAY=TU,TH", "2026-12-01"],
  ])("takes %s as a repetition with a first date", (said, rule, first) => {
    expect(task(`Water plants ${said}`)).toEqual({ title: "Water plants", recurrence: rule, recurrence_from: "schedule", due_date: first });
  });

  test("lets a date that was said be the first of a repetition", () => {
    expect(task("Report every week tomorrow").due_date).toBe("2026-11-28");
    expect(task("Report tomorrow every week").due_date).toBe("2026-11-28");
  });

  test("leaves as text what a person wants to keep", () => {
    expect(task("Read p4 of the plan", ["p4"])).toEqual({ title: "Read p4 of the plan" });
    expect(task("Plan Friday", ["Friday"])).toEqual({ title: "Plan Friday" });
  });

  test("keeps as text what a task has one of and a later word says again", () => {
    expect(task("Move the monday meeting to wednesday p2 p4 +a +b 1h 30m")).toEqual({
      title: "Move the monday meeting to p2 +a 1h", due_date: "2026-12-02", priority: 4, project: "b", effort_estimate_minutes: 30,
    });
    // Whoever makes the later one text again means the former.
    expect(task("Move the monday meeting to wednesday", ["wednesday"])).toEqual({ title: "Move the meeting to wednesday", due_date: "2026-11-30" });
  });

  test("keeps as text an effort that no task may take", () => {
    expect(task("Read 0m 200h")).toEqual({ title: "Read 0m 200h" });
  });

  test("does not take a part of a word", () => {
    expect(task("Fix C# and 3mm p55 a+b")).toEqual({ title: "Fix C# and 3mm p55 a+b" });
  });

  test("reads all but dates while their grammar is not there", () => {
    expect(read("Call friday #x", now, () => []).task).toEqual({ title: "Call friday", tags: ["x"] });
  });

  test("never loses a character of the line to two tokens", () => {
    for (const line of ["!friday every friday friday", "1h every 2 days p1 p2 #a#b", "every every monday !", "+a +b !!tomorrow"]) {
      const { tokens } = read(line, now, findDates);
      tokens.reduce((end, token) => {
        expect(token.start).toBeGreaterThanOrEqual(end);
        return token.end;
      }, 0);
    }
  });
});
