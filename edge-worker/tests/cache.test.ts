/** What the gate keeps, for how long, and what ends it: "The consistency of the cache" in architecture.md, in workerd. */
import { request as httpRequest } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { invalidate } from "./harness/callback.ts";
import { problem, type Answer } from "./harness/client.ts";
import { Edge } from "./harness/edge.ts";
import { cut, field, json, Origin, refusal, told, type Responder, type Told } from "./harness/origin.ts";
import { settings } from "./harness/settings.ts";
import { bearer } from "./harness/token.ts";
import { shared, User } from "./harness/user.ts";

let origin: Origin;
/** With the limit that is real. */
let edge: Edge;

beforeAll(async () => {
  origin = await Origin.start();
  edge = await Edge.start({ ...settings(inject("originPort")), USER_REQUESTS_PER_MINUTE: "120" });
}, 120_000);
afterAll(async () => {
  await edge.close();
  await origin.close();
});
afterEach(() => {
  origin.reset();
});

const HIT = "mindflow-edge; hit";
const MISS = "mindflow-edge; fwd=miss";
const BYPASS = "mindflow-edge; fwd=bypass";
const source = (answer: Answer) => answer.headers["cache-status"];

/** An origin with one number in it, which each change raises unless it says otherwise. */
class Data {
  version = 1;
  epoch = "e1";
  said: Told = {};
  readonly respond: Responder = (response, seen, request) => {
    if (seen.method !== "GET" && !seen.target.includes("unchanged")) this.version += 1;
    const etag = `"${this.version}-0"`;
    told({ version: this.version }, { version: this.version, epoch: this.epoch, maxAge: 60, etag, ...this.said })(response, seen, request);
  };
}

/** A new origin state, and a user whose gate has kept `path`. */
async function warm(path = "/api/tasks", edgeOf = edge): Promise<[me: User, data: Data]> {
  const data = new Data();
  origin.respond = data.respond;
  const me = new User(edgeOf);
  expect(source(await me.get(path))).toBe(MISS);
  expect(source(await me.get(path))).toBe(HIT);
  origin.seen.length = 0;
  return [me, data];
}

/** Holds answers back until it is told. */
function held(respond: Responder): { respond: Responder; waiting: (() => void)[]; come: (count: number) => Promise<void> } {
  const waiting: (() => void)[] = [];
  return {
    respond: (response, seen, request) => waiting.push(() => { respond(response, seen, request); }),
    waiting,
    come: (count) => expect.poll(() => waiting.length, { timeout: 10_000 }).toBe(count),
  };
}

