/** Limits by client address, with wrangler.toml's own numbers. Locally they are exact, and their minutes the clock's. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { invalidate } from "./harness/callback.ts";
import { call, JSON_TYPE, problem, type Answer } from "./harness/client.ts";
import { Edge } from "./harness/edge.ts";
import { json, Origin } from "./harness/origin.ts";
import { settings } from "./harness/settings.ts";
import { bearer, claims, token } from "./harness/token.ts";

const ADDRESS = 100;
const ENTRY = 10;
/** A test takes less than that. */
const ROOM_MS = 15_000;
let edge: Edge;
let origin: Origin;
let hosts = 0;

beforeAll(async () => {
  origin = await Origin.start();
  edge = await Edge.start(settings(inject("originPort")), {});
}, 120_000);
afterAll(async () => {
  await edge.close();
  await origin.close();
});
beforeEach(async () => {
  const left = 60_000 - (Date.now() % 60_000);
  if (left < ROOM_MS) await sleep(left);
}, 30_000);
afterEach(() => {
  origin.reset();
});

/** An address that no test has used. */
const newAddress = () => `198.51.100.${++hosts}`;
const from = (address: string, method: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<Answer> =>
  call(method, path, { headers: { "cf-connecting-ip": address, ...headers }, edgeUrl: edge.url, ...(body === undefined ? {} : { body }) });
const many = async (times: number, request: (index: number) => Promise<Answer>): Promise<number[]> => {
  const answers = await Promise.all(Array.from({ length: times }, (_, index) => request(index)));
  return answers.map((answer) => answer.status);
};
const count = (statuses: number[], status: number) => statuses.filter((found) => found === status).length;

function expectTooMany(answer: Answer): void {
  expect([answer.status, answer.headers["retry-after"], answer.headers["www-authenticate"]]).toEqual([429, "60", undefined]);
  expect(problem(answer).type).toBe("urn:mindflow:problem:rate-limited");
  expect(answer.headers["cache-control"]).toBe("no-store");
}

const good = bearer(token(claims()));
const bad = bearer("garbage");

describe("requests without a valid credential", () => {
  test("are 401 a hundred times a minute, then 429, whatever is wrong with them", async () => {
    const address = newAddress();
    const me = claims();
    await invalidate({ user: me.sub, version: 1, effects: { user: me.sub, purge: true } }, edge.url);
    const wrong: [string, string, Record<string, string>][] = [
      ["GET", "/api/tasks", {}],
      ["GET", "/api/tasks", bad],
      ["GET", "/api/tasks", bearer(token(me))],
      ["GET", "/api/tasks", { cookie: "__Host-mindflow=a.b.c" }],
      ["POST", "/api/auth/refresh", {}],
      ["POST", "/internal/invalidate", {}],
    ];
    const statuses = await many(ADDRESS, (index) => from(address, ...(wrong[index % wrong.length] ?? ["GET", "/", {}])));
    expect(count(statuses, 401)).toBe(ADDRESS);
    for (const [method, path, headers] of wrong) expectTooMany(await from(address, method, path, headers));
    expect(origin.seen).toHaveLength(0);

    // A good credential is not of that address' account, and another address is another.
    expect((await from(address, "GET", "/api/tasks", good)).status).toBe(200);
    expect((await from(newAddress(), "GET", "/api/tasks", bad)).status).toBe(401);
  });

  test("and what everybody may read shares that limit, but for the start page and the health report", async () => {
    const address = newAddress();
    const paths = ["/openapi.json", "/docs", "/.well-known/jwks.json"];
    const statuses = await many(ADDRESS, (index) => from(address, "GET", paths[index % paths.length] ?? ""));
    expect(count(statuses, 200)).toBe(ADDRESS);
    for (const path of paths) expectTooMany(await from(address, "GET", path));
    expectTooMany(await from(address, "POST", "/api/auth/confirm-email", JSON_TYPE, "{}"));
    expectTooMany(await from(address, "GET", "/api/tasks"));
    for (const path of ["/", "/health"]) expect((await from(address, "GET", path)).status).toBeLessThan(504);
    expect((await from(address, "GET", "/nothing")).status).toBe(404);
    expect((await from(address, "PUT", "/docs")).status).toBe(405);
    expect((await from(address, "OPTIONS", "/docs")).status).toBe(204);
  });

  test("are counted by the /64 of an IPv6 address", async () => {
    const network = `2001:db8:${(++hosts).toString(16)}:1`;
    const statuses = await many(ADDRESS, (index) => from(`${network}:${index.toString(16)}::1`, "GET", "/api/tasks", bad));
    expect(count(statuses, 401)).toBe(ADDRESS);
    expectTooMany(await from(`${network}:ffff::2`, "GET", "/api/tasks", bad));
    expect((await from(network.replace(/1$/, "2") + "::1", "GET", "/api/tasks", bad)).status).toBe(401);
  });

  test("are none of those with one, however many", async () => {
    const address = newAddress();
    const headers = bearer(token(claims({ scope: "tasks:read" })));
    const cookie = { cookie: `__Host-mindflow=${token(claims(), { typ: "session+jwt" })}` };
    expect(count(await many(ADDRESS + 20, () => from(address, "GET", "/api/tasks", headers)), 200)).toBe(ADDRESS + 20);
    expect(count(await many(ADDRESS, () => from(address, "POST", "/api/tasks", headers)), 403)).toBe(ADDRESS);
    expect(count(await many(20, () => from(address, "POST", "/api/tasks", cookie)), 403)).toBe(20);
    expect((await from(address, "GET", "/api/tasks", bad)).status).toBe(401);
  });

  test("of which the origin finds out are counted too", async () => {
    const address = newAddress();
    const me = claims();
    origin.respond = json({}, 401, { "content-type": "application/problem+json" });
    const statuses = await many(ADDRESS, () => from(address, "GET", "/api/tasks", bearer(token(me))));
    expect(count(statuses, 401)).toBe(ADDRESS);
    expectTooMany(await from(address, "GET", "/api/tasks", bearer(token({ ...me, sid: randomUUID() }))));
  });
});

describe("register, login, forgot-password and reset-password", () => {
  const paths = ["/api/auth/register", "/api/auth/login", "/api/auth/forgot-password", "/api/auth/reset-password"];

  test("share ten a minute, whatever credential comes along, before a byte of the body is read", async () => {
    const address = newAddress();
    const statuses = await many(ENTRY, (index) => from(address, "POST", paths[index % 4] ?? "", { ...JSON_TYPE, ...(index % 2 ? good : {}) }, "{}"));
    expect(count(statuses, 200)).toBe(ENTRY);
    origin.reset();
    for (const path of paths) {
      expectTooMany(await from(address, "POST", path, { ...JSON_TYPE, ...good }, "{}"));
      expectTooMany(await from(address, "POST", path, { "content-type": "text/plain" }, "x".repeat(300_000)));
    }
    expect(origin.seen).toHaveLength(0);
    expect((await from(address, "GET", "/api/tasks", good)).status).toBe(200);
    expect((await from(address, "POST", "/api/auth/refresh", JSON_TYPE, "{}")).status).toBe(200);
    expect((await from(newAddress(), "POST", "/api/auth/login", JSON_TYPE, "{}")).status).toBe(200);
  });

  test("refreshing is not counted here: the people behind an assistant share few addresses", async () => {
    const address = newAddress();
    const refresh = () => from(address, "POST", "/api/auth/refresh", JSON_TYPE, '{"refresh_token":"x"}');
    expect(count(await many(ADDRESS + 20, refresh), 200)).toBe(ADDRESS + 20);
    expect((await from(address, "POST", "/api/auth/login", JSON_TYPE, "{}")).status).toBe(200);
  });
});
