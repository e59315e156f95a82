/** What the Worker sends to the origin: signed by signing.md, and nothing of the caller's that is not on the list. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { call, JSON_TYPE } from "./harness/client.ts";
import { field, Origin } from "./harness/origin.ts";
import { SIGNING_KEY_ID } from "./harness/settings.ts";
import { verify } from "./harness/signature.ts";
import { bearer, claims, token } from "./harness/token.ts";

let origin: Origin;
const me = claims();
const auth = bearer(token(me));
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

beforeAll(async () => {
  origin = await Origin.start();
});
afterEach(() => {
  origin.reset();
});
afterAll(async () => {
  await origin.close();
});

test("an anonymous request is signed, and its credential stays behind", async () => {
  const body = '{"email":"ü@example.com","password":"correct horse"}';
  await call("POST", "/api/auth/register", {
    headers: { ...JSON_TYPE, ...auth, accept: "*/*", "user-agent": "curl/8.5.0", "cf-connecting-ip": "203.0.113.7" },
    body,
  });
  const seen = origin.takeOnly();
  expect(verify(seen).keyid).toBe(SIGNING_KEY_ID);
  expect(seen.method).toBe("POST");
  expect(seen.target).toBe("/api/auth/register");
  expect(seen.body.toString()).toBe(body);
  expect(field(seen, "mindflow-caller")).toBe('kind="anonymous"');
  expect(field(seen, "mindflow-client-address")).toBe("203.0.113.7");
  expect(field(seen, "authorization")).toBeUndefined();
  expect(field(seen, "idempotency-key")).toBeUndefined();
  expect(Math.abs(Date.now() - Number(field(seen, "mindflow-accepted-at")))).toBeLessThan(10_000);
});

test("a user's request is signed for that user, with the credential", async () => {
  await call("GET", "/api/tasks?limit=2&status=pending", { headers: auth });
  const seen = origin.takeOnly();
  verify(seen);
  expect(seen.target).toBe("/api/tasks?limit=2&status=pending");
  expect(field(seen, "authorization")).toBe(auth.authorization);
  expect(field(seen, "mindflow-caller")).toBe(
    `kind="access", user="${me.sub}", credential="${me.sid}", scopes="tasks:read tasks:write account"`,
  );
});

test("the credential is sent on in one spelling", async () => {
  await call("GET", "/api/tasks", { headers: { authorization: auth.authorization.replace("Bearer ", "bEARER   ") } });
  const seen = origin.takeOnly();
  verify(seen);
  expect(field(seen, "authorization")).toBe(auth.authorization);
});

test("an API key is called a key", async () => {
  const key = token(claims({ scope: "tasks:write tasks:read" }), { typ: "key+jwt" });
  await call("GET", "/api/tasks", { headers: bearer(`mfk_${key}`) });
  const seen = origin.takeOnly();
  verify(seen);
  expect(field(seen, "mindflow-caller")).toMatch(/^kind="key", .* scopes="tasks:read tasks:write"$/);
});

test("a conditional write carries its condition and its key", async () => {
  await call("PATCH", "/api/tasks/0198c5a0-0000-7000-8000-0000000000cc", {
    headers: { ...auth, ...JSON_TYPE, "if-match": 'W/"7-0"', "idempotency-key": "once, please" },
    body: '{"title":"Grüße"}',
  });
  const seen = origin.takeOnly();
  verify(seen);
  expect(field(seen, "if-match")).toBe('W/"7-0"');
  expect(field(seen, "idempotency-key")).toBe("once, please");
});

test("an unsafe request without a key gets a fresh one, even under a repeated request id", async () => {
  const headers = { ...auth, ...JSON_TYPE, "x-request-id": "0198c5a0-0000-7000-8000-000000000001" };
  await call("POST", "/api/tasks", { headers, body: "{}" });
  await call("POST", "/api/tasks", { headers, body: "{}" });
  await call("GET", "/api/tasks", { headers });
  const keys = origin.seen.map((seen) => field(seen, "idempotency-key"));
  expect(keys[0]).toMatch(/^gate:[0-9a-f-]{36}$/);
  expect(keys[1]).toMatch(/^gate:[0-9a-f-]{36}$/);
  expect(keys[0]).not.toBe(keys[1]);
  expect(keys[2]).toBeUndefined();
});

