/**
 * The product while its origin is away: reads go on from what was good last, changes that can wait are accepted and sent in
 * their order when it is back, and what cannot is refused at once.
 */
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { problem, type Answer } from "./harness/client.ts";
import { Edge } from "./harness/edge.ts";
import { cut, field, Origin, refusal, told, type Responder, type Seen } from "./harness/origin.ts";
import { settings } from "./harness/settings.ts";
import { verify } from "./harness/signature.ts";
import { User } from "./harness/user.ts";

const TASK = "/api/tasks/0198c5a0-0000-7000-8000-0000000000cc";
/** What nobody waits longer than, with room for a busy machine. */
const LONGEST_MS = 11_500;
/** Less than the three seconds that one try of the origin may take. */
const AT_ONCE_MS = 2_000;
const STALE = "mindflow-edge; hit; detail=stale-if-error";
let edge: Edge;
let origin: Origin;

beforeAll(async () => {
  origin = await Origin.start();
  edge = await Edge.start(settings(inject("originPort")));
}, 120_000);
afterAll(async () => {
  await edge.close();
  await origin.close();
});
afterEach(async () => {
  await isBack();
  origin.reset();
});

let version = 1;
/** Each change raises the version. */
const good: Responder = (response, seen, request) => {
  if (seen.method !== "GET") version += 1;
  told({ items: [] }, { version, maxAge: 60, etag: '"1-0"' })(response, seen, request);
};
const proxy: Responder = (response) => response.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad Gateway</h1>");
const hangs: Responder = () => undefined;

/** A user whose gate has kept its list, which has gone out of date since. */
async function warm(): Promise<User> {
  origin.respond = good;
  const me = new User(edge);
  expect((await me.get()).status).toBe(200);
  expect((await me.post(`${TASK}/start`)).status).toBe(200);
  origin.seen.length = 0;
  return me;
}

/** Lets the Worker find out that the origin is away, so that it says so at once from now on. */
async function goesAway(respond: Responder = cut): Promise<void> {
  origin.respond = respond;
  origin.gateState = respond;
  const nobody = new User(edge);
  await expect.poll(async () => {
    const started = Date.now();
    await nobody.get();
    const before = origin.asked.length;
    await nobody.get();
    return Date.now() - started < AT_ONCE_MS && origin.asked.length === before;
  }, { timeout: 20_000, interval: 10 }).toBe(true);
  origin.seen.length = 0;
  origin.asked.length = 0;
}

/** The origin is back, and the Worker has found out; seen is what came since. */
async function isBack(respond: Responder = good): Promise<void> {
  const untouched = new User(edge);
  origin.respond = respond;
  origin.seen.length = 0;
  origin.gateState = told({ generation: 1, revoked: [], version: 1 });
  await expect.poll(async () => (await untouched.get("/api/keys")).status, { timeout: 25_000, interval: 50 }).not.toBe(503);
}

const timed = async (work: Promise<Answer>): Promise<[Answer, number]> => {
  const started = Date.now();
  return [await work, Date.now() - started];
};

interface Pending {
  id: string;
  method: string;
  path: string;
  accepted_at: string;
  state: string;
  because: string | null;
}
const pending = (answer: Answer) => JSON.parse(answer.text) as Pending;
const list = async (me: User) => (JSON.parse((await me.get("/api/pending")).text) as { items: Pending[] }).items;
const changes = () => origin.seen.filter((seen) => seen.method !== "GET");
const done = (me: User) => expect.poll(async () => (await list(me)).filter((one) => one.state === "waiting"), { timeout: 25_000 }).toEqual([]);

function expectAccepted(answer: Answer, location: string | RegExp): Pending {
  expect(answer.status).toBe(202);
  expect(answer.headers["content-type"]).toBe("application/json");
  expect(answer.headers.location).toMatch(location);
  expect(answer.headers["retry-after"]).toBe("5");
  expect(answer.headers["ratelimit"]).toMatch(/^"user";/);
  const one = pending(answer);
  expect(one).toEqual({
    id: expect.any(String) as string, method: expect.any(String) as string, path: expect.stringMatching(/^\/api\/tasks/) as string,
    accepted_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string, state: "waiting", because: null,
  });
  return one;
}