describe("a hit", () => {
  test("asks the origin nothing and writes no row but the limiter's, one in twenty requests", async () => {
    const [me] = await warm();
    const answers = await Promise.all(Array.from({ length: 60 }, () => me.get()));
    expect(new Set(answers.map(source))).toEqual(new Set([HIT]));
    expect(origin.seen).toHaveLength(0);
    const rows = await Promise.all(answers.map((answer) => me.rows(answer)));
    expect(Math.max(...rows)).toBe(1);
    const written = rows.reduce((sum, one) => sum + one, 0);
    expect(written).toBeGreaterThanOrEqual(2);
    expect(written).toBeLessThanOrEqual(3);
  });

  test("is what was answered, and private", async () => {
    const data = new Data();
    data.said = { headers: { "content-type": "application/json; charset=utf-8", vary: "accept", "x-secret": "1" } };
    origin.respond = data.respond;
    const me = new User(edge);
    const [miss, hit] = [await me.get(), await me.get()];
    expect([source(miss), source(hit)]).toEqual([MISS, HIT]);
    for (const answer of [miss, hit]) {
      expect([answer.status, answer.text]).toEqual([200, '{"version":1}']);
      expect(answer.headers["cache-control"]).toBe("private, no-cache");
      expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
      expect(answer.headers.etag).toBe('"1-0"');
      expect(Object.keys(answer.headers).filter((name) => name.startsWith("mindflow-"))).toEqual([]);
      expect(answer.headers["x-secret"]).toBeUndefined();
    }
    expect(hit.headers["x-request-id"]).not.toBe(miss.headers["x-request-id"]);
    expect(hit.headers["server-timing"]).toMatch(/^edge;dur=[\d.]+, gate;dur=[\d.]+$/);
    expect(miss.headers["server-timing"]).toMatch(/^edge;dur=[\d.]+, gate;dur=[\d.]+, origin;dur=[\d.]+$/);
  });

  test("answers If-None-Match by itself, and so does a miss", async () => {
    const [me, data] = await warm();
    for (const tag of ['"1-0"', 'W/"1-0"', '"0-0", "1-0"', "*"]) {
      const answer = await me.get("/api/tasks", { "if-none-match": tag });
      expect([answer.status, answer.text, source(answer), answer.headers.etag]).toEqual([304, "", HIT, '"1-0"']);
      expect(answer.headers["content-type"]).toBeUndefined();
    }
    expect((await me.get("/api/tasks", { "if-none-match": '"1-1"' })).status).toBe(200);
    const miss = await me.get("/api/tasks?limit=3", { "if-none-match": '"1-0"' });
    expect([miss.status, source(miss)]).toEqual([304, MISS]);
    // The origin is asked for the whole, so that what it gave is kept.
    expect(field(origin.takeOnly(), "if-none-match")).toBeUndefined();
    expect(source(await me.get("/api/tasks?limit=3"))).toBe(HIT);
    data.version = 2;
  });

  test("answers HEAD from what GET got, with its length, and GET from what HEAD got", async () => {
    const [me] = await warm();
    const head = await me.call("HEAD", "/api/tasks");
    expect([head.status, head.text, source(head), head.headers["content-length"]]).toEqual([200, "", HIT, "13"]);
    const miss = await me.call("HEAD", "/api/tasks/best");
    expect([miss.status, miss.text, source(miss), miss.headers["content-length"]]).toEqual([200, "", MISS, "13"]);
    expect(origin.takeOnly().method).toBe("GET");
    expect((await me.get("/api/tasks/best")).text).toBe('{"version":1}');
    expect(origin.seen).toHaveLength(0);
  });
});

describe("the key", () => {
  test("is the path and the query in one order; other values and other orders of one name are others", async () => {
    const [me] = await warm("/api/tasks?status=pending&limit=2&tag=a&tag=b");
    expect(source(await me.get("/api/tasks?limit=2&tag=a&tag=b&status=pending"))).toBe(HIT);
    for (const query of ["", "?limit=3&tag=a&tag=b&status=pending", "?limit=2&tag=b&tag=a&status=pending", "?limit=2&tag=a&tag=b"]) {
      expect([query, source(await me.get(`/api/tasks${query}`))]).toEqual([query, MISS]);
    }
    expect(source(await me.get("/api/tasks/best?status=pending&limit=2&tag=a&tag=b"))).toBe(MISS);
  });

  test("is one user's: what is kept for one is never another's, and is the same user's other credentials' too", async () => {
    const [me, data] = await warm();
    data.said = { version: 7 };
    const other = await new User(edge).get();
    expect([source(other), origin.seen.length]).toEqual([MISS, 1]);
    expect(source(await me.again().get())).toBe(HIT);
  });
});

