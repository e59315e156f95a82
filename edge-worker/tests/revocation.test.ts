/** Which credentials the gate lets through: what it asks, what it is told with an answer, and that it never forgets. */
import { readFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { invalidate } from "./harness/callback.ts";
import { call, JSON_TYPE, problem, type Answer } from "./harness/client.ts";
import { Edge } from "./harness/edge.ts";
import { field, json, Origin, type Responder } from "./harness/origin.ts";
import { settings } from "./harness/settings.ts";
import { verify } from "./harness/signature.ts";
import { bearer, claims, token, type Claims } from "./harness/token.ts";

let origin: Origin;
const soon = () => Math.floor(Date.now() / 1000) + 3600;

beforeEach(async () => {
  origin = await Origin.start();
});
afterEach(async () => {
  await origin.close();
});

const ask = (said: Claims, edgeUrl?: string): Promise<Answer> =>
  call("GET", "/api/tasks", { headers: bearer(token(said)), ...(edgeUrl === undefined ? {} : { edgeUrl }) });
const use = async (said: Claims, edgeUrl?: string) => (await ask(said, edgeUrl)).status;
const withEffects = (effects: unknown, status = 200): Responder =>
  json({}, status, { "mindflow-gate-effects": typeof effects === "string" ? effects : JSON.stringify(effects) });

describe("a new gate asks the origin", () => {
  test("once, as its caller", async () => {
    const me = claims();
    expect(await use(me)).toBe(200);
    expect(await use({ ...me, sid: randomUUID() })).toBe(200);
    const [question, ...others] = origin.asked;
    if (question === undefined || others.length > 0) throw new Error(`asked ${origin.asked.length} times`);
    verify(question);
    expect([question.method, question.target, question.body.length]).toEqual(["GET", "/internal/gate-state", 0]);
    expect(field(question, "mindflow-caller")).toContain(`user="${me.sub}", credential="${me.sid}"`);
    expect(field(question, "authorization")).toMatch(/^Bearer /);
  });

  test("once, however many requests come first", async () => {
    const me = claims();
    origin.gateState = (response, seen, request) => setTimeout(() => { json({ generation: 1, revoked: [], version: 1 })(response, seen, request); }, 100);
    const statuses = await Promise.all(Array.from({ length: 20 }, () => use(me)));
    expect(new Set(statuses)).toEqual(new Set([200]));
    // And the read itself once, too.
    expect([origin.asked.length, origin.seen.length]).toEqual([1, 1]);
  });

  test("and believes it", async () => {
    const me = claims({ gen: 4 });
    const lost = randomUUID();
    origin.gateState = json({ generation: 4, revoked: [{ id: lost, until: soon() }], version: 9 });
    expect(await use(me)).toBe(200);
    origin.reset();
    expect(await use({ ...me, gen: 3 })).toBe(401);
    expect(await use({ ...me, sid: lost })).toBe(401);
    expect(await use({ ...me, sid: randomUUID(), gen: 5 })).toBe(200);
    expect([origin.asked.length, origin.seen.length]).toEqual([0, 1]);
  });

  test("for each credential while none was good, so that a bad one does no harm to others", async () => {
    const me = claims();
    const bad = claims({ sub: me.sub });
    origin.gateState = (response, seen, request) => {
      const good = field(seen, "mindflow-caller")?.includes(me.sid) === true;
      const answer = good ? json({ generation: 1, revoked: [], version: 1 }) : json({}, 401);
      setTimeout(() => { answer(response, seen, request); }, 100);
    };
    const answers = await Promise.all([ask(bad), ask(me), ask(bad), ask(me)]);
    expect(answers.map((answer) => answer.status)).toEqual([401, 200, expect.any(Number), 200]);
    expect(origin.seen.map((seen) => field(seen, "mindflow-caller")?.includes(bad.sid)).filter(Boolean).length).toBeLessThan(2);
  });

  test("and while it does not know, and the origin is away, it lets nobody through", async () => {
    const me = claims();
    const broken: Responder[] = [
      (response) => response.socket?.destroy(),
      json({ error: "x" }, 500),
      (response) => response.writeHead(502).end(),
      json({ generation: "1" }),
      (response) => response.writeHead(200).end(),
      json({}, 404),
    ];
    for (const answer of broken) {
      origin.gateState = answer;
      const refused = await ask(me);
      expect([refused.status, refused.headers["retry-after"]]).toEqual([503, "5"]);
    }
    expect(origin.seen).toHaveLength(0);
    origin.reset();
    expect(await use(me)).toBe(200);
  });

  test("with a deadline that all who wait share", async () => {
    const me = claims();
    origin.gateState = () => undefined;
    const started = Date.now();
    const statuses = await Promise.all([use(me), use(me), sleep(2_000).then(() => use(me))]);
    expect(statuses).toEqual([503, 503, 503]);
    expect(Date.now() - started).toBeLessThan(8_000);
    expect(origin.asked).toHaveLength(1);
  });
});

describe("an answer's effects hold before it is sent on:", () => {
  const changes: Record<string, (me: Claims) => [effects: object, refused: Claims[], admitted: Claims[]]> = {
    "a credential is revoked": (me) => {
      const other = { ...me, sid: randomUUID() };
      return [{ revoke: [{ id: other.sid, until: soon() }] }, [other], [me]];
    },
    "its own credential is revoked": (me) => [{ revoke: [{ id: me.sid, until: soon() }] }, [me], [{ ...me, sid: randomUUID() }]],
    "the generation is raised": (me) => [{ generation: 2 }, [me, { ...me, sid: randomUUID() }], [{ ...me, gen: 2 }]],
    "the account is deleted": (me) => [{ purge: true }, [me, { ...me, gen: 99 }, { ...me, sid: randomUUID() }], []],
  };
  const told: Record<string, (me: Claims, effects: object) => Promise<Answer>> = {
    "to the user": (me, effects) => {
      origin.respond = withEffects({ user: me.sub, ...effects }, 201);
      return call("POST", "/api/auth/logout", { headers: bearer(token(me)) });
    },
    "to nobody in particular": (me, effects) => {
      origin.respond = withEffects({ user: me.sub, ...effects }, 201);
      return call("POST", "/api/auth/reset-password", { headers: JSON_TYPE, body: "{}" });
    },
  };
  for (const [what, change] of Object.entries(changes)) {
    test.each(Object.entries(told))(`${what}, %s`, async (_, tell) => {
      const me = claims();
      expect(await use(me)).toBe(200);
      const [effects, refused, admitted] = change(me);
      const answer = await tell(me, effects);
      expect([answer.status, answer.headers["mindflow-gate-effects"], answer.headers["mindflow-gate-reason"]]).toEqual([201, undefined, undefined]);
      origin.reset();
      for (const said of refused) {
        const answer = await ask(said);
        expect(answer.status).toBe(401);
        expect(answer.headers["www-authenticate"]).toMatch(/^Bearer error="invalid_token", resource_metadata="/);
        expect(answer.headers["mindflow-gate-reason"]).toBeUndefined();
        expect(problem(answer).type).toBe("urn:mindflow:problem:unauthenticated");
      }
      expect(origin.seen).toHaveLength(0);
      for (const said of admitted) expect(await use(said)).toBe(200);
    });
  }

  test("also of an answer that refuses, as when a refresh token is used twice", async () => {
    const me = claims();
    origin.respond = withEffects({ user: me.sub, revoke: [{ id: me.sid, until: soon() }] }, 401);
    expect((await call("POST", "/api/auth/refresh", { headers: JSON_TYPE, body: "{}" })).status).toBe(401);
    origin.reset();
    expect(await use(me)).toBe(401);
    expect(origin.asked).toHaveLength(0);
  });

  test("but not those of another user's answer", async () => {
    const me = claims();
    const other = claims();
    origin.respond = withEffects({ user: other.sub, purge: true });
    expect(await use(me)).toBe(200);
    origin.reset();
    expect([await use(me), await use(other)]).toEqual([200, 200]);
    await expect.poll(() => readFileSync(inject("edgeLog"), "utf8")).toContain("gate effects for another user were not applied");
  });

  test("and an answer whose effects nobody can read is withheld", async () => {
    const me = claims();
    for (const effects of ["{}", "x", `{"user":"${me.sub}","generation":"2"}`]) {
      origin.respond = withEffects(effects, 201);
      for (const answer of [
        await call("POST", "/api/auth/revoke-all", { headers: bearer(token(me)) }),
        await call("POST", "/api/auth/reset-password", { headers: JSON_TYPE, body: "{}" }),
      ]) {
        expect([answer.status, answer.headers["retry-after"]]).toEqual([503, "5"]);
      }
    }
  });
});

test("a revoked credential is refused while the origin is away, and the log says why", async () => {
  const me = claims();
  expect((await invalidate({ user: me.sub, version: 1, effects: { user: me.sub, revoke: [{ id: me.sid, until: soon() }] } })).status).toBe(204);
  await origin.close();
  const id = randomUUID();
  const answer = await call("GET", "/api/tasks", { headers: { ...bearer(token(me)), "x-request-id": id } });
  expect([answer.status, answer.headers["x-request-id"]]).toEqual([401, id]);
  expect(problem(answer).detail).not.toContain("revoked");
  await expect.poll(() => readFileSync(inject("edgeLog"), "utf8")).toMatch(new RegExp(`"level":"info".*"request_id":"${id}".*"status":401.*"reason":"revoked"`));
  expect(await use({ ...me, sid: randomUUID() })).toBe(503);
  origin = await Origin.start();
});

describe("after an eviction", () => {
  let edge: Edge;
  beforeAll(async () => {
    edge = await Edge.start(settings(inject("originPort")));
  }, 120_000);
  afterAll(async () => {
    await edge.close();
  });

  test("all of it is still known, and nothing is asked again", async () => {
    const me = claims();
    const [lost, raised, gone] = [{ ...me, sid: randomUUID() }, claims(), claims()];
    for (const said of [me, raised, gone]) expect(await use(said, edge.url)).toBe(200);
    origin.respond = withEffects({ user: me.sub, revoke: [{ id: lost.sid, until: soon() }] });
    await use(me, edge.url);
    origin.respond = withEffects({ user: raised.sub, generation: 2 });
    await use(raised, edge.url);
    expect((await invalidate({ user: gone.sub, version: 5, effects: { user: gone.sub, purge: true } }, edge.url)).status).toBe(204);

    await edge.restart();
    origin.reset();
    for (const said of [lost, raised, gone]) expect(await use(said, edge.url)).toBe(401);
    expect(origin.seen).toHaveLength(0);
    for (const said of [me, { ...raised, gen: 2 }]) expect(await use(said, edge.url)).toBe(200);
    expect(origin.asked).toHaveLength(0);
  }, 120_000);
});
