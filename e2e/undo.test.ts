// Batch, history and undo through the Worker.
import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { as, call, createTask, newAccount, refusedFields, type Account, type Problem, type Task } from "./client.ts";

interface Change {
  id: string;
  by: string;
  action: string;
  task_ids: string[];
  before: Record<string, Record<string, unknown>> | null;
  after: Record<string, Record<string, unknown>> | null;
  undoes: string | null;
}

interface Results {
  results: { op: string; task: Task & { next_occurrence?: Task | null } }[];
  change_id: string | null;
}

let account: Account;
let ada: ReturnType<typeof as>;

const read = async (id: string) => ada("GET", `/api/tasks/${id}`);
const all = async () => ((await ada("GET", "/api/tasks?limit=100")).json() as { items: Task[] }).items;
const history = async () => ((await ada("GET", "/api/history?limit=100")).json() as { items: Change[] }).items;
const batch = (items: unknown[], more: Record<string, unknown> = {}) => ada("POST", "/api/tasks/batch", { items, ...more });
const undo = (body?: Record<string, unknown>) => ada("POST", "/api/undo", body);

/** What an undo restores: all but the version and when it changed. */
const restored = (tasks: Task[]) => tasks.map((task) => ({ ...task, version: 0, updated_at: "" }));

/** A UUIDv7 of the present. */
function newId(): string {
  const time = Date.now().toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

beforeEach(async () => {
  account = await newAccount();
  ada = as(account);
});

describe("batch", () => {
  test("does all of it as one change", async () => {
    const water = await createTask(account, { title: "Water", due_date: "2031-03-03", recurrence: "FREQ=WEEKLY" });
    const old = await createTask(account, { title: "Old" });
    const id = newId();
    const answer = await batch([
      { op: "create", title: "Boxes", parent_id: id, project: "Move" },
      { op: "create", title: "Move", id },
      { op: "update", id: water.id, version: 1, priority: 5 },
      { op: "complete", id: water.id },
      { op: "snooze", id, hours: 3 },
      { op: "delete", id: old.id },
    ]);
    expect(answer.status, answer.text).toBe(200);
    const { results, change_id } = answer.json() as Results;
    expect(results.map((result) => result.op)).toEqual(["create", "create", "update", "complete", "snooze", "delete"]);
    expect(results[1]?.task.status).toBe("snoozed");
    expect(results[3]?.task.next_occurrence?.due_date).toBe("2031-03-10");
    expect((await read(old.id)).status).toBe(404);
    expect((await read(id)).json()).toEqual(results[1]?.task);
    const [change] = await history();
    expect([change?.id, change?.action, change?.by]).toEqual([change_id, "batch", "session"]);
    expect(change?.task_ids).toHaveLength(5);
  });

  test("changes nothing when an item is refused, and names each by its place", async () => {
    const task = await createTask(account, { title: "Stays" });
    const before = await all();
    const missing = await batch([
      { op: "create", title: "Never" },
      { op: "delete", id: newId() },
      { op: "update", id: task.id, version: 9, title: "Never" },
    ]);
    expect(missing.status).toBe(404);
    expect((missing.json() as Problem).errors?.map((error) => error.field)).toEqual(["items[1].id", "items[2].version"]);
    expect(refusedFields(await batch([{ op: "create", title: "x", priority: 9 }, { op: "fly" }]))).toEqual([
      "items[0].priority",
      "items[1].op",
    ]);
    expect(refusedFields(await batch([]))).toEqual(["items"]);
    expect((await batch([{ op: "create", title: "x", id: task.id }])).status).toBe(409);
    expect((await call("POST", "/api/tasks/batch", { body: { items: [] } })).status).toBe(401);
    const stranger = await newAccount();
    const items = [{ op: "delete", id: task.id }];
    expect((await as(stranger)("POST", "/api/tasks/batch", { items })).status).toBe(404);
    expect(await all()).toEqual(before);
  });

  test("can be tried, and repeated under a key", async () => {
    const tried = await batch([{ op: "create", title: "Tried" }], { dry_run: true });
    expect((tried.json() as Results).change_id).toBeNull();
    expect(await all()).toEqual([]);
    const body = { items: [{ op: "create", title: "Once" }], client_token: randomUUID() };
    const first = await ada("POST", "/api/tasks/batch", body);
    const again = await ada("POST", "/api/tasks/batch", body);
    expect([first.status, again.status, again.headers.get("idempotency-replayed")]).toEqual([200, 200, "true"]);
    expect(again.text).toBe(first.text);
    expect(await all()).toHaveLength(1);
  });
});

describe("undo", () => {
  test("walks back over everything that was done", async () => {
    const parent = await createTask(account, { title: "Parent", tags: ["a"], project: "Garden" });
    const states = [await all()];
    const child = await createTask(account, { title: "Child", parent_id: parent.id, due_date: "2031-03-03", recurrence: "FREQ=DAILY" });
    for (const [method, path, body] of [
      ["PATCH", `/api/tasks/${parent.id}`, { title: "New", tags: [], project: "House" }],
      ["POST", `/api/tasks/${child.id}/snooze`, { hours: 2 }],
      ["POST", `/api/tasks/${parent.id}/not-now`, undefined],
      ["POST", `/api/tasks/${child.id}/complete`, undefined],
      ["POST", `/api/tasks/${parent.id}/complete`, { cascade: true }],
      ["POST", "/api/tasks/batch", { items: [{ op: "update", id: child.id, priority: 1 }, { op: "create", title: "More" }] }],
      ["DELETE", `/api/tasks/${parent.id}`, undefined],
    ] as const) {
      states.push(await all());
      const answer = await ada(method, path, body);
      expect(answer.status, `${path}: ${answer.text}`).toBeLessThan(300);
    }
    for (const state of states.reverse()) {
      const answer = await undo();
      expect(answer.status, answer.text).toBe(200);
      expect(restored(await all())).toEqual(restored(state));
    }
    expect((await undo()).status).toBe(200);
    const nothing = await undo();
    expect([nothing.status, (nothing.json() as Problem).detail]).toEqual([409, expect.stringContaining("Nothing is left")]);
    expect(await all()).toEqual([]);
  });

  test("is a change itself, which can be undone", async () => {
    const task = await createTask(account, { title: "Task" });
    await ada("DELETE", `/api/tasks/${task.id}`);
    const [deletion] = await history();
    const undone = (await undo({ change_id: deletion?.id })).json() as { change_id: string; undone: Task[] };
    expect(undone.undone.map((found) => found.id)).toEqual([task.id]);
    expect((await read(task.id)).json()).toEqual(undone.undone[0]);
    const [latest] = await history();
    expect([latest?.id, latest?.action, latest?.undoes]).toEqual([undone.change_id, "undo", deletion?.id]);
    expect(latest?.after?.[task.id]?.["title"]).toBe("Task");
    expect((await undo({ change_id: undone.change_id })).status).toBe(200);
    expect((await read(task.id)).status).toBe(404);
    expect((await undo({ change_id: undone.change_id })).status).toBe(409);
  });

  test("is refused where a later change stands against it, which is named", async () => {
    const task = await createTask(account, { title: "0" });
    const rename = (title: string) => ada("PATCH", `/api/tasks/${task.id}`, { title });
    await rename("1");
    await rename("2");
    const [last, first] = await history();
    const refused = await undo({ change_id: first?.id });
    expect(refused.status).toBe(409);
    for (const named of [task.id, last?.id]) expect((refused.json() as Problem).detail).toContain(named);
    expect(((await read(task.id)).json() as Task).title).toBe("2");
    expect((await undo({ change_id: newId() })).status).toBe(404);
    expect(refusedFields(await undo({ change_id: 1 }))).toEqual(["change_id"]);
    const stranger = as(await newAccount());
    expect((await stranger("POST", "/api/undo", { change_id: last?.id })).status).toBe(404);
    expect((await stranger("GET", "/api/history")).json()).toEqual({ items: [], next_cursor: null });
    expect((await call("GET", "/api/history")).status).toBe(401);
    expect((await call("POST", "/api/undo")).status).toBe(401);
  });

  test("takes back what a key did, and the history says so", async () => {
    const made = await ada("POST", "/api/keys", { name: "Assistant", scopes: ["tasks:read", "tasks:write"] });
    const { secret } = made.json() as { secret: string };
    const created = await call("POST", "/api/tasks", { token: secret, body: { title: "By a key" } });
    const task = created.json() as Task;
    const [change] = await history();
    expect([change?.by, change?.task_ids]).toEqual(["key Assistant", [task.id]]);
    expect((await undo()).status).toBe(200);
    expect((await read(task.id)).status).toBe(404);
  });
});

test("the history has a tag, which is kept while nothing changes", async () => {
  await createTask(account, { title: "x" });
  const first = await ada("GET", "/api/history");
  const tag = first.headers.get("etag") ?? "";
  expect((await ada("GET", "/api/history", undefined, { "If-None-Match": tag })).status).toBe(304);
  await createTask(account, { title: "y" });
  expect((await ada("GET", "/api/history", undefined, { "If-None-Match": tag })).status).toBe(200);
  expect(refusedFields(await ada("GET", "/api/history?limit=0&task=x"))).toEqual(["limit", "task"]);
});