describe("nothing is kept", () => {
  const notKept: Record<string, Responder> = {
    "without Mindflow-Cache": told({}),
    "with max-age=0": told({}, { maxAge: 0 }),
    "when Mindflow-Cache cannot be read": told({}, { headers: { "mindflow-cache": "max-age=x" } }),
    "without a version": json({}, 200, { "mindflow-cache": "max-age=60" }),
    "of what is not found": (response, seen, request) => { refusal(404, seen, "no", { "mindflow-version": "1", "mindflow-cache": "max-age=60" })(response, seen, request); },
    "of what fails": told({}, { status: 500, maxAge: 60 }),
    "of what redirects": told({}, { status: 302, maxAge: 60, headers: { location: "/" } }),
  };
  test.each(Object.entries(notKept))("%s", async (_, respond) => {
    origin.respond = respond;
    const me = new User(edge);
    for (let times = 1; times <= 3; times += 1) {
      expect(source(await me.get())).toBe(MISS);
      expect(origin.seen).toHaveLength(times);
    }
  });

  test("of the account's routes, the export, and questions with a body", async () => {
    const data = new Data();
    origin.respond = data.respond;
    const me = new User(edge);
    for (const path of ["/api/auth/me", "/api/sessions", "/api/keys"]) {
      for (let times = 0; times < 2; times += 1) expect([path, source(await me.get(path))]).toEqual([path, BYPASS]);
    }
    data.said = { headers: {} };
    for (let times = 0; times < 2; times += 1) expect(source(await me.post("/api/preferences/preview", {}))).toBe(BYPASS);
    expect(origin.seen).toHaveLength(8);
  });

  test("of a body over 512 KiB, and what is kept besides stays", async () => {
    const [me, data] = await warm();
    const large = (size: number): Responder => told("x".repeat(size - 2), { version: data.version, epoch: data.epoch, maxAge: 60 });
    for (const [path, size, then] of [["/api/tasks/best", 524_288, HIT], ["/api/preferences", 524_289, MISS]] as const) {
      origin.respond = large(size);
      expect((await me.get(path)).text.length).toBe(size);
      const again = await me.get(path);
      expect([path, source(again), again.text.length]).toEqual([path, then, size]);
    }
    expect(source(await me.get())).toBe(HIT);
  });

  test("for longer than the origin says", async () => {
    const data = new Data();
    data.said = { maxAge: 1 };
    origin.respond = data.respond;
    const me = new User(edge);
    const started = Date.now();
    await me.get();
    await expect.poll(async () => source(await me.get()), { timeout: 5_000 }).toBe(MISS);
    expect(Date.now() - started).toBeGreaterThanOrEqual(1_000);
    expect(Date.now() - started).toBeLessThan(4_000);
  });
});

describe("what ends what is kept:", () => {
  const ends: Record<string, (me: User, data: Data) => Promise<unknown>> = {
    "a change": (me) => me.post("/api/tasks"),
    "a change of the account": (me) => me.call("PATCH", "/api/auth/me", {}, {}),
    "another read that shows a higher version": async (me, data) => {
      data.version = 5;
      await me.get("/api/tasks/best");
    },
    "a read that is not kept and shows one": async (me, data) => {
      data.version = 5;
      await me.get("/api/keys");
    },
    "a refusal that shows one": async (me, data) => {
      data.version = 5;
      data.said = { status: 409 };
      await me.post("/api/tasks/unchanged/complete");
      data.said = {};
    },
    "the origin's own news": async (me, data) => {
      data.version = 5;
      expect((await invalidate({ user: me.said.sub, version: 5 }, edge.url)).status).toBe(204);
    },
    "another data set, of whatever version": async (me, data) => {
      data.version = 1;
      data.epoch = "e2";
      await me.get("/api/tasks/best");
    },
  };
  test.each(Object.entries(ends))("%s", async (_, change) => {
    const [me, data] = await warm();
    await change(me, data);
    const next = await me.get();
    expect([source(next), next.text]).toEqual([MISS, `{"version":${data.version}}`]);
    expect(source(await me.get())).toBe(HIT);
  });

  const endsNot: Record<string, (me: User, data: Data) => Promise<unknown>> = {
    "not a change that changed nothing": (me) => me.post("/api/tasks/unchanged/start"),
    "not one that is refused with the same version": async (me, data) => {
      data.said = { status: 409 };
      await me.post("/api/tasks/unchanged/complete");
      data.said = {};
    },
    "not one that is refused before it is looked at": async (me, data) => {
      origin.respond = (response, seen, request) => { refusal(422, seen)(response, seen, request); };
      expect((await me.post("/api/tasks")).status).toBe(422);
      origin.respond = data.respond;
    },
    "not news that are known": async (me) => {
      expect((await invalidate({ user: me.said.sub, version: 1 }, edge.url)).status).toBe(204);
      expect((await invalidate({ user: me.said.sub, version: 0, effects: { user: me.said.sub, generation: 1 } }, edge.url)).status).toBe(204);
    },
    "not another user's change": async () => {
      await new User(edge).post("/api/tasks");
    },
    "not a question with a body": (me) => me.post("/api/preferences/preview?unchanged", {}),
  };
  test.each(Object.entries(endsNot))("%s", async (_, change) => {
    const [me] = await warm();
    await change(me, new Data());
    expect(source(await me.get())).toBe(HIT);
  });
});

