// The steps of a task's life through the Worker: what they change, what they refuse, and what a repeat does.
import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { as, createTask, newAccount, refusedFields, type Account, type Problem, type Task } from "./client.ts";

let account: Account;
let ada: ReturnType<typeof as>;
const step = (task: { id: string }, name: string, body?: unknown) => ada("POST", `/api/tasks/${task.id}/${name}`, body);
const read = async (task: { id: string }) => (await ada("GET", `/api/tasks/${task.id}`)).json() as Task;

beforeAll(async () => {
  account = await newAccount();
  ada = as(account);
});

test("start, complete and reopen, each once", async () => {
  const task = await createTask(account, { title: "Steps" });
  for (const [name, status] of [["start", "in_progress"], ["complete", "completed"], ["reopen", "pending"]] as const) {
    const first = (await step(task, name)).json() as Task;
    expect(first.status).toBe(status);
    const again = await step(task, name);
    expect([again.status, (again.json() as Task).version]).toEqual([200, first.version]);
  }
  await step(task, "complete");
  for (const name of ["start", "snooze", "not-now"]) {
    const refused = await step(task, name);
    expect(refused.status).toBe(409);
    expect((refused.json() as Problem).detail).toContain("/reopen");
  }
});

describe("snooze", () => {
  const hours = (answer: Task) => (Date.parse(answer.snoozed_until ?? "") - Date.now()) / 3_600_000;

  test.each([
    ["", undefined, 3],
    ["", { hours: 0.5 }, 0.5],
    ["?hours=1.25", undefined, 1.25],
    ["", { hours: 8760 }, 8760],
  ])("snooze%s with %j hides for %d hours", async (query, body, expected) => {
    const task = await createTask(account, { title: "Sleeps" });
    const snoozed = await ada("POST", `/api/tasks/${task.id}/snooze${query}`, body);
    expect(snoozed.status, snoozed.text).toBe(200);
    expect(snoozed.json()).toMatchObject({ status: "snoozed", version: 2 });
    expect(Math.abs(hours(snoozed.json() as Task) - expected)).toBeLessThan(0.02);
  });

  test("until a date keeps its form, and starting changes only what is stored", async () => {
    const task = await createTask(account, { title: "Sleeps" });
    const until = await step(task, "snooze", { until: "2031-03-01" });
    expect(until.json()).toMatchObject({ status: "snoozed", snoozed_until: "2031-03-01" });
    expect((await step(task, "start")).json()).toMatchObject({ status: "snoozed" });
    const awake = await ada("PATCH", `/api/tasks/${task.id}`, { snoozed_until: null });
    expect(awake.json()).toMatchObject({ status: "in_progress" });
  });

  test.each([
    [{ hours: 0 }, "hours"],
    [{ hours: -1 }, "hours"],
    [{ hours: 9000 }, "hours"],
    [{ hours: "3" }, "hours"],
    [{ until: "2020-01-01" }, "until"],
    [{ until: "soon" }, "until"],
    [{ until: "2031-01-01", hours: 3 }, "until"],
    [{ minutes: 5 }, "minutes"],
  ])("%j is refused for %s", async (body, field) => {
    const task = await createTask(account, { title: "Awake" });
    expect(refusedFields(await step(task, "snooze", body))).toEqual([field]);
    expect(await read(task)).toEqual(task);
  });
});

test("not now takes points that come back by themselves, and nothing else", async () => {
  const owner = as(await newAccount());
  const task = (await owner("POST", "/api/tasks", { title: "Later" })).json() as Task;
  const points = async () => {
    const best = (await owner("GET", "/api/tasks/best")).json() as { parts: { factor: string; points: number }[] };
    return best.parts.find((part) => part.factor === "not_now")?.points;
  };
  expect(await points()).toBe(0);
  expect((await owner("POST", `/api/tasks/${task.id}/not-now`)).json()).toMatchObject({ status: "pending", priority: 3 });
  expect(await points()).toBeLessThan(-14.9);
});

