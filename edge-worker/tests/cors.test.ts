/** Pages of other sites: those on the list may read answers, with a token of their own and never with the cookie. */
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { call, type Answer } from "./harness/client.ts";
import { Edge } from "./harness/edge.ts";
import { Origin, refusal, told } from "./harness/origin.ts";
import { PUBLIC_URL, settings } from "./harness/settings.ts";
import { open } from "./harness/socket.ts";
import { bearer, token } from "./harness/token.ts";
import { User } from "./harness/user.ts";

const PAGE = { origin: "https://app.example" };
const OTHER_PAGE = { origin: "http://localhost:6274" };
const EVIL = { origin: "https://app.example.evil.test" };
const EXPOSED = "ETag, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id, Cache-Status";
let edge: Edge;
let origin: Origin;

beforeAll(async () => {
  origin = await Origin.start();
  edge = await Edge.start({ ...settings(inject("originPort")), CORS_ORIGINS: `${PAGE.origin}, ${OTHER_PAGE.origin}` });
}, 120_000);
afterEach(() => {
  origin.reset();
});
afterAll(async () => {
  await edge.close();
  await origin.close();
});

/** What a browser reads of an answer before a page may. */
function shared({ headers }: Answer): Record<string, unknown> {
  const read = Object.entries(headers).filter(([name]) => name.startsWith("access-control-"));
  return { vary: headers.vary, ...Object.fromEntries(read.map(([name, value]) => [name.slice("access-control-".length), value])) };
}

const toldTo = (page: { origin: string }) => ({ vary: "Origin", "allow-origin": page.origin, "expose-headers": EXPOSED });
const toldNobody = { vary: "Origin" };

describe("a page on the list", () => {
  test("is told before a request what it may send, without the origin being asked", async () => {
    const asked = { "access-control-request-method": "PATCH", "access-control-request-headers": "authorization,if-match" };
    const path = "/api/tasks/0198c5a0-0000-7000-8000-0000000000cc";
    const answer = await call("OPTIONS", path, { headers: { ...PAGE, ...asked }, edgeUrl: edge.url });
    expect(answer.status).toBe(204);
    expect(shared(answer)).toEqual({
      vary: "Origin",
      "allow-origin": PAGE.origin,
      "allow-methods": "GET, HEAD, PUT, PATCH, DELETE, OPTIONS",
      "allow-headers":
        "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Traceparent, X-Request-Id, MCP-Protocol-Version, Mcp-Method, Mcp-Name",
      "max-age": "600",
    });
    expect(origin.seen).toHaveLength(0);
  });

  test("may read what is fetched, what was kept for another page, and that nothing changed", async () => {
    const me = new User(edge);
    origin.respond = told({ items: [] }, { version: 1, maxAge: 60 });
    const first = await me.get("/api/tasks", PAGE);
    expect([first.status, shared(first)]).toEqual([200, toldTo(PAGE)]);
    const second = await me.get("/api/tasks", OTHER_PAGE);
    expect([second.headers["cache-status"], shared(second)]).toEqual(["mindflow-edge; hit", toldTo(OTHER_PAGE)]);
    const third = await me.get("/api/tasks");
    expect([third.headers["cache-status"], shared(third)]).toEqual(["mindflow-edge; hit", toldNobody]);
  });

  test("may read every refusal: the edge's, the gate's and the origin's", async () => {
    const me = new User(edge);
    for (const [status, answer] of [
      [401, call("GET", "/api/tasks", { headers: PAGE, edgeUrl: edge.url })],
      [404, call("GET", "/nothing", { headers: PAGE, edgeUrl: edge.url })],
      [405, me.call("DELETE", "/api/tasks/best", PAGE)],
      [415, me.post("/api/tasks", "{}", { ...PAGE, "content-type": "text/plain" })],
    ] as const) {
      const refused = await answer;
      expect([refused.status, shared(refused)]).toEqual([status, toldTo(PAGE)]);
    }
    origin.respond = (response, seen, request) => { refusal(422, seen)(response, seen, request); };
    const refused = await me.post("/api/tasks", {}, PAGE);
    expect([refused.status, shared(refused)]).toEqual([422, toldTo(PAGE)]);
  });

  test("may listen with a token of its own, and not with the cookie", async () => {
    const me = new User(edge);
    const cookie = { cookie: `__Host-mindflow=${token(me.said, { typ: "session+jwt" })}` };
    for (const [status, headers] of [
      [101, { ...bearer(me.token), ...PAGE }],
      [101, { "sec-websocket-protocol": `mindflow, ${me.token}`, ...PAGE }],
      [101, { ...bearer(me.token), origin: PUBLIC_URL }],
      [101, { ...cookie, origin: PUBLIC_URL }],
      [403, { ...cookie, ...PAGE }],
      [403, { ...bearer(me.token), ...EVIL }],
    ] as const) {
      const answer = await open(edge.url, "/api/live", headers);
      answer.socket?.drop();
      expect([answer.status, headers]).toEqual([status, headers]);
    }
  });

  test("changes nothing with the cookie, and is never told that it may use it", async () => {
    const me = new User(edge);
    const cookie = { cookie: `__Host-mindflow=${token(me.said, { typ: "session+jwt" })}` };
    const changed = await call("POST", "/api/tasks", { headers: { ...cookie, ...PAGE, "content-type": "application/json" }, body: "{}", edgeUrl: edge.url });
    expect([changed.status, shared(changed)]).toEqual([403, toldTo(PAGE)]);
    const read = await call("GET", "/api/tasks", { headers: { ...cookie, ...PAGE }, edgeUrl: edge.url });
    expect([read.status, shared(read)]).toEqual([200, toldTo(PAGE)]);
  });
});

test("any other page is told nothing, on whatever it asks", async () => {
  const me = new User(edge);
  for (const page of [EVIL, { origin: "null" }, { origin: `${PAGE.origin}/` }, { origin: PUBLIC_URL }]) {
    for (const answer of [await me.get("/api/tasks", page), await me.call("OPTIONS", "/api/tasks", page), await call("GET", "/health", { headers: page, edgeUrl: edge.url })]) {
      expect([page, shared(answer)]).toEqual([page, toldNobody]);
    }
  }
});