describe("a read that overlaps a change", () => {
  test("is not kept when the change begins during it", async () => {
    const [me, data] = await warm();
    const slow = held(data.respond);
    origin.respond = slow.respond;
    const read = me.get("/api/tasks/best");
    await slow.come(1);
    origin.respond = data.respond;
    await me.post("/api/tasks/unchanged/start");
    slow.waiting[0]?.();
    expect(source(await read)).toBe(MISS);
    expect(source(await me.get("/api/tasks/best"))).toBe(MISS);
    expect(source(await me.get("/api/tasks/best"))).toBe(HIT);
  });

  test("is not kept when it begins during the change, whichever ends first", async () => {
    for (const readFirst of [true, false]) {
      const [me, data] = await warm();
      const slow = held(data.respond);
      origin.respond = slow.respond;
      const change = me.post("/api/tasks/unchanged/start");
      await slow.come(1);
      const read = me.get("/api/tasks/best");
      await slow.come(2);
      const [endChange, endRead] = slow.waiting;
      for (const end of readFirst ? [endRead, endChange] : [endChange, endRead]) {
        end?.();
        await (end === endRead ? read : change);
      }
      origin.respond = data.respond;
      expect([readFirst, source(await me.get("/api/tasks/best"))]).toEqual([readFirst, MISS]);
    }
  });

  test("is joined by nobody who comes after the change was answered", async () => {
    const [me, data] = await warm();
    const slow = held(told({ version: 1 }, { version: 1, epoch: data.epoch, maxAge: 60 }));
    origin.respond = slow.respond;
    const before = me.get("/api/tasks/best");
    await slow.come(1);
    origin.respond = data.respond;
    await me.post("/api/tasks");
    expect((await me.get("/api/tasks/best")).text).toBe('{"version":2}');
    slow.waiting[0]?.();
    expect((await before).text).toBe('{"version":1}');
    expect((await me.get("/api/tasks/best")).text).toBe('{"version":2}');
  });
});

describe("after a change whose answer was lost, nothing is served as current nor kept:", () => {
  const lost: Record<string, Responder> = {
    "the connection was cut": cut,
    "a proxy answered": (response) => response.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad Gateway</h1>"),
    "it failed without saying the version": json({}, 500),
    "it succeeded without saying the version": json({}, 200),
  };
  test.each(Object.entries(lost))("%s", async (_, respond) => {
    const [me, data] = await warm();
    origin.respond = (response, seen, request) => {
      if (seen.method === "GET") data.respond(response, seen, request);
      else respond(response, seen, request);
    };
    expect([503, 500, 200]).toContain((await me.call("DELETE", "/api/tasks/0198c5a0-0000-7000-8000-0000000000cc")).status);
    // It is committed late, by nobody who would tell.
    for (const version of [1, 1, 2]) {
      data.version = version;
      const answer = await me.get();
      expect([source(answer), answer.text]).toEqual([MISS, `{"version":${version}}`]);
    }
    expect(source(await new User(edge).get())).toBe(MISS);
  });
});