describe("subtasks and dependencies", () => {
  test("a parent with open subtasks is completed with them or not at all", async () => {
    const parent = await createTask(account, { title: "Parent" });
    const child = await createTask(account, { title: "Child", parent_id: parent.id });
    const grandchild = await createTask(account, { title: "Grandchild", parent_id: child.id });
    for (const refused of [
      await step(parent, "complete"),
      await ada("PATCH", `/api/tasks/${parent.id}`, { status: "completed" }),
      await ada("PUT", `/api/tasks/${parent.id}`, { title: "Parent", status: "completed" }),
    ]) {
      expect(refused.status).toBe(409);
      expect((refused.json() as Problem).detail).toContain("cascade");
    }
    expect((await step(parent, "complete", { cascade: true })).status).toBe(200);
    for (const task of [parent, child, grandchild]) expect((await read(task)).status).toBe("completed");
    expect(refusedFields(await ada("POST", "/api/tasks", { title: "Late", parent_id: parent.id }))).toEqual(["parent_id"]);
  });

  test("deleting a parent deletes what is below it", async () => {
    const parent = await createTask(account, { title: "Parent" });
    const child = await createTask(account, { title: "Child", parent_id: parent.id });
    const grandchild = await createTask(account, { title: "Grandchild", parent_id: child.id });
    expect((await ada("DELETE", `/api/tasks/${parent.id}`)).status).toBe(204);
    for (const task of [parent, child, grandchild]) expect((await ada("GET", `/api/tasks/${task.id}`)).status).toBe(404);
  });

  test("a task is blocked until what it depends on is done or gone", async () => {
    const [first, second] = [await createTask(account, { title: "First" }), await createTask(account, { title: "Second" })];
    const task = await createTask(account, { title: "Third", depends_on: [first.id, second.id] });
    expect(task.status).toBe("blocked");
    await step(first, "complete");
    expect((await read(task)).status).toBe("blocked");
    await ada("DELETE", `/api/tasks/${second.id}`);
    expect((await read(task)).status).toBe("pending");
  });

  test("cycles over both kinds of link, oneself, and other people's tasks are refused", async () => {
    const [a, b, c] = [
      await createTask(account, { title: "a" }),
      await createTask(account, { title: "b" }),
      await createTask(account, { title: "c" }),
    ];
    expect((await ada("PATCH", `/api/tasks/${b.id}`, { depends_on: [a.id] })).status).toBe(200);
    expect((await ada("PATCH", `/api/tasks/${b.id}`, { parent_id: c.id })).status).toBe(200);
    // c waits for its subtask b, and b for a.
    expect(refusedFields(await ada("PATCH", `/api/tasks/${a.id}`, { depends_on: [c.id] }))).toEqual(["depends_on"]);
    expect(refusedFields(await ada("PATCH", `/api/tasks/${c.id}`, { parent_id: b.id }))).toEqual(["parent_id"]);
    expect(refusedFields(await ada("PATCH", `/api/tasks/${a.id}`, { depends_on: [a.id] }))).toEqual(["depends_on"]);
    const hers = await createTask(await newAccount(), { title: "Hers" });
    expect(refusedFields(await ada("PATCH", `/api/tasks/${a.id}`, { parent_id: hers.id }))).toEqual(["parent_id"]);
    expect(await read(a)).toEqual(a);
  });

  test("of two opposite edges at once one gets in", async () => {
    for (let round = 0; round < 20; round += 1) {
      const [one, two] = [await createTask(account, { title: "one" }), await createTask(account, { title: "two" })];
      const answers = await Promise.all([
        ada("PATCH", `/api/tasks/${one.id}`, { depends_on: [two.id] }),
        ada("PATCH", `/api/tasks/${two.id}`, { depends_on: [one.id] }),
      ]);
      expect(answers.map((answer) => answer.status).sort()).toEqual([200, 422]);
    }
  });
});

describe("recurring tasks", () => {
  test("completing makes the next one, once", async () => {
    const task = await createTask(account, { title: "Water", due_date: "2031-03-03", deadline: "2031-03-05", recurrence: "FREQ=WEEKLY" });
    const key = { "Idempotency-Key": randomUUID() };
    const done = await ada("POST", `/api/tasks/${task.id}/complete`, undefined, key);
    const { next_occurrence: next } = done.json() as { next_occurrence: Task };
    expect(next).toMatchObject({ title: "Water", status: "pending", due_date: "2031-03-10", deadline: "2031-03-12" });
    const replay = await ada("POST", `/api/tasks/${task.id}/complete`, undefined, key);
    expect([replay.text, replay.headers.get("Idempotency-Replayed")]).toEqual([done.text, "true"]);
    expect((await step(task, "complete")).json()).toMatchObject({ next_occurrence: { id: next.id } });
    const upcoming = await ada("GET", `/api/tasks/${next.id}/occurrences?count=2`);
    expect(upcoming.status, upcoming.text).toBe(200);
    expect(upcoming.text).toContain("2031-03-17");
  });

  test("a task that does not recur has no next occurrence", async () => {
    const task = await createTask(account, { title: "Once" });
    expect((await step(task, "complete")).json()).toMatchObject({ status: "completed", next_occurrence: null });
  });

  test("a rule needs a date to count from", async () => {
    expect(refusedFields(await ada("POST", "/api/tasks", { title: "x", recurrence: "FREQ=DAILY" }))).toEqual(["recurrence"]);
  });
});
