// The running stack, as a test sees it: where it listens, and the means to break it and to bring a part back.
import { execFile, execFileSync, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { inject } from "vitest";
import { repository, stackEnvironment } from "./stack-settings.ts";

export type Part = "postgres" | "origin" | "edge";

const run = promisify(execFile);
const settings = inject("stack");

/** The folder of the stack's logs, secrets and state. */
export const data = settings.data;

/** Where mail arrives. */
export const mails = join(settings.scratch, "mails");

/** Where clients' documents are served from, and with which key and certificate. */
export const webPort = settings.webPort;
export const webFolder = join(settings.scratch, "web");

export const edgeUrl = `http://127.0.0.1:${settings.edgePort}`;
export const originPort = settings.originPort;
export const postgresPort = settings.postgresPort;
/** What the origin was told that it is called: `@authority` of every signature. */
export const originAuthority = `127.0.0.1:${settings.originPort}`;

/** The group of a part's processes: workerd runs under wrangler. */
function groupOf(part: Part): number {
  const [pid] = readFileSync(join(settings.data, "run", `${part}.pid`), "utf8").split(" ");
  return Number(pid);
}

/** Ends a part as a crash would, at once and with nothing written. */
export function kill(part: Part): void {
  process.kill(-groupOf(part), "SIGKILL");
}

/** Lets whatever else runs on this machine go before the stack, until a part is started anew. */
export function giveWay(): void {
  for (const part of ["postgres", "origin", "edge"] as const) execFileSync("renice", ["-n", "19", "-g", String(groupOf(part))]);
}

/** Stops and starts a part; `more` is what scripts/dev reads besides what it was started with. */
export async function restart(part: Part, more: NodeJS.ProcessEnv = {}): Promise<void> {
  await run(join(repository, "scripts/dev"), ["--restart", part], { env: { ...stackEnvironment(settings), ...more } });
}

/** Runs `origin-api admin ARGS...` on the stack, as its operator would; gives what it printed. */
export async function admin(...args: string[]): Promise<string> {
  const { stdout } = await run(join(repository, "scripts/dev"), ["--admin", ...args], { env: stackEnvironment(settings) });
  return stdout;
}

/** Runs SQL as the database's superuser, and gives what it printed. By standard input: who runs what is no secret. */
export function database(sql: string): Promise<string> {
  const script = `
    source scripts/lib/common.sh && source scripts/lib/postgres.sh
    PGPASSWORD=$(<"$PASSWORD_FILE") exec "$(pg_programs)/psql" -U postgres -d mindflow -v ON_ERROR_STOP=1 -qAt`;
  const env = {
    ...process.env,
    PGHOST: "127.0.0.1",
    PGPORT: String(settings.postgresPort),
    PASSWORD_FILE: join(settings.data, "secrets/postgres_password"),
  };
  return new Promise((done, failed) => {
    const psql = spawn("bash", ["-c", script], { cwd: repository, env, stdio: ["pipe", "pipe", "inherit"] });
    let output = "";
    psql.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    psql.on("error", failed);
    psql.on("close", (status) => {
      if (status === 0) done(output.trim());
      else failed(new Error(`psql ended with ${String(status)}`));
    });
    psql.stdin.end(sql);
  });
}

/** The key that signs, or the one of this id: a line of a secret file, split at its first `=`. */
export function keyOf(file: "signing_keys" | "token_keys", id?: string): { id: string; bytes: Buffer } {
  const lines = readFileSync(join(settings.data, "secrets", file), "utf8").split("\n");
  const line = id === undefined ? lines[0] : lines.find((one) => one.startsWith(`${id}=`));
  if (!line) throw new Error(`no key ${id ?? ""} in ${file}`);
  const at = line.indexOf("=");
  return { id: line.slice(0, at), bytes: Buffer.from(line.slice(at + 1), "base64") };
}

/** How many per-user gates exist: workerd keeps one SQLite file for each. */
export function countGates(): number {
  const folder = join(settings.data, "edge");
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => /UserGate\/[0-9a-f]{64}\.sqlite$/.test(file))
    .length;
}
