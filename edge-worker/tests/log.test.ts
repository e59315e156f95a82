/** What the Worker writes about a request: one line that names the route, and nothing that must stay private. */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { call, JSON_TYPE } from "./harness/client.ts";
import { Origin, type Responder } from "./harness/origin.ts";
import { bearer, claims, token } from "./harness/token.ts";

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

/** The lines about a request, as soon as there are `count` of them. */
async function lines(requestId: string, count: number): Promise<Record<string, unknown>[]> {
  for (;;) {
    const found = readFileSync(inject("edgeLog"), "utf8").split("\n").filter((line) => line.includes(requestId));
    // wrangler decorates the lines of console.error.
    const json = found.map((line) => /\{.*\}/.exec(line)?.[0] ?? line);
    if (json.length >= count) return json.map((line) => JSON.parse(line) as Record<string, unknown>);
    await sleep(20);
  }
}

test("one line says what was asked and how it ended", async () => {
  const id = randomUUID();
  await call("GET", "/api/tasks/0198c5a0-0000-7000-8000-0000000000cc?q=private", {
    headers: { ...bearer(token(claims())), "x-request-id": id },
  });
  expect(await lines(id, 1)).toEqual([
    {
      level: "info", msg: "request", request_id: id, method: "GET", route: "/api/tasks/{id}", status: 200,
      dur_ms: expect.any(Number) as number, gate_rows: expect.any(Number) as number,
    },
  ]);
});

test("a refusal names its reason, which the caller is not told", async () => {
  const id = randomUUID();
  const answer = await call("GET", "/api/tasks", {
    headers: { ...bearer(token(claims({ iss: "https://evil.example" }))), "x-request-id": id },
  });
  expect(answer.text).not.toContain("issuer");
  expect(await lines(id, 1)).toMatchObject([{ level: "info", status: 401, reason: "issuer" }]);
});

test("an origin that is away is an error, in the gate's line and in the Worker's", async () => {
  const id = randomUUID();
  const cut: Responder = (response) => response.socket?.destroy();
  origin.respond = cut;
  await call("GET", "/api/tasks", { headers: { ...bearer(token(claims())), "x-request-id": id } });
  const said = await lines(id, 2);
  expect(said.map((line) => line["level"])).toEqual(["error", "error"]);
  expect(said.some((line) => line["reason"] === "origin_no_answer")).toBe(true);
});

test("no token, body, path, query or address is written", async () => {
  const id = randomUUID();
  const text = token(claims());
  const secret = "correct horse battery staple";
  await call("POST", "/api/tasks?query=of-mine", {
    headers: { ...bearer(text), ...JSON_TYPE, "x-request-id": id, "cf-connecting-ip": "203.0.113.99" },
    body: JSON.stringify({ title: secret }),
  });
  await lines(id, 1);
  // wrangler's own lines name the path, but not the query.
  const log = readFileSync(inject("edgeLog"), "utf8");
  for (const hidden of [text, text.split(".")[2] ?? "", secret, "of-mine", "203.0.113.99"]) expect(log).not.toContain(hidden);
});
