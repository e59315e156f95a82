/** Pages of other origins: those that are named may read answers, with a token of their own and never with the cookie. */
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { call, JSON_TYPE, type Answer } from "./harness/client.ts";
import { Edge } from "./harness/edge.ts";
import { json, Origin } from "./harness/origin.ts";
import { settings } from "./harness/settings.ts";
import { open } from "./harness/socket.ts";
import { bearer, claims, token } from "./harness/token.ts";

const APP = "https://app.mindflow.test";
const LOCAL = "http://localhost:5173";
const me = bearer(token(claims()));
let edge: Edge;
let origin: Origin;

beforeAll(async () => {
  origin = await Origin.start();
  edge = await Edge.start({ ...settings(inject("originPort")), CORS_ORIGINS: `${APP}, ${LOCAL}` }, {});
}, 120_000);
afterAll(async () => {
  await edge.close();
  await origin.close();
});
afterEach(() => {
  origin.reset();
});

const ask = (method: string, path: string, headers: Record<string, string>, body?: string): Promise<Answer> =>
  call(method, path, { headers, edgeUrl: edge.url, ...(body === undefined ? {} : { body }) });

const cors = ({ headers }: Answer): Record<string, unknown> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("access-control") || name === "vary"));

const READABLE = {
  "access-control-expose-headers": "ETag, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id, Cache-Status",
  vary: "Origin",
};

describe.each([APP, LOCAL])("a page of %s", (page) => {
  test("may ask beforehand, without a credential", async () => {
    const answer = await ask("OPTIONS", "/api/tasks", {
      origin: page, "access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type",
    });
    expect(answer.status).toBe(204);
    expect(cors(answer)).toEqual({
      ...READABLE,
      "access-control-allow-origin": page,
      "access-control-allow-methods": "GET, HEAD, POST, OPTIONS",
      "access-control-allow-headers": "authorization, content-type, idempotency-key, if-match, if-none-match, x-request-id",
      "access-control-max-age": "7200",
    });
    expect(origin.seen).toHaveLength(0);
  });

  test("may read answers of every kind: kept, fresh, not modified, refused", async () => {
    const own = bearer(token(claims()));
    origin.respond = json({ items: [] }, 200, { "mindflow-version": "1", "mindflow-cache": "max-age=60", etag: '"1-0"' });
    const answers = [
      await ask("GET", "/api/tasks", { ...own, origin: page }),
      await ask("GET", "/api/tasks", { ...own, origin: page }),
      await ask("GET", "/api/tasks", { ...own, origin: page, "if-none-match": '"1-0"' }),
      await ask("POST", "/api/tasks", { ...own, origin: page, ...JSON_TYPE }, "{}"),
      await ask("POST", "/api/tasks", { ...own, origin: page }, "x"),
      await ask("GET", "/api/tasks", { origin: page }),
      await ask("GET", "/api/nothing", { origin: page }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 304, 200, 415, 401, 404]);
    for (const answer of answers) expect(cors(answer)).toEqual({ ...READABLE, "access-control-allow-origin": page });
  });
});

test.each(["null", "*", `${APP}/`, "http://app.mindflow.test", "https://a.app.mindflow.test", `${APP}.evil.example`])(
  "a page of %s may not",
  async (page) => {
    origin.respond = json({ items: [] });
    const asked = await ask("OPTIONS", "/api/tasks", { origin: page, "access-control-request-method": "POST" });
    expect(cors(asked)).toEqual({ vary: "Origin" });
    expect(cors(await ask("GET", "/api/tasks", { ...me, origin: page }))).toEqual({ vary: "Origin" });
  },
);

test("the cookie counts for nothing from a page elsewhere, be it named", async () => {
  const cookie = `__Host-mindflow=${token(claims(), { typ: "session+jwt" })}`;
  const answer = await ask("POST", "/api/tasks", { cookie, origin: APP, ...JSON_TYPE }, "{}");
  expect(answer.status).toBe(403);
  expect(cors(answer)).not.toHaveProperty("access-control-allow-credentials");
  expect(origin.seen).toHaveLength(0);
});

test("the live channel opens for a page that is named, with a token alone", async () => {
  origin.respond = json({});
  const cookie = { cookie: `__Host-mindflow=${token(claims(), { typ: "session+jwt" })}` };
  const opened = await open(edge.url, "/api/live", { ...me, origin: APP });
  opened.socket?.drop();
  const statuses = [opened.status];
  for (const headers of [{ ...me, origin: "https://evil.example" }, { ...cookie, origin: APP }]) {
    statuses.push((await open(edge.url, "/api/live", headers)).status);
  }
  expect(statuses).toEqual([101, 403, 403]);
});
