// A day in words, with the real grammar of dates.
import { expect, test } from "vitest";
import { dueOn } from "../src/logic/bulk.ts";
import { readWords, saidIn } from "../src/logic/date-words.ts";
import { findDates } from "../src/logic/find-dates.ts";

// A Friday.
const now = new Date("2026-11-27T09:00:00");
const named = [{ label: "Next week", day: "2026-11-30" }, { label: "No date", day: null }];
const words = (line: string) => readWords(line, findDates(saidIn(line), now), named);

test.each([
  ["tomorrow", "2026-11-28", null],
  ["in 3 days", "2026-11-30", null],
  ["next tuesday 4pm", "2026-12-01", "16:00"],
  ["on the 12 May at 9:30", "2027-05-12", "09:30"],
  ["  2026-12-24 ", "2026-12-24", null],
  ["8pm", "2026-11-27", "20:00"],
])("“%s” is a day, and a time where one is said", (line, day, time) => {
  expect(words(line)).toEqual({ kind: "when", when: { day, time } });
});

test("what has a name on the page is meant as it is there", () => {
  expect(words("NEXT week")).toEqual({ kind: "when", when: { day: "2026-11-30", time: null } });
  expect(words("no date")).toEqual({ kind: "when", when: { day: null, time: null } });
});

test("what is not understood, or only in part, is refused with the part", () => {
  expect(words("   ")).toEqual({ kind: "none" });
  expect(words("soonish")).toEqual({ kind: "unread", rest: "soonish" });
  expect(words("call Ada friday")).toEqual({ kind: "unread", rest: "call Ada" });
  expect(words("friday 5pm or monday 9am").kind).not.toBe("when");
});

test("a time that was said goes before the task's own", () => {
  const to = { day: "2026-12-01", zone: "Europe/Berlin" };
  expect(dueOn({ ...to, time: "10:00" }, "2026-11-27T15:30")).toBe("2026-12-01T10:00");
  expect(dueOn({ ...to, time: null }, "2026-11-27T15:30")).toBe("2026-12-01T15:30");
  expect(dueOn({ ...to, day: null, time: null }, "2026-11-27T15:30")).toBeNull();
});
