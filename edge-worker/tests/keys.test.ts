/** Public token keys beyond the Worker's variable: learned once, kept for when the origin is away, dropped when retired. */
import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { call } from "./harness/client.ts";
import { Edge } from "./harness/edge.ts";
import { field, json, Origin, type Responder } from "./harness/origin.ts";
import { publicKey, settings, strangersKey, TOKEN_KEY_ID, tokenKey } from "./harness/settings.ts";
import { verify } from "./harness/signature.ts";
import { bearer, claims, token } from "./harness/token.ts";

const NEW_ID = "2026-12";
const newKey = generateKeyPairSync("ed25519").privateKey;
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

const use = async (header: { kid?: string } = {}, key = tokenKey) =>
  (await call("GET", "/api/tasks", { headers: bearer(token(claims(), header, key)), edgeUrl: edge.url })).status;
const useNew = () => use({ kid: NEW_ID }, newKey);
const published = (...keys: object[]): Responder => json({ keys });
const known = publicKey(TOKEN_KEY_ID, tokenKey);
const added = publicKey(NEW_ID, newKey);
const cut: Responder = (response) => response.socket?.destroy();

// Each test goes on from the one before: what the object keeps is what they are about.
test("a key set is anybody's to read", async () => {
  const answer = await call("GET", "/.well-known/jwks.json", { edgeUrl: edge.url });
  expect([answer.status, JSON.parse(answer.text)]).toEqual([200, { keys: [known] }]);
});

test("an unknown key is looked up once, for all who wait, and then known", async () => {
  origin.reset();
  origin.keySet = (response, seen, request) => {
    setTimeout(() => {
      published(known, added)(response, seen, request);
    }, 100);
  };
  const statuses = await Promise.all(Array.from({ length: 20 }, useNew));
  expect(new Set(statuses)).toEqual(new Set([200]));
  const [question, ...others] = origin.looked;
  if (question === undefined || others.length > 0) throw new Error(`looked ${origin.looked.length} times`);
  verify(question);
  expect([question.method, field(question, "mindflow-caller"), field(question, "authorization")]).toEqual(["GET", 'kind="anonymous"', undefined]);
});

test("made-up key ids are refused and cost no more look-ups, and a known id gives no other key a chance", async () => {
  origin.reset();
  for (const kid of ["a", "b", "2026-13"]) expect(await use({ kid }, strangersKey)).toBe(401);
  expect(await use({ kid: NEW_ID }, strangersKey)).toBe(401);
  expect(await useNew()).toBe(200);
  expect(origin.looked).toHaveLength(0);
});

test("a cold isolate knows the key while the origin cannot say, or says nonsense", async () => {
  const nonsense: Responder[] = [cut, json({ keys: [] }), (response) => response.writeHead(502).end("<html>")];
  for (const answer of nonsense) {
    await edge.restart();
    origin.reset();
    origin.keySet = answer;
    expect(await useNew()).toBe(200);
    expect(origin.looked).toHaveLength(1);
  }
}, 120_000);

test("the variable's key stands, whatever the origin publishes; and a key that is retired is gone for good", async () => {
  await edge.restart();
  origin.reset();
  origin.keySet = published(publicKey(TOKEN_KEY_ID, strangersKey));
  expect(await useNew()).toBe(401);
  expect(await use()).toBe(200);
  expect(await use({}, strangersKey)).toBe(401);
  expect(origin.looked).toHaveLength(1);

  await edge.restart();
  origin.keySet = cut;
  expect(await useNew()).toBe(401);
  expect(await use()).toBe(200);
}, 120_000);
