/**
 * The two Workers that scripts/bench edge compares do the same: to the same requests they give the same answers, they send
 * the origin the same requests, signed, and they write the same log lines. In plain workerd, each with its own gates.
 */
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { call, JSON_TYPE, type Answer } from "../../edge-worker/tests/harness/client.ts";
import { field, json, Origin, type Seen } from "../../edge-worker/tests/harness/origin.ts";
import { settings } from "../../edge-worker/tests/harness/settings.ts";
import { verify } from "../../edge-worker/tests/harness/signature.ts";
import { bearer, claims, token } from "../../edge-worker/tests/harness/token.ts";
import type { WorkerName } from "../workerd/config.ts";
import { RunningWorker } from "../workerd/run.ts";

const BOTH = ["rust", "js"] as const satisfies WorkerName[];
const LIMIT = 20;
const TASKS = { items: [{ id: "0198c5a0-0000-7000-8000-000000000001" }], next_cursor: null };
const REQUEST_ID = "0198c5a0-0000-7000-8000-0000000000cc";
/** Of these fields only that they are there can be the same. */
const OWN_VALUE = new Set(["server-timing", "date", "content-length"]);

let origin: Origin;
const running = new Map<WorkerName, RunningWorker>();

beforeAll(async () => {
  origin = await Origin.start();
  for (const name of BOTH) {
    const given = { ...settings(inject("originPort")), USER_REQUESTS_PER_MINUTE: String(LIMIT) };
    running.set(name, await RunningWorker.start(name, given));
  }
}, 60_000);
afterAll(async () => {
  for (const worker of running.values()) await worker.close();
  await origin.close();
});
afterEach(() => {
  origin.reset();
});

interface Step {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** What can be seen of a step from both ends. */
interface Trace {
  status: number;
  headers: Record<string, string>;
  body: unknown;
  sent: object[];
  logged: object;
}

/** One user's requests, one after the other. */
async function run(name: WorkerName, steps: Step[]): Promise<Trace[]> {
  const worker = running.get(name);
  if (worker === undefined) throw new Error(`${name} does not run`);
  const traces: Trace[] = [];
  for (const { method = "GET", path = "/api/tasks?limit=20", headers = {}, body } of steps) {
    origin.seen.length = 0;
    const answer = await call(method, path, {
      headers: { "x-request-id": REQUEST_ID, "user-agent": "test", "cf-connecting-ip": "203.0.113.7", ...headers },
      edgeUrl: worker.url,
      ...(body === undefined ? {} : { body }),
    });
    traces.push({
      status: answer.status,
      headers: seenHeaders(answer),
      body: answer.text === "" ? "" : JSON.parse(answer.text),
      sent: origin.seen.map(sent),
      logged: lastLine(worker),
    });
  }
  return traces;
}

/** A new user for each test, the same one for both Workers. */
let users = 0;
let USER = "";
function newUser(): void {
  USER = `0198c5a0-0000-7000-8000-${(++users).toString(16).padStart(12, "0")}`;
}

function asUser(): Record<string, string> {
  return bearer(token(claims({ sub: USER, sid: USER })));
}

const seenHeaders = ({ headers }: Answer): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !["connection", "transfer-encoding"].includes(name))
      .map(([name, value]) => [name, OWN_VALUE.has(name) ? "some" : String(value)]),
  );

/** A request at the origin: whole, and its signature right by the document. */
function sent(seen: Seen): object {
  verify(seen);
  const own = new Set(["signature", "signature-input", "mindflow-accepted-at", "host", "cf-worker", "cf-ew-via", "cdn-loop"]);
  const fields = seen.fields.filter(([name]) => !own.has(name));
  return {
    method: seen.method,
    target: seen.target,
    fields: Object.fromEntries(fields),
    covered: /\(([^)]*)\)/.exec(field(seen, "signature-input") ?? "")?.[1],
    body: seen.body.toString(),
  };
}

function lastLine(worker: RunningWorker): object {
  const line = worker.log().trim().split("\n").filter((text) => text.includes('"msg":"request"')).at(-1) ?? "{}";
  // Ours also says how many rows its gate wrote.
  return { ...(JSON.parse(line) as object), dur_ms: 0, gate_rows: undefined };
}

/** Runs the steps on each of the Workers, and gives what both did. */
async function same(steps: (headers: Record<string, string>) => Step[]): Promise<Trace[]> {
  newUser();
  // The same token to both, also when a second ends in between.
  const taken = steps(asUser());
  const traces: Trace[][] = [];
  for (const name of BOTH) {
    versioned();
    traces.push(await run(name, taken));
  }
  const [rust = [], javascript] = traces;
  expect(javascript).toEqual(rust);
  return rust;
}

const statuses = (traces: Trace[]) => traces.map(({ status }) => status);
const cacheStatuses = (traces: Trace[]) => traces.map(({ headers }) => headers["cache-status"]);

/** An origin whose version rises with every change. */
function versioned(): void {
  let version = 1;
  origin.respond = (response, seen, request) => {
    if (seen.method !== "GET") version += 1;
    json(TASKS, 200, {
      "mindflow-version": String(version),
      "mindflow-epoch": "e1",
      ...(seen.method === "GET" ? { "mindflow-cache": "max-age=60" } : {}),
      etag: `"${version}-0"`,
      "server-timing": "db;dur=1.5",
    })(response, seen, request);
  };
}

