// The way of somebody new: register, log in, three tasks, what next, done, what next.
import { expect, test } from "vitest";
import { call, createTask, newAccount, type Best, type Task } from "./client.ts";

test("a new person registers, adds three tasks, and is told what comes next", async () => {
  const account = await newAccount();
  const soon = new Date(Date.now() + 3_600_000).toISOString();
  await createTask(account, { title: "Water the plants", priority: 1 });
  const urgent = await createTask(account, { title: "Send the offer", priority: 5, due_date: soon });
  const middle = await createTask(account, { title: "Book a dentist", priority: 3 });

  const first = await call("GET", "/api/tasks/best", { token: account.token });
  expect(first.status, first.text).toBe(200);
  const best = first.json() as Best;
  expect(best.task?.id).toBe(urgent.id);
  expect(best.alternatives.map((one) => one.task.id)[0]).toBe(middle.id);
  const sum = best.parts.reduce((total, part) => total + Math.round(part.points * 100), 0);
  expect(sum).toBe(Math.round((best.score ?? Number.NaN) * 100));

  const done = await call("POST", `/api/tasks/${urgent.id}/complete`, { token: account.token });
  expect(done.status, done.text).toBe(200);
  expect((done.json() as Task).status).toBe("completed");

  const second = (await call("GET", "/api/tasks/best", { token: account.token })).json() as Best;
  expect(second.task?.id).toBe(middle.id);

  const list = (await call("GET", "/api/tasks", { token: account.token })).json() as { items: Task[]; next_cursor: string | null };
  expect(list.items.map((task) => task.title)).toEqual(["Book a dentist", "Send the offer", "Water the plants"]);
  expect(list.next_cursor).toBeNull();
});

test("with nothing to do the answer says so and is no error", async () => {
  const account = await newAccount();
  const answer = await call("GET", "/api/tasks/best", { token: account.token });
  expect(answer.status).toBe(200);
  expect((answer.json() as Best).task).toBeNull();
});

test("health names the edge, the origin and its database", async () => {
  const answer = await call("GET", "/health");
  expect(answer.status).toBe(200);
  expect(answer.json()).toMatchObject({ status: "ok", origin: { status: "ok", database: "ok" } });
  expect(answer.headers.get("Cache-Control")).toBe("no-store");
});

test("the caller's request id comes back, and one that is no UUID is replaced", async () => {
  const id = "0198c5a0-0000-7000-8000-00000000abcd";
  const kept = await call("GET", "/health", { headers: { "X-Request-Id": id } });
  expect(kept.headers.get("X-Request-Id")).toBe(id);
  const replaced = await call("GET", "/health", { headers: { "X-Request-Id": "not-a-uuid" } });
  expect(replaced.headers.get("X-Request-Id")).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
});

test("what the origin tells the gate alone never reaches a caller", async () => {
  const account = await newAccount();
  const answer = await call("GET", "/api/tasks", { token: account.token });
  for (const name of answer.headers.keys()) {
    expect(["mindflow-epoch", "mindflow-cache", "mindflow-gate-effects"]).not.toContain(name);
  }
});
