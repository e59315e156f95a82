/** What comes back: the origin's answer, less what is for the gate only, plus what every answer carries. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { call, JSON_TYPE } from "./harness/client.ts";
import { json, Origin } from "./harness/origin.ts";
import { bearer, claims, token } from "./harness/token.ts";

const ID = "0198c5a0-0000-7000-8000-0000000000cc";
const auth = bearer(token(claims()));
let origin: Origin;

beforeAll(async () => {
  origin = await Origin.start();
});
afterEach(() => {
  origin.reset();
});
afterAll(async () => {
  await origin.close();
});

test("only the listed fields of the origin come back", async () => {
  origin.respond = json({ id: ID }, 201, {
    etag: '"1-0"',
    location: `/api/tasks/${ID}`,
    "idempotency-replayed": "true",
    "retry-after": "7",
    "cache-control": "public, max-age=600",
    "mindflow-version": "9",
    "mindflow-epoch": "e",
    "mindflow-cache": "max-age=60",
    "mindflow-gate-effects": JSON.stringify({ user: ID }),
    server: "axum",
    "set-cookie": "a=b",
    "x-internal": "x",
    "access-control-allow-origin": "*",
  });
  const answer = await call("POST", "/api/tasks", { headers: { ...auth, ...JSON_TYPE }, body: "{}" });
  expect(answer.status).toBe(201);
  expect(JSON.parse(answer.text)).toEqual({ id: ID });
  expect(answer.headers).toMatchObject({
    "content-type": "application/json",
    etag: '"1-0"',
    location: `/api/tasks/${ID}`,
    "idempotency-replayed": "true",
    "retry-after": "7",
    "cache-control": "private, no-cache",
    "cache-status": "mindflow-edge; fwd=bypass",
    "x-content-type-options": "nosniff",
  });
  const hidden = Object.keys(answer.headers).filter(
    (name) => name.startsWith("mindflow-") || name.startsWith("access-control-") || ["server", "set-cookie", "x-internal"].includes(name),
  );
  expect(hidden).toEqual([]);
});

test("an anonymous answer is not stored anywhere", async () => {
  const answer = await call("POST", "/api/auth/login", { headers: JSON_TYPE, body: "{}" });
  expect(answer.headers["cache-control"]).toBe("no-store");
  expect(answer.headers["cache-status"]).toBeUndefined();
});

test("Server-Timing tells where the time went, but not how long a password took", async () => {
  origin.respond = json({}, 200, { "server-timing": "total;dur=3, db;dur=1.5" });
  const tasks = await call("GET", "/api/tasks", { headers: auth });
  expect(tasks.headers["server-timing"]).toMatch(/^edge;dur=[\d.]+, gate;dur=[\d.]+, origin;dur=[\d.]+, db;dur=1\.5$/);
  const login = await call("POST", "/api/auth/login", { headers: JSON_TYPE, body: "{}" });
  expect(login.headers["server-timing"]).toMatch(/^edge;dur=[\d.]+$/);
  const me = await call("GET", "/api/auth/me", { headers: auth });
  expect(me.headers["server-timing"]).toMatch(/^edge;dur=[\d.]+$/);
});

test("every answer carries the request id and the security fields", async () => {
  const answers = [
    await call("GET", "/"),
    await call("GET", "/health"),
    await call("GET", "/nothing"),
    await call("OPTIONS", "/api/tasks"),
    await call("GET", "/api/tasks"),
    await call("GET", "/api/tasks", { headers: auth }),
    await call("POST", "/api/auth/login", { headers: JSON_TYPE, body: "{}" }),
  ];
  for (const { headers } of answers) {
    expect(headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers["server-timing"]).toMatch(/^edge;dur=/);
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["strict-transport-security"]).toBe("max-age=31536000");
  }
});

test("If-None-Match is answered here, and the origin is asked without it", async () => {
  origin.respond = json({ id: ID }, 200, { etag: '"3-0"' });
  for (const [condition, status] of [
    ['"3-0"', 304],
    ['W/"3-0"', 304],
    ['"1-0", "3-0"', 304],
    ["*", 304],
    ['"3"', 200],
    ['"3-1"', 200],
  ] as const) {
    const answer = await call("GET", `/api/tasks/${ID}`, { headers: { ...auth, "if-none-match": condition } });
    expect([condition, answer.status]).toEqual([condition, status]);
    expect(answer.headers.etag).toBe('"3-0"');
    expect(answer.headers["cache-control"]).toBe("private, no-cache");
    if (status === 304) expect([answer.text, answer.headers["content-type"]]).toEqual(["", undefined]);
    expect(origin.takeOnly().fields.some(([name]) => name === "if-none-match")).toBe(false);
  }
});

test("HEAD has the fields of GET and no body", async () => {
  origin.respond = json({ id: ID }, 200, { etag: '"3-0"', "content-length": String(JSON.stringify({ id: ID }).length) });
  const head = await call("HEAD", `/api/tasks/${ID}`, { headers: auth });
  expect([head.status, head.text, head.headers.etag]).toEqual([200, "", '"3-0"']);
  expect(head.headers["content-type"]).toBe("application/json");
});

test("a redirect is the caller's to follow", async () => {
  for (const [method, path, headers, body] of [
    ["GET", "/api/tasks", auth, undefined],
    ["POST", "/api/auth/login", JSON_TYPE, "{}"],
  ] as const) {
    origin.respond = (response) => response.writeHead(302, { location: "/api/tasks/best" }).end();
    const answer = await call(method, path, { headers, ...(body === undefined ? {} : { body }) });
    expect([answer.status, answer.headers.location]).toEqual([302, "/api/tasks/best"]);
    origin.takeOnly();
  }
});

test("answers without a body, of several chunks, and of many bytes pass", async () => {
  origin.respond = (response) => response.writeHead(204).end();
  const none = await call("DELETE", `/api/tasks/${ID}`, { headers: auth });
  expect([none.status, none.text]).toEqual([204, ""]);

  const big = Buffer.alloc(3_000_000, "ü");
  origin.respond = (response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.write(big.subarray(0, 1_000_001));
    setTimeout(() => response.end(big.subarray(1_000_001)), 50);
  };
  const answer = await call("GET", "/api/tasks", { headers: auth });
  expect(Buffer.from(answer.text).equals(big)).toBe(true);
});

test("the origin's problems pass as they are", async () => {
  for (const status of [400, 401, 404, 409, 412, 422, 429, 500, 503]) {
    const said = { type: "urn:mindflow:problem:x", status };
    origin.respond = json(said, status, { "content-type": "application/problem+json", "www-authenticate": "Bearer" });
    const answer = await call("GET", "/api/tasks", { headers: auth });
    expect([answer.status, JSON.parse(answer.text)]).toEqual([status, said]);
  }
});
