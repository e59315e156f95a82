/** The limit of one user's requests, with the number that callers meet: 120 a minute, exact wherever they come from. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { call, problem, type Answer } from "./harness/client.ts";
import { Edge } from "./harness/edge.ts";
import { json, Origin } from "./harness/origin.ts";
import { settings } from "./harness/settings.ts";
import { bearer, claims, token } from "./harness/token.ts";
import { User } from "./harness/user.ts";

const LIMIT = 120;
const INTERVAL_MS = 500;
const LEASE = 20;
const ADDRESS_LIMIT = 100;
let edge: Edge;
let origin: Origin;

beforeAll(async () => {
  origin = await Origin.start();
  edge = await Edge.start({ ...settings(inject("originPort")), USER_REQUESTS_PER_MINUTE: String(LIMIT) }, {});
}, 120_000);
afterAll(async () => {
  await edge.close();
  await origin.close();
});
afterEach(() => {
  origin.reset();
});

const kept = () => json({ items: [] }, 200, { "mindflow-version": "1", "mindflow-cache": "max-age=60", etag: '"1-0"' });
const atOnce = (times: number, request: () => Promise<Answer>) => Promise.all(Array.from({ length: times }, request));
const granted = (answers: Answer[]) => answers.filter((answer) => answer.status !== 429);
const flown = (sinceMs: number) => (Date.now() - sinceMs) / INTERVAL_MS;

/** `r` and `t` of RateLimit. */
function rateLimit(answer: Answer): { left: number; seconds: number } {
  const [, left, seconds] = /^"user";r=(\d+);t=(\d+)$/.exec(String(answer.headers["ratelimit"])) ?? [];
  return { left: Number(left), seconds: Number(seconds) };
}

function expectRefused(answer: Answer): number {
  const { left, seconds } = rateLimit(answer);
  expect([answer.status, left, answer.headers["retry-after"]]).toEqual([429, 0, String(seconds)]);
  expect(problem(answer)).toMatchObject({ type: "urn:mindflow:problem:rate-limited", request_id: answer.headers["x-request-id"] });
  expect(seconds).toBeGreaterThanOrEqual(1);
  return seconds;
}

describe("of 300 requests at once", () => {
  test("120 pass and what time gives, each says how many are left, and the rest are told when to come again", async () => {
    origin.respond = kept();
    const me = new User(edge);
    const started = Date.now();
    const answers = await atOnce(300, () => me.get());
    const passed = granted(answers);
    expect(passed.length).toBeGreaterThanOrEqual(LIMIT);
    expect(passed.length).toBeLessThanOrEqual(LIMIT + flown(started));
    for (const answer of answers) expect(answer.headers["ratelimit-policy"]).toBe(`"user";q=${LIMIT};w=60`);
    // However they were ordered: each number down to 0 was told once, but for those that time gave back.
    const left = passed.map((answer) => rateLimit(answer).left);
    for (let number = 0; number < LIMIT; number += 1) expect(left).toContain(number);
    const waits = answers.filter((answer) => answer.status === 429).map(expectRefused);
    expect(Math.max(...waits)).toBe(1);

    // Who waits as long as told is let in, and nobody else was touched.
    const other = rateLimit(await new User(edge).get());
    expect(other).toEqual({ left: LIMIT - 1, seconds: 1 });
    await sleep(1_000);
    expect((await me.get()).status).toBe(200);
  });

  test("what passes later is what time gives", async () => {
    origin.respond = kept();
    const me = new User(edge);
    const started = Date.now();
    let passed = granted(await atOnce(160, () => me.get())).length;
    const emptied = Date.now();
    for (let round = 0; round < 4; round += 1) {
      await sleep(700);
      const before = flown(emptied);
      passed += granted(await atOnce(20, () => me.get())).length;
      // A request is counted somewhere between being sent and being answered.
      expect(passed).toBeGreaterThanOrEqual(LIMIT + Math.floor(before) - 2);
      expect(passed).toBeLessThanOrEqual(LIMIT + flown(started));
    }
  });
});

test("an eviction gives no fresh burst, and costs no more than 20 requests", async () => {
  origin.respond = kept();
  const me = new User(edge);
  const spent = 60;
  const started = Date.now();
  expect(granted(await atOnce(spent, () => me.get()))).toHaveLength(spent);
  const counted = Date.now();
  await edge.restart();
  const least = LIMIT - Math.max(0, spent - Math.floor(flown(counted))) - LEASE - 1;
  const passed = granted(await atOnce(300, () => me.get())).length;
  expect(spent + passed).toBeLessThanOrEqual(LIMIT + flown(started));
  expect(passed).toBeGreaterThanOrEqual(least);
  // And once more, with nothing left at all.
  await edge.restart();
  const again = granted(await atOnce(300, () => me.get())).length;
  expect(spent + passed + again).toBeLessThanOrEqual(LIMIT + flown(started));
}, 180_000);

