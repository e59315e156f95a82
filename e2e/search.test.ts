// Search and statistics through the Worker.
import { beforeAll, describe, expect, test } from "vitest";
import { as, call, createTask, newAccount, refusedFields, type Account, type Answer, type Task } from "./client.ts";

interface Page {
  items: Task[];
  next_cursor: string | null;
}

interface Stats {
  time_zone: string;
  completed_by_day: { day: string; count: number }[];
  streak_days: number;
  open_by_priority: Record<string, number>;
  overdue: number;
  by_project: { name: string; open: number; completed: number }[];
  estimate_ratio: number | null;
}

let account: Account;
let ada: ReturnType<typeof as>;

const search = (q: string, more = ""): Promise<Answer> => ada("GET", `/api/tasks/search?q=${encodeURIComponent(q)}${more}`);

async function titles(q: string): Promise<string[]> {
  const answer = await search(q);
  expect(answer.status, answer.text).toBe(200);
  return (answer.json() as Page).items.map((task) => task.title);
}

beforeAll(async () => {
  account = await newAccount();
  ada = as(account);
  await createTask(account, { title: "Plan the café", description: "Ask about the garden" });
  await createTask(account, { title: "Weed", tags: ["garden"], project: "House", priority: 5 });
  await createTask(account, { title: "Garden chairs", status: "completed", project: "House" });
  await createTask(account, { title: "Garden", due_date: "2020-01-01" });
  await createTask(account, { title: "明日の会議 🎉" });
});

