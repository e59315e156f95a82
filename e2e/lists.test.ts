// Lists, projects, preferences and the ranking's answer through the Worker.
import { beforeAll, describe, expect, test } from "vitest";
import { as, call, createTask, newAccount, refusedFields, type Account, type Best, type Task } from "./client.ts";

interface Page {
  items: Task[];
  next_cursor: string | null;
}

let account: Account;
let ada: ReturnType<typeof as>;

async function titles(query: string, limit = 2): Promise<string[]> {
  const found: string[] = [];
  let cursor = "";
  for (;;) {
    const answer = await ada("GET", `/api/tasks?limit=${limit}&${query}${cursor}`);
    expect(answer.status, answer.text).toBe(200);
    const page = answer.json() as Page;
    found.push(...page.items.map((task) => task.title));
    if (page.next_cursor === null) return found;
    cursor = `&cursor=${page.next_cursor}`;
  }
}

beforeAll(async () => {
  account = await newAccount();
  ada = as(account);
  const a = await createTask(account, { title: "a", priority: 5, tags: "home" });
  await createTask(account, { title: "b", depends_on: [a.id], due_date: "2031-03-02", project: "House" });
  await createTask(account, { title: "c", snoozed_until: "2031-01-01", due_date: "2031-03-01T09:00", project: "Haus & Hof/🌱" });
  await createTask(account, { title: "d", status: "completed", tags: ["home", "work"], project: "House" });
  await createTask(account, { title: "e", parent_id: a.id, due_date: "2031-03-01", priority: 1 });
});

describe("lists", () => {
  test.each([
    ["sort=-created_at", "edcba"],
    ["sort=created_at", "abcde"],
    ["sort=updated_at", "abcde"],
    ["sort=priority", "ebcda"],
    ["sort=-priority", "adcbe"],
    ["sort=due_date", "cebad"],
    ["sort=-due_date", "becda"],
    ["status=pending", "ea"],
    ["status=snoozed", "c"],
    ["status=blocked", "b"],
    ["status=completed&status=blocked", "db"],
    ["tag=home", "da"],
    ["project=House", "db"],
    ["priority_min=5", "a"],
    ["due_before=2031-03-02", "ec"],
    ["due_after=2031-03-01", "b"],
  ])("%s", async (query, expected) => {
    expect((await titles(query)).join("")).toBe(expected);
    expect((await titles(query, 100)).join("")).toBe(expected);
  });

  test("the order of the scores is that of best", async () => {
    const best = (await ada("GET", "/api/tasks/best")).json() as Best;
    const found = await titles("sort=-score");
    expect(found[0]).toBe(best.task?.title);
    expect([...found].sort().join("")).toBe("abce");
    expect((await titles("sort=score"))[0]).toBe(best.task?.title);
  });

  test.each([
    ["status=done", "status"],
    ["sort=title", "sort"],
    ["limit=0", "limit"],
    ["limit=101", "limit"],
    ["cursor=x", "cursor"],
    ["due_before=soon", "due_before"],
    ["parent_id=1", "parent_id"],
    ["offset=1", "offset"],
  ])("%s is refused", async (query, field) => {
    expect(refusedFields(await ada("GET", `/api/tasks?${query}`))).toEqual([field]);
  });

  test("a cursor is bound to its query", async () => {
    const page = (await ada("GET", "/api/tasks?limit=1&status=pending")).json() as Page;
    const other = await ada("GET", `/api/tasks?limit=1&cursor=${page.next_cursor ?? ""}`);
    expect(refusedFields(other)).toEqual(["cursor"]);
  });
});

describe("projects", () => {
  test("are counted, renamed with their tasks, and archived", async () => {
    const house = { name: "House", archived: false, open: 1, overdue: 0, completed: 1 };
    const garden = { name: "Haus & Hof/🌱", archived: false, open: 1, overdue: 0, completed: 0 };
    expect((await ada("GET", "/api/projects")).json()).toEqual([garden, house]);
    const path = `/api/projects/${encodeURIComponent(garden.name)}`;
    expect((await ada("GET", path)).json()).toEqual(garden);
    expect((await ada("PATCH", path, { name: "House" })).status).toBe(409);
    const renamed = await ada("PATCH", path, { name: "a|b ^ {c} 100% ä", archived: true });
    expect(renamed.json()).toEqual({ ...garden, name: "a|b ^ {c} 100% ä", archived: true });
    expect((await ada("GET", path)).status).toBe(404);
    const after = `/api/projects/${encodeURIComponent("a|b ^ {c} 100% ä")}`;
    expect((await ada("GET", after)).status).toBe(200);
    expect(await titles(`project=${encodeURIComponent("a|b ^ {c} 100% ä")}`)).toEqual(["c"]);
    expect(refusedFields(await ada("PATCH", after, { open: 5 }))).toEqual(["open"]);
    expect((await as(await newAccount())("GET", after)).status).toBe(404);
    await ada("PATCH", after, { name: garden.name, archived: false });
  });
});

