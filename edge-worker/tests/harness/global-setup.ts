/** Builds the Worker, and runs one for all test files against whatever origin a file puts on the agreed port. */
import { execFileSync } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { resolve } from "node:path";
import type { TestProject } from "vitest/node";
import { Edge } from "./edge.ts";
import { settings } from "./settings.ts";

declare module "vitest" {
  interface ProvidedContext {
    edgeUrl: string;
    edgeState: string;
    edgeLog: string;
    originPort: number;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  execFileSync(resolve(import.meta.dirname, "../../../scripts/build-edge"), { stdio: "inherit" });
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));
  const originPort = await freePort();
  const edge = await Edge.start(settings(originPort));
  const health = await fetch(new URL("/health", edge.url));
  if (health.headers.get("content-type") !== "application/json") {
    await edge.close();
    throw new Error(`the Worker refuses its settings: ${await health.text()}`);
  }
  project.provide("edgeUrl", edge.url);
  project.provide("edgeState", edge.state);
  project.provide("edgeLog", edge.log);
  project.provide("originPort", originPort);
  return async () => {
    await edge.close();
  };
}

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        done(port);
      });
    });
  });
}
