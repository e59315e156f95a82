/** What is larger than other answers and bodies, and the one route whose credential is in the query. */
import { request as httpRequest } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { call, JSON_TYPE } from "./harness/client.ts";
import { Origin } from "./harness/origin.ts";
import { PUBLIC_URL } from "./harness/settings.ts";
import { bearer, claims, token } from "./harness/token.ts";

const IMPORT_LIMIT = 10 * 1024 * 1024;
const auth = bearer(token(claims()));
const FEED = `${PUBLIC_URL}/api/calendar.ics`;
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

describe("an import may hold 10 MiB, and no more", () => {
  test.each([false, true])("chunked: %s", async (chunked) => {
    const body = `"${"x".repeat(IMPORT_LIMIT - 2)}"`;
    expect((await call("POST", "/api/import", { headers: { ...auth, ...JSON_TYPE }, body, chunked })).status).toBe(200);
    expect(origin.takeOnly().body.length).toBe(IMPORT_LIMIT);
    expect((await call("POST", "/api/import", { headers: { ...auth, ...JSON_TYPE }, body: `${body} `, chunked })).status).toBe(413);
    expect(origin.seen).toHaveLength(0);
  });
});

describe("an export", () => {
  const get = (onData: (text: string) => void): Promise<string> =>
    new Promise((done) => {
      const { hostname, port } = new URL(inject("edgeUrl"));
      const request = httpRequest({ hostname, port, path: "/api/export", headers: auth, agent: false }, (response) => {
        response.setEncoding("utf8");
        response.on("data", onData);
        response.on("error", () => { done("broken"); });
        response.on("end", () => { done(response.complete ? "whole" : "broken"); });
      });
      request.on("error", () => { done("broken"); });
      request.end();
    });

  test("is passed on while the origin still writes it", async () => {
    let goOn: () => void = () => undefined;
    origin.respond = (response) => {
      response.writeHead(200, { "content-type": "application/json", etag: '"7-0"', "mindflow-version": "7" });
      response.write("first ");
      goOn = () => { response.end("last"); };
    };
    let text = "";
    const ended = await get((data) => {
      text += data;
      // The last is written only when the first has arrived.
      if (text === "first ") goOn();
    });
    expect([ended, text]).toEqual(["whole", "first last"]);
  });

  test("that breaks off at the origin breaks off for the caller", async () => {
    origin.respond = (response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.write("first ");
      setTimeout(() => response.destroy(), 100);
    };
    expect(await get(() => undefined)).toBe("broken");
  });

  test("of an origin that is away, or refuses, is that answer", async () => {
    origin.respond = (response) => { response.writeHead(502).end("<html>"); };
    expect((await call("GET", "/api/export", { headers: auth })).status).toBe(503);
    origin.respond = (response) => { response.writeHead(404, { "content-type": "application/problem+json" }).end("{}"); };
    const refused = await call("GET", "/api/export", { headers: auth });
    expect([refused.status, refused.text, refused.headers["cache-control"]]).toEqual([404, "{}", "private, no-cache"]);
  });

  test("is not sent to who has it already", async () => {
    origin.respond = (response) => { response.writeHead(200, { "content-type": "application/json", etag: '"7-0"' }).end("{}"); };
    const known = await call("GET", "/api/export", { headers: { ...auth, "if-none-match": '"7-0"' } });
    expect([known.status, known.text, known.headers.etag]).toEqual([304, "", '"7-0"']);
    expect((await call("HEAD", "/api/export", { headers: auth })).text).toBe("");
  });
});

describe("the calendar feed", () => {
  const feedToken = (changes = {}) => `mfk_${token(claims({ aud: FEED, scope: "", ...changes }), { typ: "key+jwt" })}`;

  test("is asked for with the token in the header, and never in the address", async () => {
    const said = claims({ aud: FEED, scope: "" });
    const text = `mfk_${token(said, { typ: "key+jwt" })}`;
    const answer = await call("GET", `/api/calendar.ics?token=${text}`, { headers: { cookie: "a=b", ...auth } });
    expect(answer.status).toBe(200);
    const seen = origin.takeOnly();
    expect(seen.target).toBe("/api/calendar.ics");
    const field = (name: string) => seen.fields.find(([other]) => other === name)?.[1];
    expect(field("authorization")).toBe(`Bearer ${text}`);
    expect(field("mindflow-caller")).toBe(`kind="key", user="${said.sub}", credential="${said.sid}", scopes=""`);
    expect(field("cookie")).toBeUndefined();
    // What else is in the query is for the origin to refuse.
    await call("GET", `/api/calendar.ics?days=3&token=${text}`);
    expect(origin.takeOnly().target).toBe("/api/calendar.ics?days=3");
  });

  test("is refused here without a token of its own", async () => {
    const text = feedToken();
    for (const query of [
      "",
      "?token=",
      `?token=${text}x`,
      `?token=${text}&token=${text}`,
      `?token=${feedToken({ aud: PUBLIC_URL })}`,
      `?token=${feedToken({ exp: 1 })}`,
      `?token=${token(claims({ aud: FEED }))}`,
      `?token=${token(claims())}`,
    ]) {
      const answer = await call("GET", `/api/calendar.ics${query}`, { headers: bearer(text) });
      expect([query, answer.status]).toEqual([query, 401]);
      expect(answer.text).not.toContain(text);
    }
    for (const path of ["/api/tasks", "/api/export", "/api/calendar-token"]) {
      expect((await call("GET", path, { headers: bearer(text) })).status).toBe(401);
    }
    expect(origin.seen).toHaveLength(0);
    expect(origin.asked).toHaveLength(0);
  });

  test("is refused by the gate once its token is revoked", async () => {
    const said = claims({ aud: FEED, scope: "" });
    const path = `/api/calendar.ics?token=mfk_${token(said, { typ: "key+jwt" })}`;
    origin.gateState = (response) => {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ generation: 1, revoked: [{ id: said.sid, until: said.exp }], version: 1 }));
    };
    expect((await call("GET", path)).status).toBe(401);
    expect(origin.seen).toHaveLength(0);
  });
});
