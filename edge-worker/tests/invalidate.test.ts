/** `POST /internal/invalidate`: only the origin, and only with a signature that covers everything, is listened to. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readdirSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { digest, invalidate, prepare, send, type Call } from "./harness/callback.ts";
import { call, problem } from "./harness/client.ts";
import { Origin } from "./harness/origin.ts";
import { CALLBACK_KEYS, SIGNING_KEY_ID, SIGNING_KEYS } from "./harness/settings.ts";
import { bearer, claims, token } from "./harness/token.ts";

let origin: Origin;
const HOUR = 3600;
const soon = () => Math.floor(Date.now() / 1000) + HOUR;

beforeAll(async () => {
  origin = await Origin.start();
});
afterEach(() => {
  origin.reset();
});
afterAll(async () => {
  await origin.close();
});

const use = async (said = claims()) => (await call("GET", "/api/tasks", { headers: bearer(token(said)) })).status;
const gates = () => readdirSync(join(inject("edgeState"), "v3", "do", "mindflow-edge-UserGate")).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name));

test("what it tells holds from the next request on, also for a gate that was never used", async () => {
  for (const used of [true, false]) {
    const me = claims();
    if (used) expect(await use(me)).toBe(200);
    const effects = { user: me.sub, revoke: [{ id: me.sid, until: soon() }] };
    const answer = await invalidate({ user: me.sub, version: 7, effects });
    expect([answer.status, answer.text]).toEqual([204, ""]);
    origin.seen.length = 0;
    expect(await use(me)).toBe(401);
    expect(origin.seen).toHaveLength(0);
    expect(await use({ ...me, sid: randomUUID() })).toBe(200);
  }
});

test("a raised generation and a deleted account", async () => {
  const me = claims();
  expect((await invalidate({ user: me.sub, version: 2, effects: { user: me.sub, generation: 2 } })).status).toBe(204);
  expect(await use(me)).toBe(401);
  expect(await use({ ...me, gen: 2 })).toBe(200);
  expect((await invalidate({ user: me.sub, version: 3, effects: { user: me.sub, purge: true } })).status).toBe(204);
  expect(await use({ ...me, gen: 9 })).toBe(401);
});

test("told twice, late, or without effects it changes nothing", async () => {
  const me = claims();
  const raise = (generation: number) => invalidate({ user: me.sub, version: 1, effects: { user: me.sub, generation } });
  for (const generation of [3, 3, 2, 1]) expect((await raise(generation)).status).toBe(204);
  expect((await invalidate({ user: me.sub, version: 1 })).status).toBe(204);
  expect(await use({ ...me, gen: 2 })).toBe(401);
  expect(await use({ ...me, gen: 3 })).toBe(200);
});

test("either key of a rotation is accepted", async () => {
  const me = claims();
  const second = prepare({ user: me.sub, version: 1 }, { keyid: "origin-2", secret: CALLBACK_KEYS["origin-2"] });
  expect((await send(second)).status).toBe(204);
});

describe("is 401 without a reason, and touches nothing:", () => {
  const victim = claims();
  const body = JSON.stringify({ user: victim.sub, version: 1, effects: { user: victim.sub, purge: true } });
  const now = Math.floor(Date.now() / 1000);
  const other = body.replace("true", "false");

  const signedWrong: Record<string, Partial<Call>> = {
    "the edge's own tag": { tag: "mindflow-edge" },
    "the edge's own key": { keyid: SIGNING_KEY_ID, secret: SIGNING_KEYS[SIGNING_KEY_ID] },
    "the edge's own key under our name": { secret: SIGNING_KEYS[SIGNING_KEY_ID] },
    "a key of the other name": { keyid: "origin-2" },
    "an unknown key": { keyid: "origin-3" },
    "another host": { authority: "origin.mindflow.test" },
    "the host that was connected to": { authority: new URL("http://127.0.0.1:1").host },
    "another method": { method: "POST", covered: ["@method"] },
    "another label": { label: "origin" },
    "no list": { covered: [] },
    "a caller who is anonymous": { fields: { "mindflow-caller": 'kind="anonymous"' } },
    "a caller who is a user": { fields: { "mindflow-caller": `kind="access", user="${victim.sub}", credential="${victim.sid}", scopes="account"` } },
    "a query that is not there": { query: "a=b" },
    "one from before": { created: now - 200, expires: now - 140 },
    "one from later": { created: now + 100, expires: now + 160 },
    "one that lives too long": { created: now, expires: now + 600 },
    "a nonce that is short": { nonce: "AAAA" },
    "accepted yesterday": { fields: { "mindflow-accepted-at": String((now - 90_000) * 1000) } },
  };
  const changedAfter: Record<string, { fields?: Record<string, string | undefined>; body?: string }> = {
    "no signature": { fields: { signature: undefined, "signature-input": undefined } },
    "half of one": { fields: { signature: undefined } },
    "a signature of zeros": { fields: { signature: `edge=:${Buffer.alloc(32).toString("base64")}:` } },
    "another body": { body: other },
    "another body and digest": { body: other, fields: { "content-digest": digest(other) } },
    "another request id": { fields: { "x-request-id": randomUUID() } },
    "another type": { fields: { "content-type": "application/json; charset=utf-8" } },
    "one more trusted field": { fields: { "mindflow-version": "9" } },
    "a field that should be covered": { fields: { "idempotency-key": "k" } },
    "a credential of somebody": { fields: bearer(token(victim)) },
    "no address": { fields: { "mindflow-client-address": undefined } },
  };

  afterEach(async () => {
    origin.reset();
    expect(await use(victim)).toBe(200);
  });

  test.each(Object.entries(signedWrong))("%s", async (name, changes) => {
    const prepared = prepare(body, changes);
    // A query that is signed and not sent.
    const answer = await send(name === "a query that is not there" ? { ...prepared, query: "" } : prepared, name === "a query that is not there" ? { fields: { "x-request-id": randomUUID() } } : {});
    expect(answer.status).toBe(401);
    expect(problem(answer).detail).toBe("This path answers signed calls of MindFlow's own server only.");
  });

  test.each(Object.entries(changedAfter))("%s", async (_, changes) => {
    const answer = await send(prepare(body), changes);
    expect(answer.status).toBe(401);
    expect(problem(answer).detail).toBe("This path answers signed calls of MindFlow's own server only.");
  });

  test("what was accepted before, once more", async () => {
    const harmless = prepare({ user: claims().sub, version: 1 });
    expect((await send(harmless)).status).toBe(204);
    expect((await send(harmless)).status).toBe(401);
  });

  test("and no gate is made of what nobody signed", async () => {
    const before = gates();
    const stranger = claims();
    const purge = { user: stranger.sub, version: 1, effects: { user: stranger.sub, purge: true } };
    expect((await send(prepare(purge, { secret: Buffer.alloc(40, 3).toString("base64") }))).status).toBe(401);
    expect(gates()).toEqual(before);
  });
});

test("the reason is in the log, and the body is not", async () => {
  const id = randomUUID();
  const me = claims();
  await send(prepare({ user: me.sub, version: 1 }, { fields: { "x-request-id": id }, tag: "mindflow-edge" }));
  const log = () => readFileSync(inject("edgeLog"), "utf8");
  await expect.poll(log).toMatch(new RegExp(`"request_id":"${id}".*"route":"/internal/invalidate","status":401.*"reason":"tag"`));
  expect(log()).not.toContain(me.sub);
});

test("a signed body that nobody understands is 422, and large ones are 413", async () => {
  const me = claims();
  for (const body of ["", "{}", "[]", "not json", { user: "x", version: 1 }, { user: me.sub }, { user: me.sub, version: 1, effects: { user: randomUUID(), purge: true } }]) {
    const answer = await invalidate(body);
    expect([body, answer.status]).toEqual([body, 422]);
  }
  expect(await use(me)).toBe(200);
  expect((await invalidate(JSON.stringify({ user: me.sub, version: 1, more: "x".repeat(256 * 1024) }))).status).toBe(413);
});

test("nothing else below /internal is there, and of this path only the method", async () => {
  for (const path of ["/internal", "/internal/", "/internal/gate-state", "/internal/invalidate/", "/internal/invalidate/x"]) {
    for (const method of ["GET", "POST"]) expect((await call(method, path, { headers: bearer(token(claims())) })).status).toBe(404);
  }
  const get = await call("GET", "/internal/invalidate");
  expect([get.status, get.headers.allow]).toEqual([405, "POST, OPTIONS"]);
  expect(origin.seen).toHaveLength(0);
});