describe("preferences", () => {
  const weights = (value: number) =>
    Object.fromEntries(
      ["urgency", "importance", "fit", "unblocks", "started", "time_of_day", "small", "age", "not_now"].map((name) => [name, value]),
    );

  test("have their defaults, are replaced whole, and name what is wrong", async () => {
    const own = as(await newAccount());
    const before = await own("GET", "/api/preferences");
    expect(before.json()).toEqual({
      time_zone: "UTC",
      work_start: "09:00",
      work_end: "17:00",
      work_days: [1, 2, 3, 4, 5],
      search_language: "simple",
      weights: weights(1),
    });
    const wanted = { time_zone: "Asia/Tokyo", work_start: "08:30", work_end: "24:00", work_days: [6, 7], weights: { urgency: 2.5 } };
    const after = await own("PUT", "/api/preferences", wanted, { "If-Match": before.headers.get("ETag") ?? "" });
    expect(after.json()).toMatchObject({ ...wanted, weights: { ...weights(1), urgency: 2.5 } });
    const late = await own("PUT", "/api/preferences", wanted, { "If-Match": before.headers.get("ETag") ?? "" });
    expect(late.status).toBe(412);
    for (const [field, value] of [
      ["time_zone", "Mars/Olympus"],
      ["work_days", []],
      ["work_end", "25:00"],
      ["weights", "laziest-first"],
      ["colour", "red"],
    ] as const) {
      expect(refusedFields(await own("PUT", "/api/preferences", { [field]: value }))).toEqual([field]);
    }
    const preset = await own("PUT", "/api/preferences", { weights: "quick-wins" });
    expect(preset.status, preset.text).toBe(200);
    expect((preset.json() as { weights: unknown }).weights).not.toEqual(weights(1));
  });

  test("a preview shows the order of other weights and changes nothing", async () => {
    const owner = await newAccount();
    const own = as(owner);
    await createTask(owner, { title: "important", priority: 5 });
    await createTask(owner, { title: "small", priority: 3, effort_estimate_minutes: 5 });
    const answer = await own("POST", "/api/preferences/preview", { weights: { importance: 0, small: 3 } });
    expect(answer.status, answer.text).toBe(200);
    const { items } = answer.json() as { items: { task: Task; score: number; was: number }[] };
    expect(items.map((item) => item.task.title)).toEqual(["small", "important"]);
    expect((items[1]?.was ?? 0) > (items[0]?.was ?? 0)).toBe(true);
    expect(((await own("GET", "/api/tasks/best")).json() as Best).task?.title).toBe("important");
  });

  test("floating dates follow the zone", async () => {
    const owner = await newAccount();
    const own = as(owner);
    // What the clock shows in Greenwich is long past in Kiritimati (UTC+14) and hours ahead in Pago Pago (UTC-11).
    const task = await createTask(owner, { title: "Floating", due_date: new Date().toISOString().slice(0, 16) });
    const overdue = async (zone: string) => {
      expect((await own("PUT", "/api/preferences", { time_zone: zone })).status).toBe(200);
      return ((await own("GET", `/api/tasks/${task.id}`)).json() as Task).overdue;
    };
    expect(await overdue("Pacific/Kiritimati")).toBe(true);
    expect(await overdue("Pacific/Pago_Pago")).toBe(false);
  });
});

describe("best", () => {
  test("says what is hidden and why, and its parts add up", async () => {
    const best = (await ada("GET", "/api/tasks/best?limit=10&available_minutes=45")).json() as Best & {
      hidden: Record<string, unknown>;
      ranking_version: number;
    };
    expect(best.task?.title).toBe("e");
    expect(best.hidden).toMatchObject({ snoozed: 1, blocked: 1, has_open_subtasks: 1, not_started_yet: 0, next_to_wake: { title: "c" } });
    expect(best.ranking_version).toBe(1);
    const sum = best.parts.reduce((total, part) => total + Math.round(part.points * 100), 0);
    expect(sum).toBe(Math.round((best.score ?? 0) * 100));
  });

  test.each([
    ["limit=11", "limit"],
    ["available_minutes=0", "available_minutes"],
    ["tag=", "tag"],
    ["mood=good", "mood"],
  ])("%s is refused", async (query, field) => {
    expect(refusedFields(await ada("GET", `/api/tasks/best?${query}`))).toEqual([field]);
  });
});

test("every route needs a credential", async () => {
  for (const [method, path] of [
    ["GET", "/api/tasks"],
    ["GET", "/api/tasks/best"],
    ["GET", "/api/projects"],
    ["PATCH", "/api/projects/House"],
    ["GET", "/api/preferences"],
    ["PUT", "/api/preferences"],
    ["POST", "/api/preferences/preview"],
    ["POST", "/api/tasks/0198c5a0-0000-7000-8000-0000000000aa/snooze"],
    ["GET", "/api/tasks/0198c5a0-0000-7000-8000-0000000000aa/occurrences"],
  ] as const) {
    const answer = await call(method, path);
    expect([answer.status, answer.headers.get("WWW-Authenticate") !== null]).toEqual([401, true]);
  }
});
