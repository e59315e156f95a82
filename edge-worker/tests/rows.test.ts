/**
 * What each kind of request writes in the user's gate, as the log tells: rows are what Cloudflare counts and bills. The
 * table in docs/architecture.md ("What a request writes") has these numbers.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { invalidate } from "./harness/callback.ts";
import type { Answer } from "./harness/client.ts";
import { Edge } from "./harness/edge.ts";
import { cut, Origin, told, type Responder, type Told } from "./harness/origin.ts";
import { settings } from "./harness/settings.ts";
import { User } from "./harness/user.ts";

const TASK = "/api/tasks/0198c5a0-0000-7000-8000-0000000000cc";
const UNCHANGED = `${TASK}/start`;
let edge: Edge;
let origin: Origin;
let version = 1;
let said: Told = {};

/** Changes raise the version, but for starting. */
const data: Responder = (response, seen, request) => {
  if (seen.method !== "GET" && seen.target !== UNCHANGED) version += 1;
  told({}, { version, epoch: "e", maxAge: 60, etag: '"1-0"', ...said })(response, seen, request);
};

beforeAll(async () => {
  origin = await Origin.start();
  edge = await Edge.start({ ...settings(inject("originPort")), USER_REQUESTS_PER_MINUTE: "120" });
}, 120_000);
afterAll(async () => {
  await edge.close();
  await origin.close();
});
afterEach(() => {
  origin.reset();
  said = {};
});

/** A user whose gate has written its first rows, and has kept an answer. */
async function warm(): Promise<User> {
  origin.respond = data;
  origin.gateState = told({ generation: 1, revoked: [], version });
  const me = new User(edge);
  await me.get();
  return me;
}

const revoked = (me: User) => ({ user: me.said.sub, revoke: [{ id: randomUUID(), until: Math.floor(Date.now() / 1000) + 3600 }] });
/** A read that writes nothing; what was written before it stands in its line. */
const look = (me: User) => me.get("/api/keys");

const kinds: Record<string, [rows: number, request: (me: User) => Promise<Answer>]> = {
  "a hit: none": [0, (me) => me.get()],
  "a 304: none": [0, (me) => me.get("/api/tasks", { "if-none-match": '"1-0"' })],
  "a miss that is kept: one": [1, (me) => me.get("/api/tasks/best")],
  "one that shows a higher version: one more": [2, (me) => {
    version += 1;
    return me.get("/api/tasks/best");
  }],
  "a read that is not kept: none": [0, look],
  "one that shows a higher version: one": [1, (me) => {
    version += 1;
    return look(me);
  }],
  "a miss of what may not be kept: none": [0, (me) => {
    said = { maxAge: 0 };
    return me.get("/api/tasks/best");
  }],
  "a change: two": [2, (me) => me.post(`${TASK}/complete`)],
  "a change without effect: two": [2, (me) => me.post(UNCHANGED)],
  "a change that the origin refuses: two": [2, (me) => {
    said = { status: 409 };
    return me.post(UNCHANGED);
  }],
  "a creation: two": [2, (me) => me.post("/api/tasks", { title: "x" })],
  "a creation under the caller's own key: three": [3, (me) => me.post("/api/tasks", { title: "x" }, { "idempotency-key": "k" })],
  "what is refused at the edge: none": [0, (me) => me.post("/api/tasks", "x", { "content-type": "text/plain" })],
  "what the gate answers itself: none": [0, (me) => me.get("/api/pending")],
  "the origin's news of a version: one": [1, async (me) => {
    version += 1;
    await invalidate({ user: me.said.sub, version }, edge.url);
    return look(me);
  }],
  "news that are known: none": [0, async (me) => {
    await invalidate({ user: me.said.sub, version }, edge.url);
    return look(me);
  }],
  "a revocation: one": [1, async (me) => {
    await invalidate({ user: me.said.sub, version: 0, effects: revoked(me) }, edge.url);
    return look(me);
  }],
};
test.each(Object.entries(kinds))("%s", async (_, [rows, request]) => {
  const me = await warm();
  // Nothing is left to be told from before, nor after.
  expect(await me.rows(await look(me))).toBe(0);
  expect(await me.rows(await request(me))).toBe(rows);
  said = {};
  expect(await me.rows(await look(me))).toBe(0);
});

test("the limit: one in twenty-one requests that come at once, whatever they are", async () => {
  const me = await warm();
  const refused = () => me.post("/api/tasks", "x", { "content-type": "text/plain" });
  const answers = await Promise.all(Array.from({ length: 60 }, (_, number) => (number % 2 ? me.get() : refused())));
  const rows = await Promise.all(answers.map((answer) => me.rows(answer)));
  // 61 requests with the first ones, less what time gives back.
  expect(rows.reduce((sum, one) => sum + one, 0)).toBe(2);
});

test("after an eviction: one, and none for what comes at an even pace", async () => {
  const me = await warm();
  await edge.restart();
  for (const rows of [1, 0, 0, 0]) {
    expect(await me.rows(await me.get())).toBe(rows);
    await sleep(500);
  }
});

test("a new gate: four once, and the answer that it keeps", async () => {
  origin.respond = data;
  origin.gateState = told({ generation: 1, revoked: [], version });
  const me = new User(edge);
  expect(await me.rows(await me.get())).toBe(5);
});

test("a change that was sent, lost and accepted: four with its alarm; its replay: three", async () => {
  const me = await warm();
  origin.respond = cut;
  const accepted = await me.call("PATCH", TASK, {}, { title: "x" });
  expect([accepted.status, await me.rows(accepted)]).toEqual([202, 4]);
  origin.respond = data;
  // What cannot wait goes after it, with two rows of its own.
  const removed = await me.call("DELETE", TASK);
  expect([removed.status, await me.rows(removed)]).toEqual([200, 5]);
});

test("a change that is accepted at once: one, and one for the alarm", async () => {
  const me = await warm();
  origin.respond = cut;
  origin.gateState = cut;
  const nobody = new User(edge);
  for (let times = 0; times < 3; times += 1) await nobody.get();
  const answers = await Promise.all([me.post(`${TASK}/complete`), me.post(`${TASK}/complete`)]);
  expect(answers.map((answer) => answer.status)).toEqual([202, 202]);
  const [first = 0, second = 0] = await Promise.all(answers.map((answer) => me.rows(answer)));
  expect(first + second).toBe(3);
});
