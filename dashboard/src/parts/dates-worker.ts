// Runs beside the page: finds the dates in each line that it is sent. parts/find-dates.ts sends them.
import { findDates } from "../logic/find-dates.ts";

self.addEventListener("message", ({ data: { line, now } }: MessageEvent<{ line: string; now: Date }>) => {
  self.postMessage(findDates(line, now));
});
