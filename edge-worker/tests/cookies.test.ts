/** The dashboard's session cookie: what it may do, from where, and that nothing but the account's routes sets one. */
import { readFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { call, JSON_TYPE, problem } from "./harness/client.ts";
import { field, json, Origin } from "./harness/origin.ts";
import { PUBLIC_URL } from "./harness/settings.ts";
import { verify } from "./harness/signature.ts";
import { bearer, claims, token } from "./harness/token.ts";

const NAME = "__Host-mindflow";
const SESSION = { typ: "session+jwt" };
const me = claims();
const session = token(me, SESSION);
const cookie = { cookie: `theme=dark; ${NAME}=${session}` };
const here = { origin: PUBLIC_URL };
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

test("it goes to the origin as the user's own credential, and not as a cookie", async () => {
  expect((await call("GET", "/api/tasks", { headers: cookie })).status).toBe(200);
  const seen = origin.takeOnly();
  verify(seen);
  expect(field(seen, "authorization")).toBe(`Bearer ${session}`);
  expect(field(seen, "cookie")).toBeUndefined();
  expect(field(seen, "mindflow-caller")).toBe(
    `kind="session", user="${me.sub}", credential="${me.sid}", scopes="tasks:read tasks:write account"`,
  );
});

describe("a change is accepted from this site's own pages only:", () => {
  const elsewhere = ["null", "https://evil.example", `${PUBLIC_URL}/`, "http://mindflow.test", "https://a.mindflow.test", `${PUBLIC_URL}.evil.example`];
  test.each([undefined, ...elsewhere])("Origin %s", async (from) => {
    const headers = { ...cookie, ...JSON_TYPE, ...(from === undefined ? {} : { origin: from }) };
    for (const [method, path] of [["POST", "/api/tasks"], ["PATCH", "/api/auth/me"], ["DELETE", "/api/tasks/x"], ["PUT", "/api/preferences"]] as const) {
      const answer = await call(method, path, { headers, body: "{}" });
      expect([method, answer.status]).toEqual([method, 403]);
      expect(problem(answer).detail).toContain("send `Origin`");
    }
    expect((await call("GET", "/api/tasks", { headers })).status).toBe(200);
    expect(origin.seen.map((seen) => seen.method)).toEqual(["GET"]);
  });

  test("its own", async () => {
    expect((await call("POST", "/api/tasks", { headers: { ...cookie, ...here, ...JSON_TYPE }, body: "{}" })).status).toBe(200);
    const seen = origin.takeOnly();
    verify(seen);
    expect(field(seen, "origin")).toBe(PUBLIC_URL);
  });
});

test("Authorization wins, even when it is no use", async () => {
  const other = claims();
  const both = await call("POST", "/api/tasks", { headers: { ...cookie, ...bearer(token(other)), ...JSON_TYPE }, body: "{}" });
  expect(both.status).toBe(200);
  expect(field(origin.takeOnly(), "mindflow-caller")).toContain(`kind="access", user="${other.sub}"`);
  for (const authorization of ["Basic dTpw", "Bearer garbage", `Bearer ${session}`]) {
    const answer = await call("GET", "/api/tasks", { headers: { ...cookie, authorization } });
    expect([authorization.slice(0, 12), answer.status]).toEqual([authorization.slice(0, 12), 401]);
  }
  expect(origin.seen).toHaveLength(0);
});

describe("is 401, from wherever it is sent:", () => {
  const now = Math.floor(Date.now() / 1000);
  const refused: Record<string, string> = {
    "an access token": `${NAME}=${token(me)}`,
    "an API key": `${NAME}=mfk_${token(me, { typ: "key+jwt" })}`,
    "garbage": `${NAME}=garbage`,
    "an empty one": `${NAME}=`,
    "an expired one": `${NAME}=${token(claims({ iat: now - 10, exp: now - 1 }), SESSION)}`,
    "two of them": `${NAME}=${session}; ${NAME}=${session}`,
    "one in quotes": `${NAME}="${session}"`,
    "the name that plain HTTP uses": `mindflow_dev=${session}`,
    "the name in another case": `__host-mindflow=${session}`,
  };
  test.each(Object.entries(refused))("%s", async (_, value) => {
    for (const [method, headers] of [["GET", {}], ["POST", here], ["POST", { origin: "https://evil.example" }]] as const) {
      const answer = await call(method, "/api/tasks", { headers: { cookie: value, ...headers } });
      expect([method, answer.status]).toEqual([method, 401]);
      expect(answer.headers["www-authenticate"]).toMatch(/^Bearer/);
    }
    expect(origin.seen).toHaveLength(0);
  });
});

describe("POST /api/auth/refresh", () => {
  const path = "/api/auth/refresh";

  test("without a body is by cookie, through the gate and from this site only", async () => {
    origin.respond = (response) => response.writeHead(204, { "set-cookie": `${NAME}=new; Secure; HttpOnly; SameSite=Lax; Path=/` }).end();
    for (const chunked of [false, true]) {
      const answer = await call("POST", path, { headers: { ...cookie, ...here }, ...(chunked ? { body: "", chunked } : {}) });
      expect([answer.status, answer.headers["set-cookie"]]).toEqual([204, [`${NAME}=new; Secure; HttpOnly; SameSite=Lax; Path=/`]]);
      const seen = origin.takeOnly();
      verify(seen);
      expect(field(seen, "mindflow-caller")).toContain('kind="session"');
    }
    expect((await call("POST", path, { headers: cookie })).status).toBe(403);
    expect((await call("POST", path)).status).toBe(401);
    expect(origin.seen).toHaveLength(0);
  });

  test("with one is anonymous, whatever comes along", async () => {
    const body = '{"refresh_token":"mfr_x"}';
    const answer = await call("POST", path, { headers: { ...cookie, ...bearer(token(me)), ...JSON_TYPE }, body });
    expect(answer.status).toBe(200);
    const seen = origin.takeOnly();
    verify(seen);
    expect(seen.body.toString()).toBe(body);
    expect([field(seen, "mindflow-caller"), field(seen, "authorization")]).toEqual(['kind="anonymous"', undefined]);
    expect((await call("POST", path, { headers: cookie, body })).status).toBe(415);
  });
});

test("cookies are set by the account's routes and by no other", async () => {
  const set = [`${NAME}=a.b.c; Secure; HttpOnly; SameSite=Lax; Path=/; Max-Age=2592000`, "other=1"];
  origin.respond = (response) => response.writeHead(200, { "content-type": "application/json", "set-cookie": set }).end("{}");
  const headers = { ...cookie, ...here, ...JSON_TYPE };
  for (const [method, path, returned] of [
    ["POST", "/api/auth/login", true],
    ["POST", "/api/auth/logout", true],
    ["POST", "/api/auth/revoke-all", true],
    ["PATCH", "/api/auth/me", true],
    ["DELETE", "/api/auth/me", true],
    ["POST", "/api/tasks", false],
    ["GET", "/api/sessions", false],
    ["GET", "/docs", false],
  ] as const) {
    const answer = await call(method, path, { headers, ...(method === "GET" ? {} : { body: "{}" }) });
    expect([path, answer.status, answer.headers["set-cookie"]]).toEqual([path, 200, returned ? set : undefined]);
  }
});

test("it is in no log line", async () => {
  const id = randomUUID();
  origin.respond = json({}, 200, { "set-cookie": `${NAME}=canary-of-a-cookie` });
  await call("POST", "/api/auth/logout", { headers: { ...cookie, ...here, "x-request-id": id } });
  const log = () => readFileSync(inject("edgeLog"), "utf8");
  await expect.poll(log).toContain(id);
  expect(log()).not.toContain(session.slice(-40));
  expect(log()).not.toContain("canary-of-a-cookie");
});