describe("counted are", () => {
  const large = "x".repeat(300_000);
  const kinds: Record<string, [status: number, request: (me: User) => Promise<Answer>]> = {
    "hits": [200, (me) => me.get()],
    "answers that nothing changed": [304, (me) => me.get("/api/tasks", { "if-none-match": '"1-0"' })],
    "reads that are not kept": [200, (me) => me.get("/api/auth/me")],
    "what the credential is not enough for": [403, (me) => me.again({ scope: "tasks:read" }).post("/api/tasks")],
    "bodies that are too large": [413, (me) => me.post("/api/tasks", large)],
    "bodies of another type": [415, (me) => me.post("/api/tasks", "{}", { "content-type": "text/plain" })],
    "fields that cannot be sent on": [422, (me) => me.post("/api/tasks", {}, { "idempotency-key": "\u00fc" })],
    "sockets that are none": [400, (me) => me.get("/api/live")],
    "what the gate answers itself": [200, (me) => me.get("/api/pending")],
  };
  test.each(Object.entries(kinds))("%s", async (_, [status, request]) => {
    origin.respond = kept();
    const me = new User(edge);
    const started = Date.now();
    expect((await me.get()).status).toBe(200);
    const times = 12;
    for (let number = 1; number <= times; number += 1) {
      const answer = await request(me);
      expect([answer.status, answer.headers["ratelimit-policy"]]).toEqual([status, `"user";q=${LIMIT};w=60`]);
      const { left } = rateLimit(answer);
      expect(left).toBeGreaterThanOrEqual(LIMIT - 1 - number);
      expect(left).toBeLessThanOrEqual(LIMIT - 1 - number + flown(started));
    }
  });
});

test("a cookie from a foreign page is refused by where it comes from, and counted", async () => {
  const me = new User(edge);
  const cookie = `__Host-mindflow=${token(me.said, { typ: "session+jwt" })}`;
  const send = () => call("POST", "/api/tasks", { headers: { cookie, origin: "https://evil.example" }, edgeUrl: edge.url });
  const started = Date.now();
  for (let number = 1; number <= 12; number += 1) {
    const answer = await send();
    expect([answer.status, answer.headers["ratelimit-policy"]]).toEqual([403, `"user";q=${LIMIT};w=60`]);
    expect(rateLimit(answer).left).toBeLessThanOrEqual(LIMIT - number + flown(started));
  }
  expect(origin.seen).toHaveLength(0);
});

test("the checks come in the contract's order: credential, scope, limit, size, type", async () => {
  origin.respond = kept();
  const me = new User(edge);
  const reader = me.again({ scope: "tasks:read" });
  const large = "x".repeat(300_000);
  const plain = { "content-type": "text/plain" };
  expect((await me.post("/api/tasks", large, plain)).status).toBe(413);
  expect((await me.post("/api/tasks", "x", plain)).status).toBe(415);

  // Nobody can be sure to come between two that time gives, so each is asked until the bucket is empty.
  const empty = async () => {
    while ((await me.get()).status !== 429);
  };
  const over = async (request: () => Promise<Answer>): Promise<number> => {
    await empty();
    return (await request()).status;
  };
  const bad = bearer("garbage");
  expect(await over(() => call("POST", "/api/tasks", { headers: { ...bad, "cf-connecting-ip": "203.0.113.200" }, body: large, edgeUrl: edge.url }))).toBe(401);
  expect(await over(() => reader.post("/api/tasks", large, plain))).toBe(403);
  for (const request of [() => me.post("/api/tasks", large, plain), () => me.post("/api/tasks", "x", plain), () => me.post("/api/tasks", "{")]) {
    await expect.poll(() => over(request)).toBe(429);
  }
  expect(origin.seen.every((seen) => seen.method === "GET")).toBe(true);
}, 60_000);

test("a bad token is charged to its address alone: no gate is made, and no user's count is touched", async () => {
  const gates = () => readdirSync(join(edge.state, "v3", "do", "mindflow-edge-UserGate")).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name));
  origin.respond = kept();
  const me = new User(edge);
  await me.get();
  await sleep(INTERVAL_MS);
  const before = gates();
  const forged = (said = claims()) => `${token(said).slice(0, -8)}AAAAAAAA`;
  const from = (address: string, text: string) =>
    call("GET", "/api/tasks", { headers: { ...bearer(text), "cf-connecting-ip": address }, edgeUrl: edge.url });
  for (let number = 0; number < 10; number += 1) {
    expect((await from("203.0.113.201", forged())).status).toBe(401);
    const answer = await from("203.0.113.201", forged(me.said));
    expect([answer.status, answer.headers["ratelimit"], answer.headers["ratelimit-policy"]]).toEqual([401, undefined, undefined]);
  }
  expect(gates()).toEqual(before);
  expect(rateLimit(await me.get())).toEqual({ left: LIMIT - 1, seconds: 1 });
  // What is charged to an address is; its minutes are the clock's, so two of them have to be full at the most.
  const statuses: number[] = [];
  for (let number = 0; number < 2 * ADDRESS_LIMIT + 1 && !statuses.includes(429); number += 1) statuses.push((await from("203.0.113.201", forged(me.said))).status);
  expect(statuses).toContain(429);
  expect(rateLimit(await me.get()).left).toBeGreaterThanOrEqual(LIMIT - 2);
}, 60_000);
