// The calendar feed through the Worker: its token, and the calendar as two independent programs read it.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import ICAL from "ical.js";
import { describe, expect, test } from "vitest";
import { Temporal } from "temporal-polyfill";
import { secret } from "./canaries.ts";
import { as, call, createTask, login, newAccount, type Account, type Answer } from "./client.ts";
import { numbers, randomRule, zones } from "./random-rules.ts";
import { edgeUrl } from "./stack.ts";
import { repository } from "./stack-settings.ts";

interface Opened {
  exists: boolean;
  created_at: string | null;
  expires_at: string | null;
  last_used_on: string | null;
  url: string;
}

/** Opens the feed, and gives its path; the token may show up in no log. */
async function open(account: Account): Promise<string> {
  const answer = await as(account)("POST", "/api/calendar-token");
  expect(answer.status, answer.text).toBe(201);
  const { url } = answer.json() as Opened;
  secret(new URL(url).searchParams.get("token") ?? "");
  expect(url.startsWith(`${edgeUrl}/api/calendar.ics?token=mfk_`)).toBe(true);
  return url.slice(edgeUrl.length);
}

const read = (path: string, headers?: Record<string, string>): Promise<Answer> => call("GET", path, headers ? { headers } : {});

describe("the token", () => {
  test("opens the feed for whoever has the address, until it is closed", async () => {
    const ada = await newAccount();
    await createTask(ada, { title: "Due", due_date: "2031-01-31" });
    expect(((await as(ada)("GET", "/api/calendar-token")).json() as Opened).exists).toBe(false);
    const path = await open(ada);
    const feed = await read(path);
    expect(feed.status, feed.text).toBe(200);
    expect(feed.text).toContain("SUMMARY:Due\r\n");
    expect(feed.headers.get("Content-Type")).toBe("text/calendar; charset=utf-8");
    expect(feed.headers.get("Cache-Control")).toBe("private, no-cache");
    const { exists, last_used_on, url } = (await as(ada)("GET", "/api/calendar-token")).json() as Opened;
    expect([exists, last_used_on, url]).toEqual([true, new Date().toISOString().slice(0, 10), undefined]);

    const etag = feed.headers.get("ETag") ?? "";
    expect((await read(path, { "If-None-Match": etag })).status).toBe(304);
    expect((await call("HEAD", path)).text).toBe("");
    await createTask(ada, { title: "Another", due_date: "2031-02-01" });
    expect((await read(path, { "If-None-Match": etag })).status).toBe(200);

    expect((await as(ada)("DELETE", "/api/calendar-token")).status).toBe(204);
    const closed = await read(path);
    expect(closed.status).toBe(401);
    expect(closed.headers.get("Content-Type")).toContain("application/problem+json");
    expect((await as(ada)("DELETE", "/api/calendar-token")).status).toBe(404);
  });

  test("ends with the next one, and with every credential", async () => {
    const ada = await newAccount();
    const first = await open(ada);
    expect((await read(first)).status).toBe(200);
    const second = await open(ada);
    expect([(await read(first)).status, (await read(second)).status]).toEqual([401, 200]);
    expect((await as(ada)("POST", "/api/auth/revoke-all")).status).toBe(204);
    expect((await read(second)).status).toBe(401);
    const again = { ...ada, token: (await login(ada)).access_token };
    expect((await read(await open(again))).status).toBe(200);
  });

  test("holds for the feed alone, and nothing else holds there", async () => {
    const ada = await newAccount();
    const path = await open(ada);
    const token = path.slice(path.indexOf("=") + 1);
    for (const other of ["/api/tasks", "/api/export", "/api/auth/me", "/api/calendar.ics"]) {
      expect((await call("GET", other, { token })).status, other).toBe(401);
    }
    expect((await call("GET", `/api/tasks?token=${token}`, { token: ada.token })).status).toBe(422);
    const key = (await as(ada)("POST", "/api/keys", { name: "Script", scopes: ["tasks:read"] })).json() as { secret: string };
    secret(key.secret);
    for (const wrong of [ada.token, key.secret, "", `${token}x`, token.slice(0, -1)]) {
      expect((await call("GET", `/api/calendar.ics?token=${wrong}`)).status).toBe(401);
    }
    // Whoever else asks along with it counts for nothing.
    const bob = await newAccount();
    await createTask(bob, { title: "Bob's", due_date: "2031-01-31" });
    const feed = await call("GET", path, { token: bob.token });
    expect([feed.status, feed.text.includes("Bob's")]).toEqual([200, false]);
    expect((await read(`${path}&token=${token}`)).status).toBe(401);
    expect((await read(`${path}&days=3`)).status).toBe(422);
    expect((await call("POST", path)).status).toBe(405);
    expect((await call("GET", "/api/calendar-token", { token: key.secret })).status).toBe(403);
  });
});

/** The first dates of each event, as ical.js sees them. */
function byIcalJs(text: string, utc: boolean): Record<string, string[]> {
  const calendar = new ICAL.Component(ICAL.parse(text) as unknown[]);
  const found: Record<string, string[]> = {};
  for (const component of calendar.getAllSubcomponents("vevent")) {
    const event = new ICAL.Event(component);
    const written = (time: ICAL.Time): string =>
      utc && !time.isDate ? time.toJSDate().toISOString().replace(".000Z", "Z") : time.toString().replace(/Z$/, "");
    if (event.isRecurring()) {
      const dates = event.iterator();
      const first: string[] = [];
      for (let next = dates.next() as ICAL.Time | null; next && first.length < 6; next = dates.next() as ICAL.Time | null) first.push(written(next));
      found[event.uid] = first;
    } else {
      found[event.uid] = [written(event.startDate)];
    }
  }
  return found;
}