function expectUnavailable(answer: Answer): void {
  expect([answer.status, answer.headers["retry-after"]]).toEqual([503, "5"]);
  expect(problem(answer).request_id).toBe(answer.headers["x-request-id"]);
}

describe("when the origin", () => {
  const ways: Record<string, [leave: () => Promise<void>, back: () => Promise<void>]> = {
    "does not listen": [() => origin.close(), async () => { origin = await Origin.start(); }],
    "hangs": [() => { origin.respond = hangs; return Promise.resolve(); }, () => Promise.resolve()],
    "is answered for by a proxy": [() => { origin.respond = proxy; return Promise.resolve(); }, () => Promise.resolve()],
  };
  test.each(Object.entries(ways))("%s, reads go on, safe changes wait, others are refused, and nobody waits for long", async (_, [leave, back]) => {
    const me = await warm();
    const other = await warm();
    await leave();

    const [[read, readMs], [create, createMs], [remove, removeMs]] = await Promise.all([
      timed(me.get()), timed(other.post("/api/tasks", { title: "x" })), timed(me.call("DELETE", TASK)),
    ]);
    for (const took of [readMs, createMs, removeMs]) expect(took).toBeLessThan(LONGEST_MS);
    expect([read.status, read.text, read.headers["cache-status"]]).toEqual([200, '{"items":[]}', STALE]);
    expect(Number(read.headers.age)).toBeLessThan(60);
    expectAccepted(create, /^\/api\/tasks\/[0-9a-f-]{36}$/);
    expectUnavailable(remove);

    // It is known now, so nobody waits at all; one in a while tries.
    const answers = await Promise.all(Array.from({ length: 20 }, (__, number) => timed(number % 2 ? me.get() : other.post(`${TASK}/complete`))));
    expect(answers.map(([answer]) => answer.status)).toEqual(Array.from({ length: 20 }, (__, number) => (number % 2 ? 200 : 202)));
    const slow = answers.filter(([, took]) => took > AT_ONCE_MS);
    expect(slow.length).toBeLessThanOrEqual(1);
    for (const [, took] of slow) expect(took).toBeLessThan(4_500);

    await back();
    await isBack();
    await done(other);
    const fresh = await me.get();
    expect([fresh.status, fresh.headers["cache-status"], fresh.headers.age]).toEqual([200, "mindflow-edge; fwd=miss", undefined]);
  }, 90_000);
});