describe("search", () => {
  test.each([
    ["garden", ["Garden", "Garden chairs", "Weed", "Plan the café"]],
    ["GARDEN", ["Garden", "Garden chairs", "Weed", "Plan the café"]],
    ["cafe", ["Plan the café"]],
    ["Café ask", ["Plan the café"]],
    ["house cha", ["Garden chairs"]],
    ["会議", ["明日の会議 🎉"]],
    ["🎉", ["明日の会議 🎉"]],
    ["garden & !house | (x:*", []],
    ["'garden' -- \"", ["Garden", "Garden chairs", "Weed", "Plan the café"]],
    ["nothing of the kind", []],
    ["?!", []],
  ])("%s", async (q, expected) => {
    expect(await titles(q)).toEqual(expected);
  });

  test("pages hold everything once, and a cursor is bound to its words", async () => {
    const whole = (await search("garden")).json() as Page;
    const seen: Task[] = [];
    let cursor = "";
    for (;;) {
      const page = (await search("garden", `&limit=1${cursor}`)).json() as Page;
      seen.push(...page.items);
      if (page.next_cursor === null) break;
      cursor = `&cursor=${page.next_cursor}`;
    }
    expect(seen).toEqual(whole.items);
    expect(refusedFields(await search("weed", cursor))).toEqual(["cursor"]);
  });

  test("a change is found at once, in other forms too", async () => {
    const person = await newAccount();
    const bob = as(person);
    const found = async (q: string) => ((await bob("GET", `/api/tasks/search?q=${q}`)).json() as Page).items.map((task) => task.title);
    const task = await createTask(person, { title: "Old words" });
    expect(await found("old")).toEqual(["Old words"]);
    await bob("PATCH", `/api/tasks/${task.id}`, { title: "Studies" });
    expect(await found("old")).toEqual([]);
    expect(await found("study")).toEqual([]);
    expect((await bob("PUT", "/api/preferences", { search_language: "english" })).status).toBe(200);
    expect(await found("study")).toEqual(["Studies"]);
    expect((await bob("DELETE", `/api/tasks/${task.id}`)).status).toBe(204);
    expect(await found("study")).toEqual([]);
    expect(await found("garden")).toEqual([]);
  });

  test.each([
    ["", "q"],
    ["q=", "q"],
    ["q=%20", "q"],
    ["q=a%00", "q"],
    [`q=${"x".repeat(257)}`, "q"],
    [`q=${"x".repeat(10_000)}`, "q"],
    ["q=a&limit=101", "limit"],
    ["q=a&cursor=x", "cursor"],
    ["q=a&sort=score", "sort"],
  ])("%.20s is refused", async (query, field) => {
    expect(refusedFields(await ada("GET", `/api/tasks/search?${query}`))).toEqual([field]);
  });

  test("knows HEAD, OPTIONS and its tag, needs a credential, and is no task", async () => {
    const answer = await search("garden");
    const tag = answer.headers.get("ETag") ?? "";
    expect(tag).toMatch(/^"\d+-/);
    const path = "/api/tasks/search?q=garden";
    expect((await ada("GET", path, undefined, { "If-None-Match": tag })).status).toBe(304);
    const head = await ada("HEAD", path);
    expect([head.status, head.text, head.headers.get("ETag")]).toEqual([200, "", tag]);
    expect((await call("OPTIONS", path)).headers.get("Allow")).toBe("GET, HEAD, OPTIONS");
    expect((await ada("DELETE", path)).status).toBe(405);
    expect((await call("GET", path)).status).toBe(401);
  });
});

describe("statistics", () => {
  test("count what was done and what is left, in the user's zone", async () => {
    const answer = await ada("GET", "/api/stats");
    expect(answer.status, answer.text).toBe(200);
    const stats = answer.json() as Stats;
    expect(stats).toMatchObject({
      time_zone: "UTC",
      streak_days: 1,
      open_by_priority: { 1: 0, 2: 0, 3: 3, 4: 0, 5: 1 },
      overdue: 1,
      by_project: [{ name: "House", open: 1, completed: 1 }],
      estimate_ratio: null,
    });
    const counts = stats.completed_by_day.map((day) => day.count);
    expect(counts).toHaveLength(30);
    expect(counts.reduce((sum, count) => sum + count)).toBe(1);
    expect((await ada("PUT", "/api/preferences", { time_zone: "Pacific/Kiritimati" })).status).toBe(200);
    const ahead = (await ada("GET", "/api/stats")).json() as Stats;
    const today = new Date(Date.now() + 14 * 3_600_000).toISOString().slice(0, 10);
    expect([ahead.time_zone, ahead.completed_by_day.at(-1)?.day]).toEqual(["Pacific/Kiritimati", today]);
  });

  test("hold the estimate against the time that it took", async () => {
    const person = await newAccount();
    const bob = as(person);
    const task = await createTask(person, { title: "Quick", effort_estimate_minutes: 1 });
    expect((await bob("POST", `/api/tasks/${task.id}/start`)).status).toBe(200);
    expect(((await bob("GET", "/api/stats")).json() as Stats).estimate_ratio).toBeNull();
    expect((await bob("POST", `/api/tasks/${task.id}/complete`)).status).toBe(200);
    const { estimate_ratio: ratio } = (await bob("GET", "/api/stats")).json() as Stats;
    expect(ratio).toBeGreaterThanOrEqual(0);
    expect(ratio).toBeLessThan(1);
  });

  test("know their tag, take no parameter, and need a credential", async () => {
    const tag = (await ada("GET", "/api/stats")).headers.get("ETag") ?? "";
    expect((await ada("GET", "/api/stats", undefined, { "If-None-Match": tag })).status).toBe(304);
    expect(refusedFields(await ada("GET", "/api/stats?days=7"))).toEqual(["days"]);
    expect((await call("GET", "/api/stats")).status).toBe(401);
    expect((await ada("POST", "/api/stats", {})).status).toBe(405);
  });
});

test.each(["/api/tasks/search?q=garden", "/api/stats", "/api/history"])("%s is kept until something changes", async (path) => {
  const own = await newAccount();
  const me = as(own);
  const created = await createTask(own, { title: "Garden" });
  const read = async () => {
    const answer = await me("GET", path);
    expect(answer.status, answer.text).toBe(200);
    return { kept: answer.headers.get("cache-status"), text: answer.text };
  };
  const first = await read();
  expect(first.kept).toBe("mindflow-edge; fwd=miss");
  expect(await read()).toEqual({ kept: "mindflow-edge; hit", text: first.text });
  expect((await me("POST", `/api/tasks/${created.id}/complete`)).status).toBe(200);
  const changed = await read();
  expect(changed.kept).toBe("mindflow-edge; fwd=miss");
  expect(changed.text).not.toBe(first.text);
});
