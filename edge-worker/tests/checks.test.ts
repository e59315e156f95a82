/** Routes, methods, sizes and types, in the contract's order: what is refused never reaches the origin. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { call, JSON_TYPE, problem } from "./harness/client.ts";
import { Origin } from "./harness/origin.ts";
import { PUBLIC_URL } from "./harness/settings.ts";
import { bearer, claims, token } from "./harness/token.ts";

const LIMIT = 256 * 1024;
const ID = "0198c5a0-0000-7000-8000-0000000000cc";
const auth = bearer(token(claims()));
const readOnly = bearer(token(claims({ scope: "tasks:read" })));
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

describe("an unknown path is 404", () => {
  for (const path of ["/api", "/api/tasks/", "/api//tasks", "/API/tasks", "/internal/gate-state", "/livez", `/api/tasks/${ID}/archive`, "/.env", "//", "/api/tasks/..%2f", "/api/tasks/%2e%2e"]) {
    test(path, async () => {
      const answer = await call("GET", path, { headers: auth });
      if (path === "/api/tasks/..%2f") {
        // One segment for the URL standard, so it is an id, and whether it is one is for the origin.
        expect(answer.status).toBe(200);
      } else {
        expect(answer.status).toBe(404);
        expect(problem(answer).request_id).toBe(answer.headers["x-request-id"]);
        expect(origin.seen).toHaveLength(0);
      }
    });
  }
});

test("a method that the route does not know is 405 with what it knows", async () => {
  for (const [method, path, allow] of [
    ["PUT", "/api/tasks", "GET, HEAD, POST, OPTIONS"],
    ["GET", "/api/auth/login", "POST, OPTIONS"],
    ["HEAD", "/api/auth/login", "POST, OPTIONS"],
    ["DELETE", "/api/tasks/best", "GET, HEAD, OPTIONS"],
    ["POST", `/api/tasks/${ID}`, "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"],
    ["PROPFIND", "/api/tasks", "GET, HEAD, POST, OPTIONS"],
    ["POST", "/health", "GET, HEAD, OPTIONS"],
  ] as const) {
    const answer = await call(method, path, { headers: auth });
    expect([method, path, answer.status, answer.headers.allow]).toEqual([method, path, 405, allow]);
  }
  expect(origin.seen).toHaveLength(0);
});

test("OPTIONS says what is allowed, without a credential and without CORS", async () => {
  const answer = await call("OPTIONS", `/api/tasks/${ID}`, {
    headers: { origin: "https://evil.example", "access-control-request-method": "PUT" },
  });
  expect(answer.status).toBe(204);
  expect(answer.text).toBe("");
  expect(answer.headers.allow).toBe("GET, HEAD, PUT, PATCH, DELETE, OPTIONS");
  expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  expect(origin.seen).toHaveLength(0);
});

describe("a body over 256 KiB is 413", () => {
  test("announced", async () => {
    const answer = await call("POST", "/api/tasks", { headers: { ...auth, ...JSON_TYPE }, body: "x".repeat(LIMIT + 1) });
    expect(answer.status).toBe(413);
    expect(problem(answer).detail).toContain(String(LIMIT));
  });

  test("unannounced", async () => {
    const answer = await call("POST", "/api/auth/register", {
      headers: JSON_TYPE,
      body: "x".repeat(LIMIT + 1),
      chunked: true,
    });
    expect(answer.status).toBe(413);
  });

  test("and one of just 256 KiB goes through, announced or not", async () => {
    const body = `"${"x".repeat(LIMIT - 2)}"`;
    for (const chunked of [false, true]) {
      const answer = await call("POST", "/api/tasks", { headers: { ...auth, ...JSON_TYPE }, body, chunked });
      expect(answer.status).toBe(200);
      expect(origin.takeOnly().body.toString()).toBe(body);
    }
  });
});

test("a body that is not declared as JSON is 415, and one without content needs no type", async () => {
  for (const type of [undefined, "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1"]) {
    const headers = type === undefined ? auth : { ...auth, "content-type": type };
    const answer = await call("POST", "/api/tasks", { headers, body: "{}" });
    expect([type, answer.status]).toEqual([type, 415]);
  }
  expect(origin.seen).toHaveLength(0);
  expect((await call("POST", `/api/tasks/${ID}/start`, { headers: auth })).status).toBe(200);
  expect((await call("POST", `/api/tasks/${ID}/start`, { headers: auth, body: "" })).status).toBe(200);
  const json = await call("POST", "/api/tasks", { headers: { ...auth, "content-type": "application/json; charset=utf-8" }, body: "{" });
  expect(json.status).toBe(200); // whether it is JSON is for the origin
});

test("a request that is wrong in several ways gets the first answer in the contract's order", async () => {
  const big = "x".repeat(LIMIT + 1);
  const text = { "content-type": "text/plain" };
  const oddKey = { "idempotency-key": "ü" };
  const status = async (method: string, path: string, headers: Record<string, string>, body: string) =>
    (await call(method, path, { headers: { ...headers }, body })).status;
  expect(await status("PATCH", "/api/nothing", text, big)).toBe(404);
  expect(await status("PATCH", "/api/tasks", text, big)).toBe(405);
  expect(await status("POST", "/api/tasks", text, big)).toBe(401);
  expect(await status("POST", "/api/tasks", { ...text, ...readOnly }, big)).toBe(403);
  expect(await status("POST", "/api/tasks", { ...text, ...auth }, big)).toBe(413);
  expect(await status("POST", "/api/tasks", { ...text, ...auth, ...oddKey }, "x")).toBe(415);
  expect(await status("POST", "/api/tasks", { ...JSON_TYPE, ...auth, ...oddKey }, "x")).toBe(422);
  expect(await status("PATCH", "/api/tasks/not-a-uuid", { ...text, ...auth }, "x")).toBe(415);
  expect(origin.seen).toHaveLength(0);
});

test("a GET with a body is served as if it had none", async () => {
  const answer = await call("GET", "/api/tasks", { headers: auth, body: "ignored" });
  expect(answer.status).toBe(200);
  expect(origin.takeOnly().body.length).toBe(0);
});

test("the page says what this address is, under a strict policy", async () => {
  const page = await call("GET", "/", { headers: { host: "evil.example" } });
  expect(page.status).toBe(200);
  expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
  expect(page.headers["content-security-policy"]).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; /);
  expect(page.text).toContain(`curl ${PUBLIC_URL}/api/auth/register`);
  expect(page.text).not.toContain("evil.example");
  const head = await call("HEAD", "/");
  expect([head.status, head.text]).toEqual([200, ""]);
  expect(origin.seen).toHaveLength(0);
});
