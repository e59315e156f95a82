// Runs one of the Python programs here. It writes the address that its user is to open as a line, reads the address that
// the user was sent back to, and ends with a line of JSON that says what it has seen.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

export async function runPython(
  program: string,
  settings: Record<string, string>,
  open: (address: string) => Promise<URL>,
): Promise<Record<string, unknown>> {
  const environment = { ...process.env, AUTHLIB_INSECURE_TRANSPORT: "1", OAUTHLIB_INSECURE_TRANSPORT: "1", PYTHONUNBUFFERED: "1" };
  const child = spawn("python", [join(import.meta.dirname, program)], { env: environment, stdio: ["pipe", "pipe", "pipe"] });
  let errors = "";
  child.stderr.on("data", (data: Buffer) => (errors += data.toString()));
  const ended = new Promise((done) => child.on("close", done));
  child.stdin.write(`${JSON.stringify(settings)}\n`);
  let last = "";
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      last = line;
      if (line.startsWith("open ")) child.stdin.write(`${(await open(line.slice("open ".length))).href}\n`);
    }
    if ((await ended) !== 0) throw new Error(`${program} failed:\n${errors}`);
    return JSON.parse(last) as Record<string, unknown>;
  } finally {
    child.kill();
  }
}
