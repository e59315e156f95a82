/**
 * A Worker in real workerd: `wrangler dev` over the repository's wrangler.toml, with its state in a folder of its own.
 * Not wrangler's test harness, because there the Worker's fetch goes through Node's, which adds header fields of its
 * own and breaks connections in another way than workerd.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeConfig, type Limits } from "../../../scripts/lib/edge-config.ts";

const NO_LIMITS: Limits = { ADDRESS_REQUESTS_PER_MINUTE: "1000000", AUTH_REQUESTS_PER_MINUTE: "1000000" };
const REPOSITORY = resolve(import.meta.dirname, "../../..");
const START_MS = 90_000;
const LOG = "edge.log";

export class Edge {
  url: string;
  /** Where workerd keeps the Durable Objects. */
  readonly state: string;
  /** The file that holds all that the Worker and wrangler print. */
  readonly log: string;
  #process: ChildProcess;
  readonly #folder: string;

  private constructor(url: string, folder: string, process: ChildProcess) {
    this.url = url;
    this.state = join(folder, "state");
    this.log = join(folder, LOG);
    this.#folder = folder;
    this.#process = process;
  }

  /** The limits are out of every test's way but those that are about them, which ask for wrangler.toml's own. */
  static async start(settings: Record<string, string>, limits: Limits = NO_LIMITS): Promise<Edge> {
    const folder = mkdtempSync(join(tmpdir(), "mindflow-edge-"));
    const lines = Object.entries(settings).map(([name, value]) => `${name}='${value}'\n`);
    writeFileSync(join(folder, "edge.env"), lines.join(""), { mode: 0o600 });
    writeConfig(join(folder, "wrangler.toml"), limits, "none");
    try {
      const [url, child] = await run(folder);
      return new Edge(url, folder, child);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Starts anew over the same state: nothing that was only in memory is left. The address is another one. */
  async restart(): Promise<void> {
    await this.#stop();
    [this.url, this.#process] = await run(this.#folder);
  }

  async close(): Promise<void> {
    await this.#stop();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  async #stop(): Promise<void> {
    const exited = new Promise((done) => this.#process.once("exit", done));
    stop(this.#process);
    await exited;
  }
}

async function run(folder: string): Promise<[url: string, child: ChildProcess]> {
  const program = join(REPOSITORY, "node_modules/wrangler/bin/wrangler.js");
  const log = openSync(join(folder, LOG), "w");
  const child = spawn(
    process.execPath,
    [
      program, "dev", "--config", join(folder, "wrangler.toml"), "--env-file", join(folder, "edge.env"),
      "--persist-to", join(folder, "state"), "--ip", "127.0.0.1", "--port", "0", "--inspector-port", "0",
      "--show-interactive-dev-session=false",
    ],
    { cwd: REPOSITORY, detached: true, stdio: ["ignore", log, log] },
  );
  closeSync(log);
  // Its own process group, so nobody else ends it when the tests end early.
  process.once("exit", () => {
    stop(child);
  });
  try {
    return [await ready(child, join(folder, LOG)), child];
  } catch (error) {
    stop(child);
    throw error;
  }
}

/** wrangler's group: workerd is its child. */
function stop(child: ChildProcess): void {
  if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGTERM");
}

async function ready(child: ChildProcess, log: string): Promise<string> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    const output = readFileSync(log, "utf8");
    const address = /Ready on (http:\/\/127\.0\.0\.1:\d+)/.exec(output)?.[1];
    if (address !== undefined) return address;
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`wrangler dev does not start:\n${output}`);
    await sleep(50);
  }
}