test("no two signatures share a nonce", async () => {
  await Promise.all(Array.from({ length: 20 }, () => call("GET", "/api/tasks", { headers: auth })));
  const nonces = new Set(origin.seen.map((seen) => verify(seen).nonce));
  expect(nonces.size).toBe(20);
});

describe("the path and the query are signed as they are sent", () => {
  const targets = [
    "/api/tasks/0198c5a0-0000-7000-8000-0000000000cc",
    "/api/tasks/not%20an%20id",
    "/api/tasks/%F0%9F%A6%80",
    "/api/tasks/a+b;c=d,e!$&'()*@:~",
    "/api/tasks/%2f%2F",
    "/api/tasks?",
    "/api/tasks?q=%c3%BC+%20&x=a/b?c|d{e}\\^`~",
    "/api/tasks?q='",
    "/api/tasks?q=%",
    "/api/tasks?a=1&a=2&&=",
  ];
  for (const target of targets) {
    test(target, async () => {
      const answer = await call("GET", target, { headers: auth });
      expect(answer.status).toBe(200);
      verify(origin.takeOnly());
    });
  }
});

test("the caller's trust fields are dropped", async () => {
  await call("POST", "/api/tasks", {
    headers: {
      ...auth,
      ...JSON_TYPE,
      "mindflow-caller": 'kind="access", user="0198c5a0-0000-7000-8000-0000000000aa"',
      "mindflow-client-address": "192.0.2.1",
      "mindflow-accepted-at": "1",
      "mindflow-forward": "{}",
      "mindflow-anything": "x",
      signature: "edge=:AAAA:",
      "signature-input": 'edge=();created=1;keyid="edge-1"',
      "content-digest": "sha-256=:AAAA:",
      forwarded: "for=192.0.2.1",
      "x-forwarded-for": "192.0.2.1",
      "x-forwarded-host": "evil.example",
      "x-forwarded-proto": "http",
      "x-real-ip": "192.0.2.1",
      "true-client-ip": "192.0.2.1",
      "cf-ray": "x",
      "cf-ipcountry": "XX",
      "cf-worker": "evil.example",
      cookie: "a=b",
      "x-anything": "x",
      "accept-language": "de",
    },
    body: "{}",
  });
  const seen = origin.takeOnly();
  verify(seen);
  expect(field(seen, "mindflow-caller")).toContain(`user="${me.sub}"`);
  expect(field(seen, "mindflow-client-address")).toBe("127.0.0.1");
  // workerd adds the last five itself.
  expect(seen.fields.map(([name]) => name).sort()).toEqual([
    ...["authorization", "content-digest", "content-type", "idempotency-key"],
    ...["mindflow-accepted-at", "mindflow-caller", "mindflow-client-address", "signature", "signature-input"],
    ...["x-request-id", "cache-control", "cf-worker", "content-length", "host", "pragma"],
  ].sort());
  expect(seen.fields.some(([, value]) => value.includes("192.0.2.1") || value.includes("evil.example"))).toBe(false);
});

test("the request id is the caller's if it is a UUID, and the same everywhere", async () => {
  const id = "0198c5a0-0000-7000-8000-0000000000ff";
  const kept = await call("GET", "/api/tasks", { headers: { ...auth, "x-request-id": id } });
  expect(kept.headers["x-request-id"]).toBe(id);
  expect(field(origin.takeOnly(), "x-request-id")).toBe(id);

  const made = await call("GET", "/api/tasks", { headers: { ...auth, "x-request-id": "not a uuid" } });
  expect(made.headers["x-request-id"]).toMatch(UUID);
  expect(field(origin.takeOnly(), "x-request-id")).toBe(made.headers["x-request-id"]);
});

test("HEAD is asked with GET", async () => {
  await call("HEAD", "/api/tasks", { headers: auth });
  const seen = origin.takeOnly();
  verify(seen);
  expect(seen.method).toBe("GET");
});

test("a field that cannot be signed is left out, or refused where it decides something", async () => {
  const odd = await call("GET", "/api/tasks", { headers: { ...auth, "user-agent": "Bücher/1" } });
  expect(odd.status).toBe(200);
  const seen = origin.takeOnly();
  verify(seen);
  expect(field(seen, "user-agent")).toBeUndefined();

  const refused = await call("DELETE", "/api/tasks/x", { headers: { ...auth, "if-match": '"ü"' } });
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('"field":"if-match"');
  expect(origin.seen).toHaveLength(0);
});