describe("while it is known to be away", () => {
  test("a read is the last good answer, marked, with its age, also as 304 and HEAD; what was never read is 503", async () => {
    const me = await warm();
    await goesAway();
    const [get, took] = await timed(me.get());
    expect([get.status, get.headers["cache-status"], get.headers["cache-control"]]).toEqual([200, STALE, "private, no-cache"]);
    expect(Number(get.headers.age)).toBeGreaterThanOrEqual(0);
    expect(took).toBeLessThan(AT_ONCE_MS);
    const same = await me.get("/api/tasks", { "if-none-match": '"1-0"' });
    expect([same.status, same.headers["cache-status"]]).toEqual([304, STALE]);
    const head = await me.call("HEAD", "/api/tasks");
    expect([head.status, head.headers["content-length"], head.headers["cache-status"]]).toEqual([200, "12", STALE]);
    expectUnavailable(await me.get("/api/tasks/best"));
    expectUnavailable(await me.get("/api/auth/me"));
  });

  test("what cannot wait is refused at once, with when to come again", async () => {
    const me = await warm();
    await goesAway();
    const refused: [string, string, Record<string, string>?][] = [
      ["PATCH", TASK, { "if-match": '"1"' }],
      ["PUT", TASK, { "if-match": '"1"' }],
      ["DELETE", TASK],
      ["POST", `${TASK}/reopen`],
      ["PUT", "/api/preferences"],
      ["PATCH", "/api/auth/me"],
      ["POST", "/api/keys"],
      ["POST", "/api/auth/logout"],
    ];
    for (const [method, path, headers] of refused) {
      const [answer, took] = await timed(me.call(method, path, headers ?? {}, { title: "x" }));
      expect([method, path, answer.status]).toEqual([method, path, 503]);
      expectUnavailable(answer);
      expect(took).toBeLessThan(AT_ONCE_MS);
    }
    expect(await list(me)).toEqual([]);
  });

  test("a change is checked as the origin would before it is accepted", async () => {
    const me = await warm();
    await goesAway();
    const wrong: [method: string, path: string, body: unknown, status: number, field?: string][] = [
      ["POST", "/api/tasks", "{", 400],
      ["POST", "/api/tasks", {}, 422, "title"],
      ["POST", "/api/tasks", { title: " " }, 422, "title"],
      ["POST", "/api/tasks", { title: "x", priority: 6 }, 422, "priority"],
      ["POST", "/api/tasks", { title: "x", no_such: 1 }, 422, "no_such"],
      ["POST", "/api/tasks?x=1", { title: "x" }, 422, "x"],
      ["PATCH", TASK, { title: null }, 422, "title"],
      ["PUT", TASK, {}, 422, "title"],
      ["POST", `${TASK}/snooze`, { hours: 0 }, 422, "hours"],
      ["POST", `${TASK}/snooze?hours=x`, {}, 422, "hours"],
      ["POST", `${TASK}/complete`, { cascade: "yes" }, 422, "cascade"],
      ["POST", "/api/tasks/no-id/complete", {}, 404],
      ["PATCH", "/api/tasks/no-id", { title: "x" }, 404],
    ];
    for (const [method, path, body, status, name] of wrong) {
      const answer = await me.call(method, path, {}, body);
      expect([method, path, answer.status]).toEqual([method, path, status]);
      const said = problem(answer);
      expect(said.request_id).toBe(answer.headers["x-request-id"]);
      if (name !== undefined) expect(said.errors?.map((error) => error.field)).toContain(name);
    }
    const both = await me.post("/api/tasks", { title: "x", client_token: "a" }, { "idempotency-key": "b" });
    expect([both.status, problem(both).errors?.[0]?.field]).toEqual([422, "client_token"]);
    expect(await list(me)).toEqual([]);
  });

  test("each kind of change that can wait is accepted, listed, and told with every read", async () => {
    const me = await warm();
    await goesAway();
    const kinds: [method: string, path: string, body: unknown][] = [
      ["POST", "/api/tasks", { title: "x" }],
      ["PATCH", TASK, { title: "y" }],
      ["PUT", TASK, { title: "z" }],
      ["POST", `${TASK}/start`, {}],
      ["POST", `${TASK}/not-now`, undefined],
      ["POST", `${TASK}/snooze?hours=2`, undefined],
      ["POST", `${TASK}/complete`, { cascade: true }],
    ];
    const accepted: Pending[] = [];
    for (const [method, path, body] of kinds) {
      const answer = await me.call(method, path, {}, body);
      accepted.push(expectAccepted(answer, path === "/api/tasks" ? /^\/api\/tasks\/[0-9a-f-]{36}$/ : new RegExp(`^${TASK}$`)));
    }
    expect(accepted.map((one) => [one.method, one.path])).toEqual(kinds.map(([method, path]) => [method, path.split("?")[0]]));
    expect(await list(me)).toEqual(accepted);
    for (const answer of [await me.get(), await me.get("/api/tasks", { "if-none-match": '"1-0"' }), await me.call("HEAD", "/api/tasks"), await me.get("/api/pending")]) {
      expect([answer.status, answer.headers["mindflow-pending"]]).toEqual([answer.status, String(kinds.length)]);
    }
    expect((await new User(edge).get("/api/pending")).headers["mindflow-pending"]).toBeUndefined();

    await isBack();
    await done(me);
    const sent = changes();
    expect(sent.map((seen) => [seen.method, seen.target])).toEqual(kinds.map(([method, path]) => [method, path]));
    expect((await me.get()).headers["mindflow-pending"]).toBeUndefined();
    // A creation carries the id that its caller was told.
    const id = (JSON.parse(String(sent[0]?.body)) as { id: string }).id;
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    for (const [index, seen] of sent.entries()) {
      verify(seen);
      expect(field(seen, "mindflow-accepted-at")).toBe(String(Date.parse(accepted[index]?.accepted_at ?? "")));
    }
  });

  test("the same key again is the same change, whose other body is refused", async () => {
    const me = await warm();
    await goesAway();
    const key = { "idempotency-key": randomUUID() };
    const first = await me.post("/api/tasks", { title: "x" }, key);
    const again = await me.post("/api/tasks", { title: "x" }, key);
    expect([again.status, again.text, again.headers.location]).toEqual([202, first.text, first.headers.location]);
    const byToken = await me.post("/api/tasks", { title: "y", client_token: "t" });
    expect((await me.post("/api/tasks", { title: "y", client_token: "t" })).text).toBe(byToken.text);
    for (const [path, body] of [["/api/tasks", { title: "other" }], [`${TASK}/start`, { title: "x" }]] as const) {
      const refused = await me.post(path, body, key);
      expect([path, refused.status, problem(refused).errors?.[0]?.field]).toEqual([path, 422, path === "/api/tasks" ? "Idempotency-Key" : "title"]);
    }
    expect(await list(me)).toHaveLength(2);
    await isBack();
    await done(me);
    expect(changes().map((seen) => field(seen, "idempotency-key"))).toEqual([key["idempotency-key"], expect.stringMatching(/^gate:/) as string]);
    expect(JSON.parse(String(changes()[1]?.body))).toMatchObject({ title: "y", client_token: "t" });

    // Repeated once more when all is done, it is the same task.
    const target = (seen: Seen | undefined) => (JSON.parse(String(seen?.body)) as { id: string }).id;
    await me.post("/api/tasks", { title: "x" }, key);
    expect(target(changes()[2])).toBe(target(changes()[0]));
    expect(first.headers.location).toBe(`/api/tasks/${target(changes()[0])}`);
  });
});

