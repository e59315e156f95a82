/**
 * A Worker in real workerd: `wrangler dev` over the repository's wrangler.toml, with its state in a folder of its own.
 * Not wrangler's test harness, because there the Worker's fetch goes through Node's, which adds header fields of its
 * own and breaks connections in another way than workerd.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const REPOSITORY = resolve(import.meta.dirname, "../../..");
const START_MS = 90_000;

export class Edge {
  readonly url: string;
  /** Where workerd keeps the Durable Objects. */
  readonly state: string;
  /** All that the Worker and wrangler printed. */
  readonly output: string[];
  readonly #process: ChildProcess;
  readonly #folder: string;

  private constructor(url: string, folder: string, output: string[], process: ChildProcess) {
    this.url = url;
    this.state = join(folder, "state");
    this.output = output;
    this.#folder = folder;
    this.#process = process;
  }

  static async start(settings: Record<string, string>): Promise<Edge> {
    const folder = mkdtempSync(join(tmpdir(), "mindflow-edge-"));
    const env = join(folder, "edge.env");
    writeFileSync(env, Object.entries(settings).map(([name, value]) => `${name}='${value}'\n`).join(""), { mode: 0o600 });
    const program = join(REPOSITORY, "node_modules/wrangler/bin/wrangler.js");
    const child = spawn(
      process.execPath,
      [
        program, "dev", "--config", join(REPOSITORY, "wrangler.toml"), "--env-file", env,
        "--persist-to", join(folder, "state"), "--ip", "127.0.0.1", "--port", "0", "--inspector-port", "0",
        "--show-interactive-dev-session=false",
      ],
      { cwd: REPOSITORY, detached: true, stdio: ["ignore", "pipe", "pipe"] },
    );
    const output: string[] = [];
    const url = await ready(child, output).catch((error: unknown) => {
      stop(child);
      rmSync(folder, { recursive: true, force: true });
      throw error;
    });
    return new Edge(url, folder, output, child);
  }

  async close(): Promise<void> {
    const exited = new Promise((done) => this.#process.once("exit", done));
    stop(this.#process);
    await exited;
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** wrangler's group: workerd is its child. */
function stop(child: ChildProcess): void {
  if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGTERM");
}

function ready(child: ChildProcess, output: string[]): Promise<string> {
  return new Promise((done, failed) => {
    const fail = (why: string) => {
      failed(new Error(`wrangler dev ${why}:\n${output.join("")}`));
    };
    const timer = setTimeout(() => {
      fail("was not ready in time");
    }, START_MS);
    child.once("exit", (code) => {
      fail(`ended with ${code ?? "a signal"}`);
    });
    const read = (chunk: Buffer) => {
      output.push(chunk.toString());
      const address = /Ready on (http:\/\/127\.0\.0\.1:\d+)/.exec(output.join(""))?.[1];
      if (address !== undefined) {
        clearTimeout(timer);
        done(address);
      }
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
  });
}
