/** A Worker whose settings are not usable says so, in its log by name, and serves nothing that needs them. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call, problem } from "./harness/client.ts";
import { Edge } from "./harness/edge.ts";
import { ORIGIN_AUTHORITY, tokenPublicKeys } from "./harness/settings.ts";
import { bearer, claims, token } from "./harness/token.ts";

const WEAK = "dG9vLXNob3J0";
let edge: Edge;

beforeAll(async () => {
  edge = await Edge.start({
    PUBLIC_URL: "http://mindflow.test",
    ORIGIN_URL: "http://127.0.0.1:9",
    ORIGIN_AUTHORITY,
    SIGNING_KEYS: `edge-1=${WEAK}`,
    CALLBACK_KEYS: `origin-1=${WEAK}`,
    TOKEN_PUBLIC_KEYS: tokenPublicKeys(),
  });
}, 120_000);
afterAll(async () => {
  await edge.close();
});

test("every request that needs them is 503, and each wrong variable is named without its value", async () => {
  for (const path of ["/", "/health", "/api/tasks"]) {
    const answer = await call("GET", path, { edgeUrl: edge.url, headers: bearer(token(claims())) });
    expect(answer.status).toBe(503);
    expect(problem(answer).detail).toContain("not configured");
    expect(answer.text).not.toMatch(/SIGNING_KEYS|CALLBACK_KEYS/);
  }
  expect((await call("GET", "/nothing", { edgeUrl: edge.url })).status).toBe(404);
  await expect.poll(() => readFileSync(edge.log, "utf8")).toMatch(/configuration: CALLBACK_KEYS/);
  const log = readFileSync(edge.log, "utf8");
  expect(log).toMatch(/configuration: SIGNING_KEYS/);
  expect(log).toMatch(/configuration: PUBLIC_URL must start with https:/);
  expect(log).not.toContain(WEAK);
});