test("a creation has its id and its key from the start, so that what was sent and lost is the same when it is sent again", async () => {
  const me = await warm();
  origin.respond = (response, seen, request) => {
    if (seen.method === "GET") good(response, seen, request);
    else cut(response, seen, request);
  };
  const accepted = await me.post("/api/tasks", { title: "x" });
  const one = expectAccepted(accepted, /^\/api\/tasks\/[0-9a-f-]{36}$/);
  const before = changes();
  expect(before).toHaveLength(2);
  await isBack();
  await done(me);
  const sent = [...before, ...changes()];
  expect(sent).toHaveLength(3);
  expect(new Set(sent.map((seen) => String(seen.body))).size).toBe(1);
  expect(new Set(sent.map((seen) => field(seen, "idempotency-key"))).size).toBe(1);
  expect(new Set(sent.map((seen) => field(seen, "mindflow-accepted-at"))).size).toBe(1);
  expect(new Set(sent.map((seen) => verify(seen).nonce)).size).toBe(sent.length);
  expect(String(sent[0]?.body)).toContain(String(accepted.headers.location).slice("/api/tasks/".length));
  expect(sent[0] && field(sent[0], "mindflow-accepted-at")).toBe(String(Date.parse(one.accepted_at)));
});

test("later changes queue behind those that wait, and what cannot wait goes after them", async () => {
  const me = await warm();
  await goesAway();
  await me.call("PATCH", TASK, {}, { title: "1" });
  // It is back, and slow with the first; what comes meanwhile may not overtake it.
  const waiting: (() => void)[] = [];
  await isBack((response, seen, request) => {
    if (seen.method === "PATCH") waiting.push(() => { good(response, seen, request); });
    else good(response, seen, request);
  });
  await expect.poll(() => waiting.length, { timeout: 20_000 }).toBe(1);
  expect((await me.call("PATCH", TASK, {}, { title: "2" })).status).toBe(202);
  const removed = me.call("DELETE", TASK);
  waiting[0]?.();
  await expect.poll(() => waiting.length, { timeout: 20_000 }).toBe(2);
  waiting[1]?.();
  expect((await removed).status).toBe(200);
  expect(changes().map((seen) => `${seen.method} ${String(seen.body)}`)).toEqual(['PATCH {"title":"1"}', 'PATCH {"title":"2"}', "DELETE "]);
});

