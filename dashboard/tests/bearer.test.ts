// The session by tokens: who renews, when, and what is left when a renewal fails.
import { beforeEach, expect, test } from "vitest";
import { Bearer, type Tokens } from "../src/api/bearer.ts";

const base = "https://api.test";
let kept: string | null;
let now: number;
let asked: { path: string; token: string | null; body: string }[];
let answer: (path: string, token: string | null, body: string) => Response;
let queue: Promise<unknown>;

/** A window of the browser: all share what is kept, and queue for the renewal. */
function opened(): Bearer {
  return new Bearer({
    base,
    fetch: async (request) => {
      const call = { path: new URL(request.url).pathname, token: request.headers.get("Authorization")?.slice(7) ?? null, body: await request.text() };
      asked.push(call);
      return answer(call.path, call.token, call.body);
    },
    keeper: { read: () => kept, write: (token) => { kept = token; } },
    now: () => now,
    alone: (work) => {
      const done = queue.then(work);
      queue = done.catch(() => null);
      return done;
    },
  });
}

const tokens = (number: number): Tokens => ({ access_token: `access-${number}`, refresh_token: `refresh-${number}`, token_type: "Bearer", expires_in: 3600 });
const request = (body?: string) => new Request(`${base}/api/tasks`, body === undefined ? {} : { method: "POST", body });
const renewals = () => asked.filter(({ path }) => path === "/api/auth/refresh").map(({ body }) => (JSON.parse(body) as { refresh_token: string }).refresh_token);

beforeEach(() => {
  [kept, now, asked, queue] = [null, 0, [], Promise.resolve()];
  answer = (path, _, body) => {
    if (path !== "/api/auth/refresh") return new Response("{}");
    return Response.json(tokens(Number(/refresh-(\d+)/.exec(body)?.[1]) + 1));
  };
});

test("a call brings the token, and a body with it", async () => {
  const bearer = opened();
  bearer.accept(tokens(1));
  expect(kept).toBe("refresh-1");
  await bearer.fetch(request("{}"));
  expect(asked).toEqual([{ path: "/api/tasks", token: "access-1", body: "{}" }]);
});

test("after a reload it is renewed once, however many calls wait", async () => {
  kept = "refresh-1";
  const bearer = opened();
  await Promise.all([bearer.fetch(request()), bearer.fetch(request()), bearer.fetch(request())]);
  expect(renewals()).toEqual(["refresh-1"]);
  expect(asked.filter(({ path }) => path === "/api/tasks").map(({ token }) => token)).toEqual(Array(3).fill("access-2"));
  expect(kept).toBe("refresh-2");
});

test("windows renew one after another, each with the newest token: none comes back used up", async () => {
  kept = "refresh-1";
  const windows = [opened(), opened(), opened()];
  await Promise.all(windows.map((bearer) => bearer.fetch(request())));
  expect(renewals()).toEqual(["refresh-1", "refresh-2", "refresh-3"]);
});

test("a token is not used in its last half minute", async () => {
  const bearer = opened();
  bearer.accept(tokens(1));
  now = 3_569_999;
  await bearer.fetch(request());
  expect(renewals()).toEqual([]);
  now = 3_570_000;
  await bearer.fetch(request());
  expect(renewals()).toEqual(["refresh-1"]);
});

test("a call that is refused is made once more with the next token, and its body again", async () => {
  const bearer = opened();
  bearer.accept(tokens(1));
  const usual = answer;
  answer = (path, token, body) => (token === "access-1" ? new Response(null, { status: 401 }) : usual(path, token, body));
  expect((await bearer.fetch(request('{"title":"A"}'))).status).toBe(200);
  expect(asked.filter(({ path }) => path === "/api/tasks")).toEqual([
    { path: "/api/tasks", token: "access-1", body: '{"title":"A"}' }, { path: "/api/tasks", token: "access-2", body: '{"title":"A"}' },
  ]);
});

test("a session that was ended is over, and nothing is asked any more", async () => {
  const bearer = opened();
  bearer.accept(tokens(1));
  answer = () => new Response(null, { status: 401 });
  expect((await bearer.fetch(request())).status).toBe(401);
  expect(kept).toBeNull();
  asked = [];
  expect((await bearer.fetch(request())).status).toBe(401);
  expect(asked).toEqual([]);
});

test("a server that is away or busy ends no session", async () => {
  kept = "refresh-1";
  const bearer = opened();
  for (const status of [429, 500, 503]) {
    answer = () => new Response(null, { status });
    expect((await bearer.fetch(request())).status).toBe(status);
  }
  answer = () => { throw new TypeError("no network"); };
  await expect(bearer.fetch(request())).rejects.toThrow("no network");
  expect(kept).toBe("refresh-1");
});

test("another window's sign-out is this one's", async () => {
  const bearer = opened();
  bearer.accept(tokens(1));
  kept = null;
  bearer.drop();
  expect((await bearer.fetch(request())).status).toBe(401);
});
