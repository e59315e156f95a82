/** `GET /health`: what it says, and that many who ask make one probe a second. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { call } from "./harness/client.ts";
import { field, json, Origin } from "./harness/origin.ts";
import { verify } from "./harness/signature.ts";

let origin: Origin | undefined;

beforeEach(async () => {
  await sleep(1_100); // what the Worker knows from the test before is old now
});
afterEach(async () => {
  await origin?.close();
  origin = undefined;
});

const well = { status: "ok", database: "ok", migration: 3 };

test("all is well", async () => {
  origin = await Origin.start();
  origin.respond = json(well);
  const answer = await call("GET", "/health");
  expect(answer.status).toBe(200);
  expect(answer.headers["cache-control"]).toBe("no-store");
  expect(JSON.parse(answer.text)).toEqual({
    status: "ok",
    version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
    edge: { status: "ok" },
    origin: well,
  });
  const seen = origin.takeOnly();
  verify(seen);
  expect([seen.method, seen.target, field(seen, "mindflow-caller")]).toEqual(["GET", "/health", 'kind="anonymous"']);
});

test("the database is away", async () => {
  origin = await Origin.start();
  origin.respond = json({ status: "degraded", database: "down" }, 503);
  const answer = await call("GET", "/health");
  expect(answer.status).toBe(503);
  expect(answer.headers["retry-after"]).toBe("5");
  expect(JSON.parse(answer.text)).toMatchObject({ status: "degraded", origin: { status: "degraded", database: "down" } });
});

test("the origin is away", async () => {
  const answer = await call("GET", "/health");
  expect(answer.status).toBe(503);
  expect(JSON.parse(answer.text)).toMatchObject({ status: "degraded", origin: { status: "unreachable", database: "unknown" } });
});

test("fifty who ask at once make one probe, and all get its answer", async () => {
  origin = await Origin.start();
  origin.respond = (response, seen, request) => {
    setTimeout(() => {
      json(well)(response, seen, request);
    }, 100);
  };
  const answers = await Promise.all(Array.from({ length: 50 }, () => call("GET", "/health")));
  expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 50 }, () => 200));
  expect(origin.seen).toHaveLength(1);
  await sleep(1_100);
  await call("GET", "/health");
  expect(origin.seen).toHaveLength(2);
});