describe("before the gate", () => {
  test("routes, credentials, scopes and bodies are refused in the same words", async () => {
    const traces = await same((me) => [
      { path: "/nothing", headers: me },
      { method: "DELETE", headers: me },
      { method: "OPTIONS" },
      {},
      { headers: { authorization: "Basic dTpw" } },
      { headers: bearer("garbage") },
      { headers: bearer(token(claims({ exp: 1 }))) },
      { headers: bearer(token(claims({ aud: "https://other.test" }))) },
      { headers: bearer(token(claims({ scope: "tasks:write" }))) },
      { method: "POST", headers: { ...me, "content-type": "text/plain" }, body: "x" },
      { method: "POST", headers: { ...me, ...JSON_TYPE }, body: `"${"x".repeat(256 * 1024)}"` },
      { method: "POST", headers: { ...me, ...JSON_TYPE, "if-match": "\u00fc" }, body: "{}" },
    ]);
    expect(statuses(traces)).toEqual([404, 405, 204, 401, 401, 401, 401, 401, 403, 415, 413, 422]);
    expect(traces.flatMap((trace) => trace.sent)).toEqual([]);
  });
});

test("the origin is sent the same, signed", async () => {
  const traces = await same((me) => [
    { path: "/api/tasks?q=a%20b+%c3%bc'&limit=2", headers: { ...me, accept: "application/json", "x-forwarded-for": "1.2.3.4" } },
    {
      method: "PATCH",
      path: "/api/tasks/0198c5a0-0000-7000-8000-000000000001?x",
      headers: { ...me, ...JSON_TYPE, "idempotency-key": "k, 1", "if-match": '"1-0"', origin: "https://a.test", traceparent: "00-1" },
      body: '{"priority":4}',
    },
    { method: "POST", path: "/api/tasks/0198c5a0-0000-7000-8000-000000000001/start", headers: { ...me, "idempotency-key": "2" } },
  ]);
  expect(traces.flatMap((trace) => trace.sent)).toHaveLength(3);
});

describe("through the gate", () => {
  test("a read is fetched once, then kept, and 304 for who has it", async () => {
    const traces = await same((me) => [
      { headers: me },
      { headers: me },
      { headers: { ...me, "if-none-match": 'W/"1-0"' } },
      { path: "/api/tasks?status=pending&limit=20", headers: me },
      { path: "/api/tasks?limit=20&status=pending", headers: me },
      { path: "/api/sessions", headers: me },
    ]);
    expect(statuses(traces)).toEqual([200, 200, 304, 200, 200, 200]);
    const [hit, miss, bypass] = ["hit", "fwd=miss", "fwd=bypass"].map((what) => `mindflow-edge; ${what}`);
    expect(cacheStatuses(traces)).toEqual([miss, hit, hit, miss, hit, bypass]);
    expect(traces.map((trace) => trace.sent.length)).toEqual([1, 0, 0, 1, 0, 1]);
    expect(traces[1]?.headers).toMatchObject({
      "cache-control": "private, no-cache",
      etag: '"1-0"',
      ratelimit: `"user";r=${LIMIT - 2};t=6`,
      "ratelimit-policy": `"user";q=${LIMIT};w=60`,
      "strict-transport-security": "max-age=31536000",
      "x-content-type-options": "nosniff",
      "x-request-id": REQUEST_ID,
    });
  });

  test("a change ends what was kept before it is answered", async () => {
    const change = { method: "PATCH", path: "/api/tasks/0198c5a0-0000-7000-8000-000000000001", body: '{"priority":4}' };
    const traces = await same((me) => [
      { headers: me },
      { ...change, headers: { ...me, ...JSON_TYPE, "idempotency-key": "k" } },
      { headers: me },
      { headers: me },
    ]);
    expect(cacheStatuses(traces)).toEqual(["fwd=miss", "fwd=bypass", "fwd=miss", "hit"].map((what) => `mindflow-edge; ${what}`));
    expect(traces.map(({ headers }) => headers["etag"])).toEqual(['"1-0"', '"2-0"', '"2-0"', '"2-0"']);
  });

  test("after a lost answer nothing is served from what was kept", async () => {
    versioned();
    const answer = origin.respond;
    const change = { method: "POST", path: "/api/tasks/0198c5a0-0000-7000-8000-000000000001/complete" };
    newUser();
    const me = asUser();
    for (const name of BOTH) {
      await run(name, [{ headers: me }]);
      origin.respond = (response) => {
        response.socket?.destroy();
      };
      const [lost] = await run(name, [{ ...change, headers: { ...me, "if-match": '"1-0"' } }]);
      origin.respond = answer;
      const reads = await run(name, [{ headers: me }, { headers: me }]);
      expect(lost?.status).toBe(503);
      expect(cacheStatuses(reads)).toEqual(["mindflow-edge; fwd=miss", "mindflow-edge; fwd=miss"]);
    }
  });

  test("ten who wait for one read share it", async () => {
    const answer = json(TASKS, 200, { "mindflow-version": "1", "mindflow-cache": "max-age=60", etag: '"1-0"' });
    newUser();
    const me = asUser();
    for (const name of BOTH) {
      const edgeUrl = running.get(name)?.url ?? "";
      origin.reset();
      origin.respond = (response, seen, request) => setTimeout(() => { answer(response, seen, request); }, 200);
      const answers = await Promise.all(Array.from({ length: 10 }, () => call("GET", "/api/tasks", { headers: me, edgeUrl })));
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
      expect(origin.seen).toHaveLength(1);
    }
  });

  test("the request over the limit is refused, and hits count", async () => {
    const traces = await same((me) => Array.from({ length: LIMIT + 1 }, () => ({ headers: me })));
    expect(statuses(traces)).toEqual([...Array.from({ length: LIMIT }, () => 200), 429]);
    expect(traces.at(-1)?.headers).toMatchObject({ "retry-after": "3", ratelimit: '"user";r=0;t=3' });
  });
});