describe("of many who miss at once", () => {
  test("ten make one request, and all get its answer", async () => {
    const [me, data] = await warm();
    const slow = held(data.respond);
    origin.respond = slow.respond;
    const reads = Array.from({ length: 10 }, () => me.get("/api/tasks/best"));
    await slow.come(1);
    await me.get(); // a hit meanwhile
    slow.waiting[0]?.();
    const answers = await Promise.all(reads);
    expect(answers.map((answer) => [answer.status, answer.text])).toEqual(Array.from({ length: 10 }, () => [200, '{"version":1}']));
    expect(origin.seen).toHaveLength(1);
    expect(new Set(answers.map((answer) => answer.headers["x-request-id"])).size).toBe(10);
  });

  test("the first may go away: the others get the answer, and it is kept", async () => {
    const [me, data] = await warm();
    const slow = held(data.respond);
    origin.respond = slow.respond;
    const leader = abandoned(me, "/api/tasks/best");
    await slow.come(1);
    const followers = Array.from({ length: 3 }, () => me.get("/api/tasks/best"));
    leader.destroy();
    const alone = abandoned(me, "/api/preferences");
    await slow.come(2);
    alone.destroy();
    // The Worker has to have seen that they are gone.
    await me.get();
    for (const end of slow.waiting) end();
    expect((await Promise.all(followers)).map((answer) => answer.text)).toEqual(Array.from({ length: 3 }, () => '{"version":1}'));
    for (const path of ["/api/tasks/best", "/api/preferences"]) await expect.poll(async () => source(await me.get(path))).toBe(HIT);
    expect(origin.seen).toHaveLength(2);
  });

  test.each([401, 404])("each gets an own answer when it is %s, in an own name", async (status) => {
    const [me, data] = await warm();
    const refuse: Responder = (response, seen, request) => { refusal(status, seen, "no", status === 401 ? {} : { "mindflow-version": "1" })(response, seen, request); };
    const slow = held(refuse);
    origin.respond = slow.respond;
    const reads = [me, me.again(), me.again()].map((who) => who.get("/api/tasks/best"));
    await slow.come(1);
    await me.get();
    origin.respond = refuse;
    slow.waiting[0]?.();
    for (const answer of await Promise.all(reads)) {
      expect([answer.status, problem(answer).request_id]).toEqual([status, answer.headers["x-request-id"]]);
    }
    expect(origin.seen).toHaveLength(3);
    origin.respond = data.respond;
    expect((await me.get("/api/tasks/best")).status).toBe(200);
  });
});

/** A request whose caller can go away. */
function abandoned(me: User, path: string) {
  const { hostname, port } = new URL(edge.url);
  const request = httpRequest({ hostname, port, path, headers: bearer(me.token), agent: false });
  request.on("error", () => undefined);
  request.end();
  return request;
}

test("of a hundred and one answers, the one that was not used for longest goes", async () => {
  const data = new Data();
  origin.respond = data.respond;
  const me = new User(shared());
  const path = (number: number) => `/api/tasks?limit=${number}`;
  for (let number = 1; number <= 100; number += 1) await me.get(path(number));
  expect(source(await me.get(path(1)))).toBe(HIT);
  expect(source(await me.get(path(101)))).toBe(MISS);
  expect(source(await me.get(path(2)))).toBe(MISS);
  expect([source(await me.get(path(1))), source(await me.get(path(101)))]).toEqual([HIT, HIT]);
}, 60_000);

describe("after an eviction", () => {
  test("what was kept is kept, and what a change was in flight for is lost", async () => {
    const [idle, data] = await warm();
    const [busy, busyData] = await warm();
    const late = held(busyData.respond);
    origin.respond = late.respond;
    const change = busy.post("/api/tasks/0198c5a0-0000-7000-8000-0000000000cc/start").catch(() => undefined);
    await late.come(1);
    await edge.restart();
    await change;
    origin.respond = data.respond;
    origin.seen.length = 0;

    const hit = await idle.get();
    expect([source(hit), hit.text, origin.seen.length]).toEqual([HIT, '{"version":1}', 0]);
    const tagged = await idle.get("/api/tasks", { "if-none-match": '"1-0"' });
    expect([tagged.status, source(tagged)]).toEqual([304, HIT]);

    // The change is committed now, and nobody tells.
    for (const version of [1, 1, 2]) {
      data.version = version;
      const answer = await busy.get();
      expect([source(answer), answer.text]).toEqual([MISS, `{"version":${version}}`]);
    }
    late.waiting.forEach((end) => { end(); });
  }, 120_000);

  test("ended answers stay ended", async () => {
    const [me, data] = await warm();
    await me.post("/api/tasks/0198c5a0-0000-7000-8000-0000000000cc/start");
    await edge.restart();
    expect([source(await me.get()), data.version]).toEqual([MISS, 2]);
  }, 120_000);
});
