// How the Caddyfile of the deployment goes about the two slots of the origin, and what it writes down: two servers that
// do as they are told stand in for the slots.
import { randomUUID } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { createServer, request, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startCaddy, type Caddy } from "./caddy.ts";
import { secret } from "./canaries.ts";
import { freePort } from "./stack-settings.ts";
import { data } from "./stack.ts";

/** One slot: whether it says that it is ready, what it does with a request, and the requests that reached it. */
class Slot {
  ready = true;
  readonly asked: string[] = [];
  readonly name: string;
  readonly port: number;
  answer: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
  private server: Server | undefined;

  constructor(name: string, port: number) {
    this.name = name;
    this.port = port;
  }

  /** Ready, and its name is what it answers. */
  recover(): void {
    this.ready = true;
    this.answer = (_, response) => {
      response.end(this.name);
    };
  }

  async start(): Promise<void> {
    if (this.server) return;
    const server = createServer((request, response) => {
      if (request.url === "/readyz") {
        response.writeHead(this.ready ? 204 : 503).end();
        return;
      }
      this.asked.push(`${request.method} ${request.url}`);
      this.answer(request, response);
    });
    await new Promise<void>((done) => server.listen(this.port, "127.0.0.1", done));
    this.server = server;
  }

  async stop(): Promise<void> {
    const server = this.server;
    this.server = undefined;
    server?.closeAllConnections();
    if (server) await new Promise((done) => server.close(done));
  }
}

let caddy: Caddy;
let site: number;
let blue: Slot;
let green: Slot;

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

function ask(method = "GET", path = "/api/tasks", headers: Record<string, string> = {}, body = ""): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: "127.0.0.1", port: site, method, path, agent: false, headers: { "content-length": String(body.length), ...headers } });
    outgoing.on("error", reject);
    outgoing.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    outgoing.end(body);
  });
}

/** Caddy asks once a second who is ready. */
async function servedBy(name: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const { text } = await ask();
    if (text === name) return;
    if (Date.now() > deadline) throw new Error(`${name} does not serve: ${text}`);
    await sleep(100);
  }
}

beforeAll(async () => {
  blue = new Slot("blue", await freePort());
  green = new Slot("green", await freePort());
  site = await freePort();
  await blue.start();
  await green.start();
  caddy = await startCaddy(mkdtempSync(join(data, "caddy-")), {
    ORIGIN_ENTRANCE: "tunnel",
    ORIGIN_SITE: `http://:${site}`,
    ORIGIN_UPSTREAMS: `127.0.0.1:${blue.port} 127.0.0.1:${green.port}`,
  });
});

beforeEach(async () => {
  for (const slot of [blue, green]) {
    slot.recover();
    await slot.start();
  }
  await servedBy("blue");
  blue.asked.length = green.asked.length = 0;
});

afterAll(async () => {
  caddy.process.kill("SIGKILL");
  await blue.stop();
  await green.stop();
});

test("the first slot that is ready serves, and one that is not is passed over until it is", async () => {
  blue.ready = false;
  await servedBy("green");
  blue.ready = true;
  await servedBy("blue");
});

test("a slot that cannot be connected to costs no request, not even one that changes something", async () => {
  await blue.stop();
  // What Caddy sends over a connection that it kept, and that ended this moment, may have arrived: that is the next test's.
  await servedBy("green");
  // After half a second it connects to the slot again.
  await sleep(700);
  const answers = await Promise.all([ask(), ask("POST", "/api/tasks", {}, '{"title":"x"}'), ask("DELETE", "/api/tasks/1")]);
  expect(answers.map(({ status, text }) => `${status} ${text}`)).toEqual(["200 green", "200 green", "200 green"]);
});

test("a change that was on its way when its slot died is not sent a second time", async () => {
  blue.answer = (incoming) => incoming.socket.destroy();
  const lost = await ask("POST", "/api/tasks", {}, '{"title":"x"}');
  expect(lost.status).toBe(502);
  // A problem would be taken by the Worker for the origin's own answer, and not be tried again (edge-worker/src/answer.rs).
  expect(lost.headers["content-type"]).toMatch(/^text\/plain/);
  expect([blue.asked, green.asked]).toEqual([["POST /api/tasks"], []]);
});

test("a short absence of both is waited out, and a longer one is told with when to try again", async () => {
  await blue.stop();
  await green.stop();
  const waiting = ask();
  await sleep(700);
  await green.start();
  expect(await waiting).toMatchObject({ status: 200, text: "green" });
  await green.stop();
  const refused = await ask();
  expect([502, 503]).toContain(refused.status);
  expect(refused.headers["retry-after"]).toBe("2");
  expect(refused.headers["content-type"]).toMatch(/^text\/plain/);
});

test("a body that is larger than the contract allows does not reach a slot whole", async () => {
  blue.answer = (incoming, response) => {
    incoming.resume().on("end", () => response.end("all of it"));
  };
  const { status } = await ask("POST", "/api/import", {}, "x".repeat(12_000_000)).catch(() => ({ status: 413 }));
  expect(status).toBe(413);
});

test("the log has the request id, and neither path, query, credential nor address", async () => {
  const id = randomUUID();
  const token = secret(`token-${randomUUID()}`);
  const path = `/api/tasks/${randomUUID()}`;
  await ask("GET", `${path}?q=private-words`, { host: "origin.example.com", authorization: `Bearer ${token}`, cookie: `session=${token}`, "x-request-id": id, "x-forwarded-for": "203.0.113.9" });
  while (!caddy.log().includes(id)) await sleep(50);
  const lines = caddy.log().split("\n").filter((line) => line.includes(id));
  for (const line of lines) expect(JSON.parse(line)).toMatchObject({ request_id: id, status: 200 });
  for (const hidden of [path, "private-words", token, "203.0.113.9", "127.0.0.1"]) expect(lines.join("\n")).not.toContain(hidden);
});
