// Days of the person's zone, wherever the browser stands.
import { expect, test } from "vitest";
import { dayInFull, dayInShort, dayOf, dayOfWhen, timeLabel, wallClock } from "../src/logic/days.ts";

const now = new Date("2026-11-27T23:30:00Z");

test("the same instant is another day in another zone", () => {
  expect(["UTC", "Europe/Berlin", "Pacific/Kiritimati", "America/Los_Angeles"].map((zone) => dayOf(now, zone))).toEqual([
    "2026-11-27", "2026-11-28", "2026-11-28", "2026-11-27",
  ]);
  expect(wallClock(now, "Asia/Kolkata")).toEqual({ day: "2026-11-28", minutes: 5 * 60 });
  expect(wallClock(new Date("2026-11-27T23:00:00Z"), "Europe/Berlin")).toEqual({ day: "2026-11-28", minutes: 0 });
});

test("an instant is shown in the zone, a wall clock and a day as they are", () => {
  expect(dayOfWhen("2026-11-27T23:30:00Z", "Europe/Berlin")).toBe("2026-11-28");
  expect(dayOfWhen("2026-11-27T23:30:00-05:00", "UTC")).toBe("2026-11-28");
  expect(dayOfWhen("2026-11-27T23:30", "Pacific/Kiritimati")).toBe("2026-11-27");
  expect(dayOfWhen("2026-11-27", "America/Los_Angeles")).toBe("2026-11-27");
  expect(timeLabel("2026-11-27T21:15:00Z", "en-GB", "Europe/Berlin")).toBe("22:15");
  expect(timeLabel("2026-11-27T11:05", "en-GB", "Pacific/Kiritimati")).toBe("11:05");
  expect(timeLabel("2026-11-27", "en-GB", "Europe/Berlin")).toBeNull();
});

test("a day is written in the words of the locale", () => {
  expect(dayInFull("2026-12-04", "en-GB")).toBe("Friday 4 December");
  expect(dayInFull("2026-12-04", "de")).toBe("Freitag, 4. Dezember");
  expect(dayInShort("2026-12-04", "en-GB")).toEqual({ weekday: "Fri", number: "4" });
});
