/** The Caddyfile of the deployment, started on free ports of this machine. */
import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, repository } from "./stack-settings.ts";

export interface Caddy {
  readonly process: ChildProcess;
  /** What it has written to its log so far. */
  readonly log: () => string;
}

/** Runs until it is killed; `folder` is for what it keeps. */
export async function startCaddy(folder: string, settings: Record<string, string>): Promise<Caddy> {
  const healthSite = `http://127.0.0.1:${await freePort()}`;
  const caddy = spawn("caddy", ["run", "--config", join(repository, "Caddyfile"), "--adapter", "caddyfile"], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, HEALTH_SITE: healthSite, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder, ...settings },
  });
  let log = "";
  caddy.stdout.setEncoding("utf8").on("data", (text: string) => (log += text));
  while (!(await fetch(`${healthSite}/livez`).then((answer) => answer.ok, () => false))) {
    if (caddy.exitCode !== null) throw new Error(`caddy ended with ${caddy.exitCode}; scripts/check caddy says why`);
    await sleep(50);
  }
  return { process: caddy, log: () => log };
}
