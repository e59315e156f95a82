// Another user's task does not exist: 404 on every route that names one, and the task stays as it was.
import { expect, test } from "vitest";
import { call, createTask, newAccount } from "./client.ts";

const routes: [method: string, suffix: string, body?: unknown][] = [
  ["GET", ""],
  ["HEAD", ""],
  ["PATCH", "", { title: "Mine now" }],
  ["PUT", "", { title: "Mine now" }],
  ["DELETE", ""],
  ["POST", "/start"],
  ["POST", "/complete"],
  ["POST", "/reopen"],
  ["POST", "/snooze"],
  ["POST", "/not-now"],
  ["GET", "/occurrences"],
];

test.each(routes)("%s /api/tasks/{id}%s of another user's task is 404", async (method, suffix, body) => {
  const owner = await newAccount();
  const stranger = await newAccount();
  const task = await createTask(owner, { title: "Private" });
  const before = await call("GET", `/api/tasks/${task.id}`, { token: owner.token });

  const answer = await call(method, `/api/tasks/${task.id}${suffix}`, { token: stranger.token, ...(body === undefined ? {} : { body }) });
  expect(answer.status, answer.text).toBe(404);
  if (method !== "HEAD") expect(answer.headers.get("Content-Type")).toBe("application/problem+json");

  const after = await call("GET", `/api/tasks/${task.id}`, { token: owner.token });
  expect(after.status).toBe(200);
  expect(after.text).toBe(before.text);
});

test("another user's tasks are in no list and are never the best", async () => {
  const owner = await newAccount();
  const stranger = await newAccount();
  await createTask(owner, { title: "Private", priority: 5 });
  const list = await call("GET", "/api/tasks", { token: stranger.token });
  expect(list.json()).toEqual({ items: [], next_cursor: null });
  const best = await call("GET", "/api/tasks/best", { token: stranger.token });
  expect(best.json()).toMatchObject({ task: null });
});
