// Recurrences through the Worker, compared with an independent implementation (rrule-temporal) over random rules and
// zones. Where the two are known to differ, the generator stays away: times that a clock change skips or repeats
// (RFC 5545 leaves them out, that library moves them), and several day parts that limit each other (it ignores one).
import { expect, test } from "vitest";
import { RRuleTemporal } from "rrule-temporal";
import { Temporal } from "temporal-polyfill";
import { as, newAccount, type Task } from "./client.ts";

const rulesPerZone = 60;
const zones = [
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "America/St_Johns",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "Pacific/Apia",
  "America/Santiago",
];

/** Numbers that look random and are the same in every run (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return Math.floor((((value ^ (value >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

const weekdays = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

function randomRule(below: (below: number) => number): string {
  const one = <T>(choices: readonly T[]): T => choices[below(choices.length)] as T;
  const some = (choices: readonly (number | string)[]): string => [...new Set([one(choices), one(choices), one(choices)])].join(",");
  const maybe = (part: string): string => (below(2) === 0 ? part : "");
  const interval = maybe(`;INTERVAL=${1 + below(4)}`);
  const nth = `${one([1, 2, 3, 4, -1, -2])}${one(weekdays)}`;
  const monthDays = some([1, 2, 15, 28, 29, 30, 31, -1, -2, -31]);
  const rule = one([
    () => `FREQ=DAILY${interval}${maybe(`;BYMONTH=${some([1, 3, 4, 10, 11])}`)}`,
    () => `FREQ=WEEKLY${interval}${maybe(`;BYDAY=${some(weekdays)}`)}${maybe(`;WKST=${one(["MO", "SU"])}`)}`,
    () => `FREQ=MONTHLY${interval}${maybe(`;BYMONTHDAY=${monthDays}`)}`,
    () => `FREQ=MONTHLY${interval};BYDAY=${nth}`,
    () => `FREQ=MONTHLY${interval};BYDAY=MO,TU,WE,TH,FR;BYSETPOS=${one([1, 2, -1, -3])}`,
    () => `FREQ=YEARLY${interval}${maybe(`;BYMONTH=${some([2, 3, 6, 10, 12])}`)}`,
    () => `FREQ=YEARLY${interval};BYMONTH=${one([1, 3, 11])};BYDAY=${nth}`,
    () => `FREQ=YEARLY;BYMONTH=${some([2, 4, 12])};BYMONTHDAY=${monthDays}`,
  ])();
  return rule + one(["", "", `;COUNT=${2 + below(7)}`, `;UNTIL=2033${one(["0101", "0630", "1231"])}T120000Z`]);
}

const local = (at: Temporal.ZonedDateTime): string => at.toPlainDateTime().toString({ smallestUnit: "minute" });

test.each(zones)("random rules in %s name the dates that an independent implementation names", async (zone) => {
  const ada = as(await newAccount());
  expect((await ada("PUT", "/api/preferences", { time_zone: zone })).status).toBe(200);
  const below = numbers(zones.indexOf(zone) + 1);
  let compared = 0;
  while (compared < rulesPerZone) {
    const recurrence = randomRule(below);
    const first = Temporal.PlainDateTime.from({ year: 2031, month: 1 + below(12), day: 1 + below(28), hour: 5 + below(18), minute: 30 });
    const dates = (from: Temporal.ZonedDateTime) =>
      new RRuleTemporal({ rruleString: recurrence, dtstart: from }).all((_, index) => index < 7);
    // A series begins with a date that the rule names; of a rule that ends before, there is nothing to compare.
    const start = dates(first.toZonedDateTime(zone))[0];
    const expected = start === undefined ? [] : dates(start);
    if (start === undefined || expected.length < 2) continue;
    compared += 1;
    const title = `${recurrence} from ${local(start)} in ${zone}`;
    const created = await ada("POST", "/api/tasks", { title, recurrence, due_date: local(start) });
    expect(created.status, `${title}: ${created.text}`).toBe(201);
    const { id } = created.json() as Task;
    const answer = await ada("GET", `/api/tasks/${id}/occurrences?count=6`);
    expect({ title, ...(answer.json() as object) }).toEqual({ title, items: expected.slice(1).map(local) });
  }
});

test("completing walks the same dates", async () => {
  const ada = as(await newAccount());
  let task = (await ada("POST", "/api/tasks", { title: "Walk", due_date: "2031-01-31", recurrence: "FREQ=MONTHLY;BYMONTHDAY=-1" })).json() as Task;
  const { items } = (await ada("GET", `/api/tasks/${task.id}/occurrences?count=5`)).json() as { items: string[] };
  expect(items).toEqual(["2031-02-28", "2031-03-31", "2031-04-30", "2031-05-31", "2031-06-30"]);
  for (const due of items) {
    const done = await ada("POST", `/api/tasks/${task.id}/complete`);
    task = (done.json() as { next_occurrence: Task }).next_occurrence;
    expect(task.due_date).toBe(due);
  }
});
