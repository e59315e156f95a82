/** Runs one of the compared Workers in plain workerd, for tests. */
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { WORKERD, writeConfig, type Settings, type WorkerName } from "./config.ts";

export class RunningWorker {
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #folder: string;

  private constructor(url: string, folder: string, process: ChildProcess) {
    this.url = url;
    this.#folder = folder;
    this.#process = process;
  }

  static async start(worker: WorkerName, settings: Settings): Promise<RunningWorker> {
    const folder = mkdtempSync(join(tmpdir(), `mindflow-${worker}-`));
    const config = await writeConfig(worker, folder, "127.0.0.1:0", settings);
    const log = openSync(join(folder, "workerd.log"), "w");
    const child = spawn(WORKERD, ["serve", "--control-fd=3", config], { stdio: ["ignore", log, log, "pipe"] });
    closeSync(log);
    const kill = (): void => {
      child.kill();
    };
    process.once("exit", kill);
    child.once("exit", () => process.removeListener("exit", kill));
    const port = await portOf(child);
    if (port !== undefined) return new RunningWorker(`http://127.0.0.1:${port}`, folder, child);
    const output = readFileSync(join(folder, "workerd.log"), "utf8");
    rmSync(folder, { recursive: true });
    throw new Error(`workerd does not start the Worker ${worker}:\n${output}`);
  }

  /** All that the Worker has printed: its log lines. */
  log(): string {
    return readFileSync(join(this.#folder, "workerd.log"), "utf8");
  }

  async close(): Promise<void> {
    const exited = new Promise((done) => this.#process.once("exit", done));
    this.#process.kill();
    await exited;
    rmSync(this.#folder, { recursive: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** workerd says on its control descriptor where it listens. */
function portOf(child: ChildProcess): Promise<number | undefined> {
  return new Promise((done) => {
    let said = "";
    (child.stdio[3] as Readable).on("data", (chunk: Buffer) => {
      said += chunk.toString();
      const port = /"event":"listen","socket":"http","port":(\d+)/.exec(said)?.[1];
      if (port !== undefined) done(Number(port));
    });
    child.once("exit", () => {
      done(undefined);
    });
  });
}
