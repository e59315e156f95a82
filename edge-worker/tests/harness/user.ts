/** One user of a Worker, and what the Worker's log says of that user's requests. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { inject } from "vitest";
import { call, JSON_TYPE, type Answer } from "./client.ts";
import { bearer, claims, token, type Claims } from "./token.ts";

const LINE_MS = 10_000;

/** Where a Worker is reached, and where it writes; `Edge` is one. */
export interface Reached {
  readonly url: string;
  readonly log: string;
}

/** The Worker that all files share. */
export const shared = (): Reached => ({ url: inject("edgeUrl"), log: inject("edgeLog") });

export class User {
  readonly said: Claims;
  readonly token: string;
  readonly #edge: Reached;

  constructor(edge: Reached = shared(), changes: Partial<Claims> = {}) {
    this.#edge = edge;
    this.said = claims(changes);
    this.token = token(this.said);
  }

  /** The same user with another credential. */
  again(changes: Partial<Claims> = {}): User {
    return new User(this.#edge, { ...this.said, sid: randomUUID(), ...changes });
  }

  call(method: string, path: string, headers: Record<string, string> = {}, body?: unknown): Promise<Answer> {
    const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    return call(method, path, {
      headers: { ...bearer(this.token), ...(text === undefined ? {} : JSON_TYPE), ...headers },
      edgeUrl: this.#edge.url,
      ...(text === undefined ? {} : { body: text }),
    });
  }

  get(path = "/api/tasks", headers: Record<string, string> = {}): Promise<Answer> {
    return this.call("GET", path, headers);
  }

  post(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.call("POST", path, headers, body);
  }

  /** The rows that the gate says it wrote for this answer. */
  async rows(answer: Answer): Promise<number> {
    const id = String(answer.headers["x-request-id"]);
    const said = (await logLines(this.#edge, id)).find((line) => line["msg"] === "request");
    return Number(said?.["gate_rows"] ?? 0);
  }
}

/** What the Worker wrote about a request, as soon as its own line is there. */
export async function logLines(edge: Reached, requestId: string): Promise<Record<string, unknown>[]> {
  const deadline = Date.now() + LINE_MS;
  for (;;) {
    const text = readFileSync(edge.log, "utf8").split("\n").filter((line) => line.includes(requestId));
    const lines = text.flatMap((line) => {
      // wrangler decorates the lines of console.error.
      const json = /\{.*\}/.exec(line)?.[0];
      return json === undefined ? [] : [JSON.parse(json) as Record<string, unknown>];
    });
    if (lines.some((line) => line["msg"] === "request")) return lines;
    if (Date.now() > deadline) throw new Error(`no line about ${requestId}`);
    await sleep(20);
  }
}

