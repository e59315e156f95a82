/** News: a socket that says when something changed, who may hold one, and what ends it. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { invalidate } from "./harness/callback.ts";
import { call } from "./harness/client.ts";
import { Edge } from "./harness/edge.ts";
import { Origin, refusal, told, type Responder } from "./harness/origin.ts";
import { PUBLIC_URL, settings } from "./harness/settings.ts";
import { open, type Opened, type Socket } from "./harness/socket.ts";
import { bearer, token } from "./harness/token.ts";
import { logLines, User } from "./harness/user.ts";

const LIVE = "/api/live";
const TASK = "/api/tasks/0198c5a0-0000-7000-8000-0000000000cc";
const EVIL = { origin: "https://evil.example" };
const HERE = { origin: PUBLIC_URL };
let edge: Edge;
let origin: Origin;
let version = 1;
const opened: Socket[] = [];
const soon = () => Math.floor(Date.now() / 1000) + 3600;

/** Each change raises the version. */
const data: Responder = (response, seen, request) => {
  if (seen.method !== "GET" && !seen.target.includes("unchanged")) version += 1;
  told({ version }, { version, maxAge: 60 })(response, seen, request);
};

beforeAll(async () => {
  origin = await Origin.start();
  edge = await Edge.start({ ...settings(inject("originPort")), USER_REQUESTS_PER_MINUTE: "120" });
}, 120_000);
afterAll(async () => {
  await edge.close();
  await origin.close();
});
afterEach(() => {
  for (const socket of opened.splice(0)) socket.drop();
  origin.reset();
});

const connect = async (headers: Record<string, string>): Promise<Opened> => {
  const answer = await open(edge.url, LIVE, headers);
  if (answer.socket !== undefined) opened.push(answer.socket);
  return answer;
};
const live = async (me: User): Promise<Socket> => {
  const { status, socket } = await connect(bearer(me.token));
  if (socket === undefined) throw new Error(`no socket but ${status}`);
  return socket;
};
const changed = (of: number) => JSON.stringify({ type: "changed", version: of });
const newUser = () => {
  origin.respond = data;
  return new User(edge);
};
const cookie = (me: User) => ({ cookie: `__Host-mindflow=${token(me.said, { typ: "session+jwt" })}` });

describe("it is opened", () => {
  test("with a bearer token, from no page or from this site's", async () => {
    const me = newUser();
    expect((await connect(bearer(me.token))).status).toBe(101);
    expect((await connect({ ...bearer(me.token), ...HERE })).status).toBe(101);
  });

  test("with the cookie, from this site's pages", async () => {
    expect((await connect({ ...cookie(newUser()), ...HERE })).status).toBe(101);
  });

  test("with a token as the second subprotocol, and gets the first", async () => {
    const me = newUser();
    const answer = await connect({ "sec-websocket-protocol": `mindflow, ${me.token}` });
    expect([answer.status, answer.headers["sec-websocket-protocol"]]).toEqual([101, "mindflow"]);
    await me.post(`${TASK}/start`);
    await expect.poll(() => answer.socket?.messages).toEqual([changed(version)]);
  });

  test("without the origin being asked, but for the gate's first question", async () => {
    const me = newUser();
    await live(me);
    expect([origin.seen.length, origin.asked.length]).toEqual([0, 1]);
    await live(me);
    expect([origin.seen.length, origin.asked.length]).toEqual([0, 1]);
  });
});

describe("it is refused", () => {
  const refused: Record<string, [status: number, headers: (me: User) => Record<string, string>]> = {
    "without a credential": [401, () => ({})],
    "with a garbled one": [401, () => bearer("garbage")],
    "with a garbled one as subprotocol": [401, () => ({ "sec-websocket-protocol": "mindflow, garbage" })],
    "with a session's token as bearer": [401, (me) => bearer(token(me.said, { typ: "session+jwt" }))],
    "with a session's token as subprotocol": [401, (me) => ({ "sec-websocket-protocol": `mindflow, ${token(me.said, { typ: "session+jwt" })}` })],
    "with one that may not read": [403, (me) => bearer(me.again({ scope: "account" }).token)],
    "with the cookie from another page": [403, (me) => ({ ...cookie(me), ...EVIL })],
    "with the cookie from no page": [403, (me) => cookie(me)],
    "with a bearer token from another page": [403, (me) => ({ ...bearer(me.token), ...EVIL })],
    "with a subprotocol from another page": [403, (me) => ({ "sec-websocket-protocol": `mindflow, ${me.token}`, ...EVIL })],
  };
  test.each(Object.entries(refused))("%s", async (_, [status, headers]) => {
    const answer = await connect(headers(newUser()));
    expect([answer.status, answer.headers["content-type"]]).toEqual([status, "application/problem+json"]);
  });

  test("without Upgrade, also for HEAD", async () => {
    const me = newUser();
    expect((await me.get(LIVE)).status).toBe(400);
    expect((await me.get(LIVE, { upgrade: "h2c", connection: "Upgrade" })).status).toBe(400);
    expect((await me.call("HEAD", LIVE)).status).toBe(400);
  });

  test("with a credential that was revoked", async () => {
    const me = newUser();
    await invalidate({ user: me.said.sub, version: 0, effects: { user: me.said.sub, revoke: [{ id: me.said.sid, until: soon() }] } }, edge.url);
    expect((await connect(bearer(me.token))).status).toBe(401);
  });

  test("over the limit, since each counts", async () => {
    const me = newUser();
    const started = Date.now();
    for (let times = 0; times < 10; times += 1) await live(me);
    const left = /r=(\d+)/.exec(String((await me.get()).headers["ratelimit"]))?.[1];
    // Of 120 a minute, with what time has given back.
    expect(Number(left)).toBeLessThanOrEqual(120 - 11 + (Date.now() - started) / 500);
    while ((await me.get()).status !== 429);
    await expect.poll(async () => {
      while ((await me.get()).status !== 429);
      return (await connect(bearer(me.token))).status;
    }).toBe(429);
  });
});

