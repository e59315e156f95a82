// Dates in words, by chrono-node; a module of its own, which is loaded when somebody begins to write.
import { casual } from "chrono-node/en";
import { browserZone, dayOf } from "./days.ts";
import type { FoundDate } from "./quick-add.ts";

export function findDates(line: string, now: Date): FoundDate[] {
  const zone = browserZone();
  return casual.parse(line, now, { forwardDate: true }).map((result) => {
    const date = result.start.date();
    const time = `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`;
    return { index: result.index, text: result.text, day: dayOf(date, zone), time: result.start.isCertain("hour") ? time : null };
  });
}
