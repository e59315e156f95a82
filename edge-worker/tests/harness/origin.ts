/** An origin that a test programs: it records what the Worker sends and answers what the test says. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { inject } from "vitest";
import { call } from "./client.ts";
import { tokenPublicKeys } from "./settings.ts";

export interface Seen {
  method: string;
  /** Path and query exactly as on the wire. */
  target: string;
  /** Every field line, names in lower case. */
  fields: [name: string, value: string][];
  body: Buffer;
}

export type Responder = (response: ServerResponse, seen: Seen, request: IncomingMessage) => void;

export const json =
  (value: unknown, status = 200, headers: Record<string, string> = {}): Responder =>
  (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
  };

const NOTHING_REVOKED = json({ generation: 1, revoked: [], version: 1 });

const KNOWN_KEYS = json(JSON.parse(tokenPublicKeys()));

export class Origin {
  readonly seen: Seen[] = [];
  respond: Responder = json({});
  /** What gates asked, and what they are answered: they ask once, in the middle of whatever a test is about. */
  readonly asked: Seen[] = [];
  gateState: Responder = NOTHING_REVOKED;
  /** Who wanted the key set, and what it is: isolates look when a token of an unknown key comes. */
  readonly looked: Seen[] = [];
  keySet: Responder = KNOWN_KEYS;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Origin> {
    const server = createServer();
    const origin = new Origin(server);
    server.on("connection", (socket) => {
      origin.#sockets.add(socket);
      socket.once("close", () => origin.#sockets.delete(socket));
    });
    server.on("request", (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const seen: Seen = {
          method: request.method ?? "",
          target: request.url ?? "",
          fields: fieldLines(request.rawHeaders),
          body: Buffer.concat(chunks),
        };
        if (seen.target === "/internal/gate-state") {
          origin.asked.push(seen);
          origin.gateState(response, seen, request);
        } else if (seen.target === "/.well-known/jwks.json") {
          origin.looked.push(seen);
          origin.keySet(response, seen, request);
        } else {
          origin.seen.push(seen);
          origin.respond(response, seen, request);
        }
      });
    });
    await new Promise<void>((done, failed) => {
      server.once("error", failed);
      server.listen(inject("originPort"), "127.0.0.1", done);
    });
    await origin.#isTrusted();
    return origin;
  }

  /** A Worker that found the origin away shortly before tries again only after a while. */
  async #isTrusted(): Promise<void> {
    const deadline = Date.now() + 25_000;
    while ((await call("GET", "/docs")).status !== 200) {
      if (Date.now() > deadline) throw new Error("the Worker does not find the origin");
      await sleep(50);
    }
    this.reset();
  }

  /** The one request that came since the last look. */
  takeOnly(): Seen {
    const [seen, ...others] = this.seen.splice(0);
    if (seen === undefined || others.length > 0) throw new Error(`expected one request, got ${others.length + (seen ? 1 : 0)}`);
    return seen;
  }

  /** Forgets what came and answers `{}` again. */
  reset(): void {
    this.seen.length = 0;
    this.asked.length = 0;
    this.looked.length = 0;
    this.respond = json({});
    this.gateState = NOTHING_REVOKED;
    this.keySet = KNOWN_KEYS;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((done) => this.#server.close(done));
  }
}

function fieldLines(raw: string[]): [string, string][] {
  const lines: [string, string][] = [];
  for (let index = 0; index < raw.length; index += 2) lines.push([(raw[index] ?? "").toLowerCase(), raw[index + 1] ?? ""]);
  return lines;
}

export function field(seen: Seen, name: string): string | undefined {
  return seen.fields.find(([known]) => known === name)?.[1];
}

/** What the origin says beside an answer, for the gate. */
export interface Told {
  version?: number;
  epoch?: string;
  /** Seconds for which the answer may be kept. */
  maxAge?: number;
  etag?: string;
  status?: number;
  headers?: Record<string, string>;
}

/** An answer to an authenticated request, as the origin gives it. */
export const told = (value: unknown, said: Told = {}): Responder =>
  json(value, said.status ?? 200, {
    "mindflow-version": String(said.version ?? 1),
    ...(said.epoch === undefined ? {} : { "mindflow-epoch": said.epoch }),
    ...(said.maxAge === undefined ? {} : { "mindflow-cache": `max-age=${said.maxAge}` }),
    ...(said.etag === undefined ? {} : { etag: said.etag }),
    ...said.headers,
  });

/** A refusal of the origin's. */
export const refusal = (status: number, seen: Seen, detail = "no", headers: Record<string, string> = {}): Responder =>
  json({ type: "urn:mindflow:problem:x", title: "x", status, detail, request_id: field(seen, "x-request-id") }, status, {
    "content-type": "application/problem+json",
    ...headers,
  });

/** No answer at all. */
export const cut: Responder = (response) => response.socket?.destroy();