/** The same as Python's icalendar and recurring-ical-events see them. */
function byPython(text: string, utc: boolean): Record<string, string[]> {
  const script = join(repository, "e2e/read-calendar.py");
  const run = spawnSync("python", [script, ...(utc ? ["--utc"] : [])], { input: text, encoding: "utf8", maxBuffer: 1 << 26 });
  expect(run.stderr).toBe("");
  return JSON.parse(run.stdout) as Record<string, string[]>;
}

const whole = (time: string): string => (/T\d\d:\d\d$/.test(time) ? `${time}:00` : time);

describe("two programs that know nothing of each other", () => {
  test.each(zones)("see in the feed the dates that the API names in %s", { timeout: 180_000 }, async (zone) => {
    const account = await newAccount();
    const ada = as(account);
    expect((await ada("PUT", "/api/preferences", { time_zone: zone })).status).toBe(200);
    const below = numbers(zones.indexOf(zone) + 100);
    const expected: Record<string, string[]> = {};
    const titles: Record<string, string> = {};
    for (let number = 0; number < 25; number += 1) {
      const day = Temporal.PlainDate.from({ year: 2031, month: 1 + below(12), day: 1 + below(28) }).toString();
      const due_date = below(3) === 0 ? day : `${day}T${String(5 + below(18)).padStart(2, "0")}:30`;
      const recurrence = randomRule(below);
      const created = await ada("POST", "/api/tasks", { title: `${recurrence} from ${due_date}`, recurrence, due_date });
      // A rule may be over before it begins.
      if (created.status === 422) continue;
      const { id } = created.json() as { id: string };
      const { items } = (await ada("GET", `/api/tasks/${id}/occurrences?count=6`)).json() as { items: string[] };
      titles[`${id}-next@mindflow`] = `${recurrence} from ${due_date} in ${zone}`;
      expected[`${id}@mindflow`] = [whole(due_date)];
      if (items.length > 0) expected[`${id}-next@mindflow`] = items.map(whole);
    }
    expect(Object.keys(expected).length).toBeGreaterThan(30);
    const feed = (await read(await open(account))).text;
    for (const [program, seen] of [["ical.js", byIcalJs(feed, false)], ["icalendar", byPython(feed, false)]] as const) {
      expect(Object.keys(seen).sort()).toEqual(Object.keys(expected).sort());
      for (const [uid, dates] of Object.entries(expected)) expect({ program, rule: titles[uid], dates: seen[uid] }).toEqual({ program, rule: titles[uid], dates });
    }
  });

  test.each(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"])("know the same instants across changes of the clock in %s", async (zone) => {
    const account = await newAccount();
    expect((await as(account)("PUT", "/api/preferences", { time_zone: zone })).status).toBe(200);
    const today = Temporal.Now.plainDateISO();
    const expected: Record<string, string[]> = {};
    for (const [due_date, recurrence] of [
      [`${today.add({ days: 3 }).toString()}T09:00`, "FREQ=MONTHLY;INTERVAL=2"],
      [`${today.add({ days: 5 }).toString()}T23:30`, "FREQ=WEEKLY;INTERVAL=9"],
      [`${today.add({ days: 7 }).toString()}T12:00:00Z`, "FREQ=DAILY;INTERVAL=40"],
    ] as const) {
      const task = await createTask(account, { title: recurrence, due_date, recurrence });
      const { items } = (await as(account)("GET", `/api/tasks/${task.id}/occurrences?count=6`)).json() as { items: string[] };
      const instant = (time: string): string =>
        time.endsWith("Z") ? time : Temporal.PlainDateTime.from(time).toZonedDateTime(zone).toInstant().toString();
      expected[`${task.id}@mindflow`] = [instant(due_date)];
      expected[`${task.id}-next@mindflow`] = items.map(instant);
    }
    const feed = (await read(await open(account))).text;
    expect(byPython(feed, true)).toEqual(expected);
    expect(byIcalJs(feed, true)).toEqual(expected);
  });

  test("read texts as they were written", async () => {
    const account = await newAccount();
    const title = `Commas, semicolons; back\\slashes, "quotes" and 🎉 ${"äöü ".repeat(40)}`.trim();
    const description = "First line\nEND:VCALENDAR\n\n: and a tab\t.";
    await createTask(account, { title, description, tags: ["at home", "a;b"], due_date: "2031-01-31", priority: 5 });
    const feed = (await read(await open(account))).text;
    for (const line of feed.split("\r\n")) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    const event = new ICAL.Event(new ICAL.Component(ICAL.parse(feed) as unknown[]).getFirstSubcomponent("vevent") ?? undefined);
    expect([event.summary, event.description]).toEqual([title, description]);
    expect(event.component.getFirstProperty("categories")?.getValues()).toEqual(["at home", "a;b"]);
    expect(event.component.getFirstPropertyValue("priority")).toBe(1);
  });
});
