// Starts the whole product once, by scripts/dev as a person would, on free ports and with data of its own; stops
// it and deletes the data after the last test, and keeps the logs when something failed.
import { execFileSync } from "node:child_process";
import { mkdtempSync, mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { TestProject } from "vitest/node";
import { findLeaks } from "./leaks.ts";
import { startMailServer } from "./mail-server.ts";
import { makeCertificates } from "./web-certificates.ts";
import { freePort, repository, stackEnvironment, type StackSettings } from "./stack-settings.ts";

declare module "vitest" {
  interface ProvidedContext {
    stack: StackSettings;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // scripts/test names a folder of its own run; by hand there is one for each run.
  const parent = process.env["MINDFLOW_TEST_DATA"];
  if (parent === undefined) mkdirSync(join(repository, ".test"), { recursive: true });
  const scratch = mkdtempSync(join(tmpdir(), "mindflow-e2e-"));
  const processes = new Worker(new URL("process-list.ts", import.meta.url), { workerData: join(scratch, "command-lines") });
  const mail = await startMailServer(join(scratch, "mails"));
  const stack: StackSettings = {
    scratch,
    mailPort: mail.port,
    webPort: await freePort(),
    data: parent === undefined ? mkdtempSync(join(repository, ".test", "e2e-")) : join(parent, "e2e"),
    edgePort: await freePort(),
    originPort: await freePort(),
    postgresPort: await freePort(),
  };
  makeCertificates(join(scratch, "web"));
  const dev = (option: string) =>
    execFileSync(join(repository, "scripts/dev"), [option], { env: stackEnvironment(stack), stdio: ["ignore", "inherit", "inherit"] });
  dev("--detach");
  project.provide("stack", stack);
  return async () => {
    await processes.terminate();
    const { leaks, canaries, lines } = findLeaks(stack);
    if (lines < 20) leaks.push(`only ${lines} lines were there to look at, for ${canaries} values`);
    if (leaks.length > 0) process.exitCode = 1;
    dev(process.exitCode ? "--stop" : "--reset");
    await mail.stop();
    rmSync(scratch, { recursive: true });
    if (leaks.length > 0) throw new Error(`secrets where none may be:\n${leaks.slice(0, 20).join("\n")}`);
  };
}
