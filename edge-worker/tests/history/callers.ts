/** Many connections of one user that read and change through the Worker, and check what they are shown. */
import { Agent, request as httpRequest } from "node:http";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { invalidate } from "../harness/callback.ts";
import { bearer, claims, token } from "../harness/token.ts";
import type { Model } from "./model.ts";

interface Got {
  status: number;
  etag: string;
  cache: string;
  text: string;
}

const PATHS = ["/api/tasks?limit=1", "/api/tasks?limit=2", "/api/tasks/best", "/api/projects"];
const TASK = "/api/tasks/0198c5a0-0000-7000-8000-0000000000aa";
/** One that may wait, one that may be sent twice, one that may not, and one that changes nothing. */
const CHANGES: [method: string, path: string, body: string][] = [
  ["PATCH", TASK, '{"priority":5}'],
  ["POST", `${TASK}/reopen`, ""],
  ["PATCH", "/api/auth/me", '{"full_name":"x"}'],
  ["POST", `${TASK}/start`, ""],
];

export interface Counts {
  reads: number;
  hits: number;
  changes: number;
  lost: number;
  queued: number;
  told: number;
}

export class Callers {
  readonly counts: Counts = { reads: 0, hits: 0, changes: 0, lost: 0, queued: 0, told: 0 };
  readonly #model: Model;
  readonly #me = claims();
  readonly #headers: Record<string, string>;
  #url: string;
  #agent = new Agent({ keepAlive: true });
  #running = false;
  #held = false;
  #workers: Promise<void>[] = [];

  constructor(model: Model, url: string) {
    this.#model = model;
    this.#url = url;
    this.#headers = bearer(token(this.#me));
  }

  /** Begins nothing new until the Worker is back; what is under way goes on, or breaks. */
  hold(): void {
    this.#held = true;
  }

  /** Where the Worker is now. */
  moveTo(url: string): void {
    this.#held = false;
    this.#url = url;
    this.#agent.destroy();
    this.#agent = new Agent({ keepAlive: true });
  }

  start(connections: number): void {
    this.#running = true;
    this.#workers = Array.from({ length: connections }, () => this.#work());
  }

  /** Lets everything end that has begun. */
  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#workers);
  }

  get operations(): number {
    return this.counts.reads + this.counts.changes;
  }

  /** Something changes outside, and the origin tells. */
  async tell(): Promise<void> {
    const model = this.#model;
    model.changeOutside();
    const state = model.state;
    const news = { user: this.#me.sub, version: model.version, epoch: `e${model.epoch}` };
    const told = await invalidate(news, this.#url).catch(() => undefined);
    if (told?.status !== 204) return;
    this.counts.told += 1;
    model.learn(state);
  }

  async #work(): Promise<void> {
    let etag = "";
    while (this.#running) {
      if (this.#held) {
        await sleep(20);
        continue;
      }
      // Changes come in bursts: with one always under way nothing would ever be kept.
      if (Date.now() % 500 < 100 && Math.random() < 0.4) await this.#change();
      else etag = await this.#read(etag);
    }
  }

  async #read(etag: string): Promise<string> {
    const path = PATHS[Math.floor(Math.random() * PATHS.length)] ?? "";
    const floor = this.#model.known;
    const headers: Record<string, string> = Math.random() < 0.3 && etag !== "" ? { "if-none-match": etag } : {};
    const got = await this.#call("GET", path, headers);
    if (got === undefined || (got.status !== 200 && got.status !== 304)) return etag;
    this.counts.reads += 1;
    if (got.cache === "mindflow-edge; hit") this.counts.hits += 1;
    if (!got.cache.includes("stale-if-error")) this.#model.show(Number(got.etag.replaceAll('"', "")), floor, got.cache);
    return got.etag;
  }

  async #change(): Promise<void> {
    const [method, path, body] = CHANGES[Math.floor(Math.random() * CHANGES.length)] ?? ["POST", TASK, ""];
    const key = randomUUID();
    const headers: Record<string, string> = { "idempotency-key": key };
    if (body !== "") headers["content-type"] = "application/json";
    const got = await this.#call(method, path, headers, body);
    this.counts.changes += 1;
    if (got?.status === 200) {
      this.#model.learn((JSON.parse(got.text) as { state: number }).state);
    } else if (got?.status === 202) {
      this.counts.queued += 1;
    } else {
      this.counts.lost += 1;
      this.#model.reportLost(key);
      // A person who was told 503 does not come back within a millisecond.
      await sleep(20);
    }
  }

  #call(method: string, path: string, headers: Record<string, string>, body = ""): Promise<Got | undefined> {
    const { hostname, port } = new URL(this.#url);
    const all = { ...this.#headers, ...headers, "content-length": String(Buffer.byteLength(body)) };
    return new Promise((done) => {
      const request = httpRequest({ hostname, port, method, path, headers: all, agent: this.#agent, timeout: 30_000 }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.on("error", () => { done(undefined); });
        response.on("end", () => {
          const { etag, "cache-status": cache } = response.headers;
          done({ status: response.statusCode ?? 0, etag: etag ?? "", cache: String(cache ?? ""), text });
        });
      });
      request.on("timeout", () => request.destroy());
      request.on("error", () => { void sleep(20).then(() => { done(undefined); }); });
      request.end(body);
    });
  }
}
