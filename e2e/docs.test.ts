// The description of the API and the page of it, as everybody gets them from the Worker.
import { expect, test } from "vitest";
import { call } from "./client.ts";
import { edgeUrl } from "./stack.ts";

test("the OpenAPI document is public, cacheable and names this installation", async () => {
  const answer = await call("GET", "/openapi.json");
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toBe("application/json");
  expect(answer.headers.get("cache-control")).toBe("public, max-age=300");
  const document = answer.json() as { openapi: string; servers: { url: string }[]; paths: Record<string, unknown> };
  expect(document.openapi).toBe("3.1.0");
  expect(document.servers).toEqual([{ url: edgeUrl }]);
  expect(Object.keys(document.paths)).toContain("/api/tasks/best");
});

test("the page has a strict policy and loads nothing", async () => {
  const answer = await call("GET", "/docs");
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(answer.headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'sha256-[^']+';/);
  expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
  expect(answer.text).not.toMatch(/<script|src=|<link/);
});

test.each(["/openapi.json", "/docs"])("%s is 304 while it is the same, and HEAD has no body", async (path) => {
  const first = await call("GET", path);
  const etag = first.headers.get("etag") ?? "";
  const again = await call("GET", path, { headers: { "If-None-Match": etag } });
  expect([again.status, again.headers.get("etag"), again.text]).toEqual([304, etag, ""]);
  const head = await call("HEAD", path);
  expect([head.status, head.headers.get("etag"), head.text]).toEqual([200, etag, ""]);
  // A credential that does not hold does not matter where none is needed.
  expect((await call("GET", path, { token: "x" })).status).toBe(200);
});
