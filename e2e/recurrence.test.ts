// Recurrences through the Worker, compared with an independent implementation (rrule-temporal) over random rules and
// zones. Where the two are known to differ, the generator stays away: times that a clock change skips or repeats
// (RFC 5545 leaves them out, that library moves them), and several day parts that limit each other (it ignores one).
import { expect, test } from "vitest";
import { RRuleTemporal } from "rrule-temporal";
import { Temporal } from "temporal-polyfill";
import { as, newAccount, type Task } from "./client.ts";
import { numbers, randomRule, zones } from "./random-rules.ts";

const rulesPerZone = 60;

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