test("what the origin refuses is shown with why, without holding up what follows", async () => {
  const me = await warm();
  await goesAway();
  await me.call("PATCH", TASK, {}, { title: "1" });
  await me.call("PATCH", TASK, {}, { title: "2" });
  await isBack((response, seen, request) => {
    if (String(seen.body).includes('"1"')) refusal(404, seen, "There is no such task.", { "mindflow-version": "1" })(response, seen, request);
    else good(response, seen, request);
  });
  await done(me);
  expect(await list(me)).toMatchObject([{ state: "refused", because: "There is no such task.", method: "PATCH", path: TASK }]);
  expect(changes()).toHaveLength(2);
  expect((await me.get()).headers["mindflow-pending"]).toBeUndefined();
});

test("what the origin fails on is tried eight times and then shown; reads do not use its tries up", async () => {
  const me = await warm();
  await goesAway();
  await me.call("PATCH", TASK, {}, { title: "1" });
  await isBack((response, seen, request) => {
    if (seen.method === "PATCH") told({ error: "x" }, { status: 500 })(response, seen, request);
    else good(response, seen, request);
  });
  await expect.poll(() => changes().length, { timeout: 20_000 }).toBeGreaterThan(0);
  for (let times = 0; times < 20; times += 1) expect((await me.get(`/api/tasks/best?${times}`)).status).toBe(200);
  expect(changes().length).toBeLessThan(6);
  // Each of these wants what waits to be done first.
  while ((await list(me))[0]?.state === "waiting") expect((await me.call("DELETE", TASK)).status).toBeLessThan(504);
  expect(changes().filter((seen) => seen.method === "PATCH")).toHaveLength(8);
  expect(await list(me)).toMatchObject([{ state: "refused", because: expect.stringContaining("8 times") as string }]);
});

test("a reply that is lost on the way back is asked for again under the same key", async () => {
  const me = await warm();
  await goesAway();
  await me.post(`${TASK}/complete`);
  let losses = 2;
  await isBack((response, seen, request) => {
    if (seen.method !== "GET" && losses-- > 0) cut(response, seen, request);
    else good(response, seen, request);
  });
  await done(me);
  const sent = changes();
  expect(sent).toHaveLength(3);
  for (const name of ["idempotency-key", "mindflow-accepted-at"]) expect(new Set(sent.map((seen) => field(seen, name))).size).toBe(1);
  expect(new Set(sent.map((seen) => verify(seen).nonce)).size).toBe(3);
});

test("a restart in the middle loses nothing: stale reads go on in an isolate that never saw the origin, and all is sent once in its order", async () => {
  const me = await warm();
  await goesAway();
  for (const title of ["1", "2", "3"]) expect((await me.call("PATCH", TASK, {}, { title })).status).toBe(202);
  const before = await list(me);
  await edge.restart();
  const read = await me.get();
  expect([read.status, read.headers["cache-status"], read.headers["mindflow-pending"]]).toEqual([200, STALE, "3"]);
  expect(await list(me)).toEqual(before);
  // Somebody else, whose gate has to ask first, cannot be served.
  expectUnavailable(await new User(edge).get());

  const applied: string[] = [];
  await isBack((response, seen, request) => {
    if (seen.method === "PATCH") applied.push(String(seen.body));
    good(response, seen, request);
  });
  await expect.poll(() => applied.length, { timeout: 25_000 }).toBeGreaterThan(1);
  await edge.restart();
  // Its alarm is enough: nobody has to call.
  await expect.poll(() => applied.length, { timeout: 25_000 }).toBeGreaterThanOrEqual(3);
  await done(me);
  const keys = new Map(changes().map((seen) => [field(seen, "idempotency-key"), String(seen.body)]));
  expect([...keys.values()]).toEqual(['{"title":"1"}', '{"title":"2"}', '{"title":"3"}']);
  expect(changes().map((seen) => field(seen, "mindflow-accepted-at"))).toEqual(expect.arrayContaining(before.map((one) => String(Date.parse(one.accepted_at)))));
}, 150_000);
