/**
 * One user's data as the origin keeps it, reduced to a number that every change counts on, behind an origin that is slow,
 * loses answers, and commits late; and what can be known of it from outside.
 *
 * The promise (contract.md, "The consistency promise"): a read shows no less than was known when it was asked. Known is
 * what an answered change made, what an answered read showed, what the origin told and the Worker acknowledged; and of a
 * change whose answer was lost, what it made, from when it was both committed and reported lost.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { tokenPublicKeys } from "../harness/settings.ts";

export interface Faults {
  /** The share of changes whose answers are lost. */
  lost: number;
  /** How late a change is committed at most whose answer is lost, in milliseconds. */
  late: number;
  /** How late at least. If it is late for sure, its connection holds until then: nobody knows yet that it is lost. */
  soonest: number;
}

const NO_FAULTS: Faults = { lost: 0, late: 0, soonest: 0 };

export class Model {
  faults: Faults = NO_FAULTS;
  /** Changes that hold their connections until they are committed. */
  held = 0;
  /** How long every read takes besides, in milliseconds. */
  slow = 0;
  /** The least that a read must show that is asked now. */
  known = 0;
  violations: string[] = [];
  /** Requests for data that came through to the origin. */
  fetched = 0;
  /** Answers to changes that were lost. */
  cut = 0;
  /** Changes that were committed, by their key. */
  readonly committed = new Map<string, number>();
  state = 1;
  version = 100;
  epoch = 1;
  readonly #lost = new Set<string>();
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Model> {
    const server = createServer({ keepAliveTimeout: 60_000 });
    const model = new Model(server);
    server.on("connection", (socket) => {
      model.#sockets.add(socket);
      socket.once("close", () => model.#sockets.delete(socket));
    });
    server.on("request", (request, response) => {
      request.resume();
      request.on("end", () => void model.#serve(request, response));
    });
    await new Promise<void>((done, failed) => {
      server.once("error", failed);
      server.listen(0, "127.0.0.1", done);
    });
    return model;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((done) => this.#server.close(done));
  }

  /** A change that does not pass the gate. */
  changeOutside(): void {
    this.state += 1;
    this.version += 1;
  }

  /** From now on all is well. */
  mend(): void {
    this.faults = NO_FAULTS;
  }

  /** Other data, as after a restore: versions begin anew. */
  restore(): void {
    this.state += 1;
    this.version = 1;
    this.epoch += 1;
  }

  /** A read was answered. */
  show(state: number, floor: number, how: string): void {
    if (state < floor) this.violations.push(`${how} showed ${state} where ${floor} was known`);
    this.learn(state);
  }

  learn(state: number): void {
    this.known = Math.max(this.known, state);
  }

  /** The caller of a change was told that nobody knows what became of it. */
  reportLost(key: string): void {
    this.#lost.add(key);
    this.learn(this.committed.get(key) ?? 0);
  }

  #commit(key: string, changes: boolean): number {
    const before = this.committed.get(key);
    if (before !== undefined) return before;
    if (changes) this.changeOutside();
    this.committed.set(key, this.state);
    if (this.#lost.has(key)) this.learn(this.state);
    return this.state;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? "";
    if (url === "/internal/gate-state") {
      answer(response, { generation: 1, revoked: [], version: this.version, epoch: `e${this.epoch}` });
    } else if (url === "/.well-known/jwks.json") {
      response.writeHead(200, { "content-type": "application/json" }).end(tokenPublicKeys());
    } else if (request.method === "GET") {
      this.fetched += 1;
      await sleep(this.slow);
      await pause(8);
      const said = this.#said();
      await pause(8);
      answer(response, ...said);
    } else {
      await this.#change(request, response);
    }
  }

  async #change(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const key = String(request.headers["idempotency-key"]);
    const changes = request.url?.endsWith("/start") !== true;
    if (Math.random() < this.faults.lost) {
      this.cut += 1;
      const { soonest, late } = this.faults;
      const cutFirst = soonest === 0 && Math.random() < 0.7;
      if (cutFirst) response.socket?.destroy();
      else this.held += 1;
      await sleep(soonest + Math.random() * (late - soonest));
      if (!cutFirst) this.held -= 1;
      this.#commit(key, changes);
      if (!cutFirst) response.socket?.destroy();
      return;
    }
    await pause(8);
    this.#commit(key, changes);
    const said = this.#said();
    await pause(8);
    answer(response, ...said);
  }

  /** What an answer says: body and version of one moment. */
  #said(): [body: object, headers: Record<string, string>] {
    return [
      { state: this.state },
      {
        etag: `"${this.state}"`,
        "mindflow-version": String(this.version),
        "mindflow-epoch": `e${this.epoch}`,
        "mindflow-cache": "max-age=60",
      },
    ];
  }
}

function answer(response: ServerResponse, body: object, headers: Record<string, string> = {}): void {
  if (!response.destroyed) response.writeHead(200, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

/** Mostly nothing, sometimes long: what overlaps must really overlap. */
async function pause(usual: number): Promise<void> {
  const random = Math.random();
  if (random < 0.3) return;
  await sleep(random < 0.95 ? Math.random() * usual : Math.random() * 120);
}
