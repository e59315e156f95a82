// Every field of a task through the Worker: as it is given, as it comes back, and what is refused.
import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { as, createTask, newAccount, refusedFields, type Account, type Task } from "./client.ts";

let account: Account;
let ada: ReturnType<typeof as>;

beforeAll(async () => {
  account = await newAccount();
  ada = as(account);
});

const defaults = {
  description: null,
  status: "pending",
  priority: 3,
  due_date: null,
  deadline: null,
  start_date: null,
  snoozed_until: null,
  effort_estimate_minutes: null,
  tags: [],
  project: null,
  preferred_time: null,
  recurrence: null,
  recurrence_from: "schedule",
  parent_id: null,
  depends_on: [],
};

test("a title is enough, and every other field has its default", async () => {
  const answer = await ada("POST", "/api/tasks", { title: "  Grüße 🌍 " });
  expect(answer.status, answer.text).toBe(201);
  const task = answer.json() as Task;
  expect(task).toMatchObject({ ...defaults, title: "Grüße 🌍", overdue: false, completed_at: null, version: 1 });
  expect(answer.headers.get("Location")).toBe(`/api/tasks/${task.id}`);
  expect((await ada("GET", `/api/tasks/${task.id}`)).text).toBe(answer.text);
});

test("every field comes back as it was given, and null clears what can be cleared", async () => {
  const parent = await createTask(account, { title: "Parent" });
  const blocker = await createTask(account, { title: "Blocker" });
  const given = {
    title: "<b>Everything</b> &amp;",
    description: "line\nline",
    priority: 5,
    due_date: "2031-03-01",
    deadline: "2031-03-02T17:00:00.5+05:30",
    start_date: "2031-02-28T09:00",
    snoozed_until: "2020-01-01T00:00:00Z",
    effort_estimate_minutes: 10_080,
    tags: ["home", "ü"],
    project: "House & Garden",
    preferred_time: "evening",
    recurrence: "FREQ=WEEKLY;BYDAY=SA",
    recurrence_from: "completion",
    parent_id: parent.id,
    depends_on: [blocker.id],
  };
  const task = await createTask(account, given);
  expect(task).toMatchObject({ ...given, status: "blocked" });
  const clearable = Object.entries(defaults).filter(([name]) => !["status", "priority"].includes(name));
  const cleared = await ada("PATCH", `/api/tasks/${task.id}`, Object.fromEntries(clearable.map(([name]) => [name, null])));
  expect(cleared.status, cleared.text).toBe(200);
  expect(cleared.json()).toMatchObject({ ...Object.fromEntries(clearable), title: given.title, priority: 5, version: 2 });
  for (const field of ["title", "priority"]) {
    expect(refusedFields(await ada("PATCH", `/api/tasks/${task.id}`, { [field]: null }))).toEqual([field]);
  }
  const replaced = await ada("PUT", `/api/tasks/${task.id}`, { title: "Bare" });
  expect(replaced.json()).toMatchObject({ ...defaults, title: "Bare", version: 3 });
});

const refused: [field: string, value: unknown][] = [
  ["title", " "],
  ["title", "x".repeat(257)],
  ["title", "a\u0000b"],
  ["title", 5],
  ["description", "x".repeat(10_001)],
  ["status", "snoozed"],
  ["status", "blocked"],
  ["priority", 0],
  ["priority", 6],
  ["priority", 2.5],
  ["due_date", "tomorrow"],
  ["deadline", "2031-02-30"],
  ["start_date", "2031-03-01 09:00"],
  ["snoozed_until", 17],
  ["effort_estimate_minutes", 0],
  ["effort_estimate_minutes", 10_081],
  ["tags", ["a,b"]],
  ["tags", ["x".repeat(51)]],
  ["tags", Array.from({ length: 21 }, (_, index) => `t${index}`)],
  ["project", "x".repeat(101)],
  ["preferred_time", "noon"],
  ["recurrence", "every friday"],
  ["recurrence", "FREQ=MINUTELY"],
  ["recurrence_from", "never"],
  ["parent_id", "1"],
  ["parent_id", randomUUID()],
  ["depends_on", "x"],
  ["depends_on", [randomUUID()]],
  ["overdue", true],
  ["version", 1],
  ["colour", "red"],
];