describe("news", () => {
  test("come to every socket of the user once a change, and to nobody else", async () => {
    const me = newUser();
    const [one, two, stranger] = [await live(me), await live(me.again()), await live(newUser())];
    const expected: string[] = [];
    for (let times = 0; times < 3; times += 1) {
      await me.post(`${TASK}/start`);
      expected.push(changed(version));
    }
    // Neither a change that changed nothing, nor a read, nor news that are known, is news.
    await me.post("/api/tasks/unchanged/start");
    await me.get();
    await invalidate({ user: me.said.sub, version }, edge.url);
    version += 1;
    await invalidate({ user: me.said.sub, version }, edge.url);
    expected.push(changed(version));
    version += 1;
    await me.get("/api/tasks/best");
    expected.push(changed(version));
    for (const socket of [one, two]) await expect.poll(() => socket.messages).toEqual(expected);
    expect(stranger.messages).toEqual([]);
  });

  test("of a refusal there are none", async () => {
    const me = newUser();
    await me.get();
    const socket = await live(me);
    origin.respond = (response, seen, request) => { refusal(409, seen, "no", { "mindflow-version": String(version) })(response, seen, request); };
    expect((await me.post(`${TASK}/start`)).status).toBe(409);
    origin.respond = data;
    await me.post(`${TASK}/start`);
    await expect.poll(() => socket.messages).toEqual([changed(version)]);
  });
});

describe("it is closed", () => {
  const closing: Record<string, (me: User) => object> = {
    "when its credential is revoked": (me) => ({ revoke: [{ id: me.said.sid, until: soon() }] }),
    "when the generation is raised": () => ({ generation: 2 }),
    "when the account is deleted": () => ({ purge: true }),
  };
  const told2: Record<string, (me: User, effects: object) => Promise<unknown>> = {
    "by the origin's own news": (me, effects) => invalidate({ user: me.said.sub, version: 0, effects }, edge.url),
    "with an answer": (me, effects) => {
      origin.respond = told({}, { version, headers: { "mindflow-gate-effects": JSON.stringify(effects) } });
      return me.again({ gen: 9 }).post("/api/auth/logout");
    },
  };
  for (const [what, effects] of Object.entries(closing)) {
    test.each(Object.entries(told2))(`${what}, told %s`, async (_, tell) => {
      const me = newUser();
      const socket = await live(me);
      await tell(me, { user: me.said.sub, ...effects(me) });
      await expect.poll(() => [socket.code, socket.reason]).toEqual([1008, "the credential was revoked"]);
    });
  }

  test("not when another credential is revoked", async () => {
    const me = newUser();
    const [mine, other] = [await live(me), await live(me.again({ sid: randomUUID() }))];
    const { sid } = me.said;
    await invalidate({ user: me.said.sub, version: 0, effects: { user: me.said.sub, revoke: [{ id: sid, until: soon() }] } }, edge.url);
    await expect.poll(() => mine.code).toBe(1008);
    version += 1;
    await invalidate({ user: me.said.sub, version }, edge.url);
    await expect.poll(() => other.messages).toEqual([changed(version)]);
    expect(other.code).toBeUndefined();
  });

  test("when its credential has ended, instead of news", async () => {
    const me = newUser();
    const short = me.again({ exp: Math.floor(Date.now() / 1000) + 3 });
    const socket = await live(short);
    await sleep(short.said.exp * 1000 - Date.now() + 50);
    await me.get();
    await me.post(`${TASK}/start`);
    await expect.poll(() => [socket.code, socket.reason]).toEqual([1008, "the credential has ended"]);
    expect(socket.messages).toEqual([]);
  });

  test("when its client says something else than ping, which is answered", async () => {
    const socket = await live(newUser());
    socket.send("ping");
    await expect.poll(() => socket.messages).toEqual(["pong"]);
    socket.send("ping");
    await expect.poll(() => socket.messages).toEqual(["pong", "pong"]);
    expect(socket.code).toBeUndefined();
    socket.send("hello");
    await expect.poll(() => socket.code).toBe(1003);
  });

  test("when it is the oldest of more than twenty", async () => {
    const me = newUser();
    const sockets: Socket[] = [];
    for (let number = 0; number < 22; number += 1) sockets.push(await live(me));
    await expect.poll(() => sockets.map((socket) => socket.code).slice(0, 2)).toEqual([1008, 1008]);
    version += 1;
    await invalidate({ user: me.said.sub, version }, edge.url);
    for (const socket of sockets.slice(2)) await expect.poll(() => socket.messages).toEqual([changed(version)]);
    expect(sockets.slice(2).map((socket) => socket.code)).toEqual(Array.from({ length: 20 }, () => undefined));
  });
});

test("its line in the log is like any other, and has no token", async () => {
  const me = newUser();
  const id = randomUUID();
  expect((await connect({ "sec-websocket-protocol": `mindflow, ${me.token}`, "x-request-id": id })).status).toBe(101);
  const lines = await logLines(edge, id);
  expect(lines).toMatchObject([{ level: "info", method: "GET", route: LIVE, status: 101 }]);
});

test("an eviction ends it, and who comes again hears what happens then", async () => {
  const me = newUser();
  const socket = await live(me);
  await edge.restart();
  await expect.poll(() => socket.code).toBeDefined();
  const again = await live(me);
  await me.post(`${TASK}/start`);
  await expect.poll(() => again.messages).toEqual([changed(version)]);
  expect((await call("GET", "/health", { edgeUrl: edge.url })).status).toBeLessThan(504);
}, 120_000);
