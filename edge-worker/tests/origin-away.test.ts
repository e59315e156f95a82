/** An origin that is gone, slow, broken or cut off is a 503 that says when to come again, never a hang. */
import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { call, JSON_TYPE, problem, type Answer } from "./harness/client.ts";
import { json, Origin, type Responder } from "./harness/origin.ts";
import { bearer, claims, token } from "./harness/token.ts";

const auth = bearer(token(claims()));
/** The Worker's own deadline is 10 s. */
const DEADLINE_MS = 12_000;
let origin: Origin | undefined;

// What one test made the Worker believe of the origin is not the next one's.
beforeEach(async () => {
  await (await Origin.start()).close();
});
afterEach(async () => {
  await origin?.close();
  origin = undefined;
});

function expectAway(answer: Answer): void {
  expect(answer.status).toBe(503);
  expect(answer.headers["retry-after"]).toBe("5");
  expect(answer.headers["x-content-type-options"]).toBe("nosniff");
  const said = problem(answer);
  expect(said.type).toBe("urn:mindflow:problem:unavailable");
  expect(said.request_id).toBe(answer.headers["x-request-id"]);
}

const both = async (): Promise<void> => {
  expectAway(await call("GET", "/api/tasks", { headers: auth }));
  expectAway(await call("POST", "/api/auth/login", { headers: JSON_TYPE, body: "{}" }));
};

test("nobody listens", async () => {
  await both();
});

const cut = (response: ServerResponse) => response.socket?.destroy();
const broken: Record<string, Responder> = {
  "the connection is cut before the answer": cut,
  "the connection is cut in the middle of an announced body": (response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
    response.write('{"items":[', () => cut(response));
  },
  "the connection is cut in the middle of a chunked body": (response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.write('{"items":[', () => cut(response));
  },
  "what answers does not speak HTTP": (response) => {
    response.socket?.end("no http here\r\n\r\n");
  },
  "a proxy answers 502": (response) => response.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad Gateway</h1>"),
  "a proxy answers 503": (response) => response.writeHead(503, { "content-type": "text/plain" }).end("no upstream"),
  "a proxy answers 504": (response) => response.writeHead(504).end(),
};

describe("it is away when", () => {
  for (const [name, respond] of Object.entries(broken)) {
    test(name, async () => {
      origin = await Origin.start();
      origin.respond = respond;
      await both();
    });
  }
});

describe("it is away when it takes too long", () => {
  const slow: Record<string, Responder> = {
    "to answer at all": () => undefined,
    "to send the body's end": (response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.write("{");
    },
  };
  for (const [name, respond] of Object.entries(slow)) {
    test(name, async () => {
      origin = await Origin.start();
      origin.respond = respond;
      const started = Date.now();
      await Promise.all([
        call("GET", "/api/tasks", { headers: auth }).then(expectAway),
        call("POST", "/api/auth/login", { headers: JSON_TYPE, body: "{}" }).then(expectAway),
      ]);
      expect(Date.now() - started).toBeLessThan(DEADLINE_MS);
    });
  }
});

test("it is back at once when the origin is", async () => {
  expectAway(await call("GET", "/api/tasks", { headers: auth }));
  origin = await Origin.start();
  origin.respond = json({ items: [] });
  const answer = await call("GET", "/api/tasks", { headers: auth });
  expect([answer.status, answer.text]).toEqual([200, '{"items":[]}']);
});

test("a slow origin delays nobody else", async () => {
  origin = await Origin.start();
  const waiting: ServerResponse[] = [];
  origin.respond = (response, seen) => {
    if (seen.target.includes("slow")) waiting.push(response);
    else json({})(response, seen, response.req);
  };
  const slow = call("GET", "/api/tasks?slow", { headers: auth });
  while (waiting.length === 0) await new Promise((done) => setTimeout(done, 10));
  expect((await call("GET", "/api/tasks", { headers: auth })).status).toBe(200);
  waiting[0]?.end("{}");
  expect((await slow).status).toBe(200);
});

test("a change whose answer is lost is never answered by the refusal of a copy that was sent on the way", async () => {
  origin = await Origin.start();
  const nonces = new Set<string>();
  let isLost = false;
  // As the origin does: it applies a request, loses the answer, and refuses whatever has a nonce that it knows.
  origin.respond = (response, seen) => {
    const nonce = /nonce="([^"]+)"/.exec(seen.fields.find(([name]) => name === "signature-input")?.[1] ?? "")?.[1] ?? "";
    if (nonces.has(nonce)) json({ type: "about:blank", title: "Unauthenticated", status: 401 }, 401, { "content-type": "application/problem+json" })(response, seen, response.req);
    else if (seen.method === "DELETE" && !isLost) {
      isLost = true;
      cut(response);
    } else json({ version: 1 }, 200, { "mindflow-version": "1" })(response, seen, response.req);
    nonces.add(nonce);
  };
  const headers = bearer(token(claims()));
  for (let n = 0; n < 5; n++) {
    // A connection that is kept is what a copy is sent for.
    expect((await call("GET", `/api/tasks?n=${n}`, { headers })).status).toBe(200);
    isLost = false;
    expect((await call("DELETE", "/api/tasks/01a21b25-122e-77cb-a5f6-e1beaa4c2319", { headers })).status).toBe(200);
  }
});