test.each(refused)("%s: %j is refused by name, on POST, PUT and PATCH", async (field, value) => {
  const task = await createTask(account, { title: "Stays", due_date: "2031-03-01" });
  const body = { title: "Changed", due_date: "2031-03-02", [field]: value };
  expect(refusedFields(await ada("POST", "/api/tasks", body))).toEqual([field]);
  expect(refusedFields(await ada("PUT", `/api/tasks/${task.id}`, body))).toEqual([field]);
  expect(refusedFields(await ada("PATCH", `/api/tasks/${task.id}`, { [field]: value }))).toEqual([field]);
  expect((await ada("GET", `/api/tasks/${task.id}`)).json()).toEqual(task);
});

test("tags are also one string with commas, trimmed and without repeats", async () => {
  expect(await createTask(account, { title: "x", tags: " home, work ,home," })).toMatchObject({ tags: ["home", "work"] });
});

test("an id may be given once, also after the task is deleted", async () => {
  const id = `0198c5a0-0000-7000-8000-${randomUUID().slice(24)}`;
  expect(await createTask(account, { id, title: "Mine" })).toMatchObject({ id });
  expect((await ada("POST", "/api/tasks", { id, title: "Again" })).status).toBe(409);
  expect((await ada("DELETE", `/api/tasks/${id}`)).status).toBe(204);
  expect((await ada("DELETE", `/api/tasks/${id}`)).status).toBe(404);
  expect((await ada("POST", "/api/tasks", { id, title: "Again" })).status).toBe(409);
  expect(refusedFields(await ada("POST", "/api/tasks", { id: randomUUID(), title: "v4" }))).toEqual(["id"]);
});

describe("safe writes", () => {
  test("a repeated write is answered again, by header or by client_token, and never applied twice", async () => {
    const key = randomUUID();
    const first = await ada("POST", "/api/tasks", { title: "Once" }, { "Idempotency-Key": key });
    const again = await ada("POST", "/api/tasks", { title: "Once" }, { "Idempotency-Key": key });
    expect([again.status, again.text, again.headers.get("Idempotency-Replayed")]).toEqual([201, first.text, "true"]);
    expect(first.headers.get("Idempotency-Replayed")).toBeNull();
    const other = await ada("POST", "/api/tasks", { title: "Twice" }, { "Idempotency-Key": key });
    expect(refusedFields(other)).toEqual(["Idempotency-Key"]);
    const body = { title: "Once more", client_token: randomUUID() };
    const token = await ada("POST", "/api/tasks", body);
    expect((await ada("POST", "/api/tasks", body)).text).toBe(token.text);
    const both = await ada("POST", "/api/tasks", body, { "Idempotency-Key": randomUUID() });
    expect(refusedFields(both)).toEqual(["client_token"]);
  });

  test("a read has a tag, a read with it is 304, and a write with an old one is 412", async () => {
    const task = await createTask(account, { title: "Tagged" });
    const path = `/api/tasks/${task.id}`;
    const tag = (await ada("GET", path)).headers.get("ETag") ?? "";
    expect(tag).toMatch(/^"1-\d+"$/);
    expect((await ada("GET", path, undefined, { "If-None-Match": tag })).status).toBe(304);
    const weak = { "If-Match": `W/${tag.slice(0, -1)}-gzip"` };
    expect((await ada("PATCH", path, { title: "Changed" }, weak)).status).toBe(200);
    for (const [method, body] of [["PATCH", { title: "Late" }], ["PUT", { title: "Late" }], ["DELETE", undefined]] as const) {
      expect((await ada(method, path, body, { "If-Match": tag })).status).toBe(412);
    }
    expect((await ada("GET", path, undefined, { "If-None-Match": tag })).status).toBe(200);
  });
});

test("waking and becoming overdue change the tag by time alone", async () => {
  const soon = new Date(Date.now() + 2_000).toISOString();
  const task = await createTask(account, { title: "Wakes", snoozed_until: soon, due_date: soon });
  expect(task).toMatchObject({ status: "snoozed", overdue: false });
  const path = `/api/tasks/${task.id}`;
  const before = (await ada("GET", path)).headers.get("ETag");
  await expect
    .poll(async () => (await ada("GET", path)).json(), { timeout: 10_000, interval: 200 })
    .toMatchObject({ status: "pending", overdue: true, version: 1 });
  expect((await ada("GET", path)).headers.get("ETag")).not.toBe(before);
});
