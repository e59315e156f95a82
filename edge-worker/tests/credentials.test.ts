/** No credential that does not hold reaches the origin or makes a Durable Object. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { call, JSON_TYPE, problem } from "./harness/client.ts";
import { Origin } from "./harness/origin.ts";
import { strangersKey, TOKEN_KEY_ID } from "./harness/settings.ts";
import { bearer, claims, token, tokenByHmacWithThePublicKey, withOtherClaims } from "./harness/token.ts";

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

/** workerd keeps one database a Durable Object, made when the object is. */
function gates(): string[] {
  const folder = join(inject("edgeState"), "v3", "do", "mindflow-edge-UserGate");
  return readdirSync(folder).filter((name) => name.endsWith(".sqlite") && name !== "metadata.sqlite");
}

test("a user's first request makes that user's gate, and further ones use it", async () => {
  const before = gates().length;
  const headers = bearer(token(claims()));
  expect((await call("GET", "/api/tasks", { headers })).status).toBe(200);
  expect((await call("GET", "/api/tasks", { headers })).status).toBe(200);
  expect(gates().length).toBe(before + 1);
});

const now = Math.floor(Date.now() / 1000);
const valid = token(claims());
const [header = "", payload = "", signature = ""] = valid.split(".");
const flipped = `${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`;

const refused: Record<string, string> = {
  "an empty token": "",
  "garbage": "garbage",
  "three dots": "...",
  "garbage in three parts": "a.b.c",
  "a very long one": "a".repeat(20_000),
  "alg none, unsigned": `${Buffer.from('{"alg":"none","kid":"x","typ":"at+jwt"}').toString("base64url")}.${payload}.`,
  "alg none, with a signature": token(claims(), { alg: "none" }),
  "alg HS256 keyed with the public key": tokenByHmacWithThePublicKey(claims()),
  "another alg name": token(claims(), { alg: "Ed25519" }),
  "an unknown kid": token(claims(), { kid: "other" }),
  "an empty kid": token(claims(), { kid: "" }),
  "our kid, a stranger's key": token(claims(), { kid: TOKEN_KEY_ID }, strangersKey),
  "another type": token(claims(), { typ: "JWT" }),
  "a header of the caller's own key": token(claims(), { jwk: { kty: "OKP" } }),
  "altered claims": withOtherClaims(valid, claims({ sub: randomUUID() })),
  "an altered signature": `${header}.${payload}.${flipped}`,
  "a missing signature": `${header}.${payload}.`,
  "a signature with padding": `${valid}==`,
  "an expired one": token(claims({ iat: now - 7200, exp: now - 1 })),
  "one from the future": token(claims({ iat: now + 3600, exp: now + 7200 })),
  "another issuer's": token(claims({ iss: "https://evil.example" })),
  "one for another audience": token(claims({ aud: "https://mindflow.test/mcp" })),
  "a subject that is no UUID": token(claims({ sub: "admin" })),
  "an unknown scope": token(claims({ scope: "admin" })),
  "a dashboard session": token(claims(), { typ: "session+jwt" }),
  "an API key without its prefix": token(claims(), { typ: "key+jwt" }),
  "an access token with the API key's prefix": `mfk_${valid}`,
};

describe("is refused with 401, touching nothing:", () => {
  for (const [name, text] of Object.entries(refused)) {
    test(name, async () => {
      const before = gates();
      const answer = await call("GET", "/api/tasks", { headers: bearer(text) });
      expect(answer.status).toBe(401);
      expect(problem(answer).type).toBe("urn:mindflow:problem:unauthenticated");
      expect(answer.headers["www-authenticate"]).toMatch(text === "" ? /^Bearer/ : /^Bearer error="invalid_token", resource_metadata="/);
      expect(gates()).toEqual(before);
      expect(origin.seen).toHaveLength(0);
    });
  }

  for (const [name, authorization] of [
    ["no credential", undefined],
    ["another scheme", "Basic dTpw"],
    ["a bare token", valid],
    ["two credentials", `Bearer ${valid}, Bearer ${valid}`],
    ["characters outside ASCII", "Bearer ü"],
  ] as const) {
    test(name, async () => {
      const before = gates();
      const answer = await call("GET", "/api/tasks", { headers: authorization === undefined ? {} : { authorization } });
      expect(answer.status).toBe(401);
      expect(answer.headers["www-authenticate"]).toMatch(/^Bearer/);
      expect(gates()).toEqual(before);
      expect(origin.seen).toHaveLength(0);
    });
  }
});

test("a token that held is refused from its end on, although its signature is remembered", async () => {
  const exp = Math.floor(Date.now() / 1000) + 3;
  const text = token(claims({ exp }));
  expect((await call("GET", "/api/tasks", { headers: bearer(text) })).status).toBe(200);
  origin.reset();
  await new Promise((done) => setTimeout(done, exp * 1000 - Date.now() + 100));
  const answer = await call("GET", "/api/tasks", { headers: bearer(text) });
  expect(answer.status).toBe(401);
  expect(problem(answer).detail).toContain("expired");
  expect(origin.seen).toHaveLength(0);
});

test("a missing scope is 403 and named, and counts", async () => {
  const headers = bearer(token(claims({ scope: "tasks:read" })));
  const answer = await call("POST", "/api/tasks", { headers: { ...headers, ...JSON_TYPE }, body: "{}" });
  expect(answer.status).toBe(403);
  expect(problem(answer).detail).toContain("tasks:write");
  expect(answer.headers["www-authenticate"]).toBe(
    'Bearer error="insufficient_scope", scope="tasks:write", resource_metadata="https://mindflow.test/.well-known/oauth-protected-resource"',
  );
  expect(answer.headers["ratelimit"]).toMatch(/^"user";r=\d+;t=1$/);
  expect((await call("GET", "/api/auth/me", { headers })).status).toBe(403);
  expect(origin.seen).toHaveLength(0);
});
