/**
 * Writes the configuration that wrangler runs with: wrangler.toml with the limits that the environment asks for. The
 * rate-limit bindings take their numbers from the configuration file alone, so a variable cannot carry them.
 *
 *   ADDRESS_REQUESTS_PER_MINUTE=100 AUTH_REQUESTS_PER_MINUTE=10 node edge-config.ts TARGET
 *
 * What is not set stays as wrangler.toml has it. Exits 1 with the remedy.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const REPOSITORY = resolve(import.meta.dirname, "../..");
const LIMITS = ["ADDRESS_REQUESTS_PER_MINUTE", "AUTH_REQUESTS_PER_MINUTE"] as const;
/** Each stands in wrangler.toml for development and once more for production. */
const PLACES = 2;

export type Limits = Partial<Record<(typeof LIMITS)[number], string>>;

export class Unusable extends Error {}

/** Paths in the file are relative to it, so they change with its place. */
export function writeConfig(target: string, limits: Limits, files: "dashboard" | "none" = "dashboard"): void {
  const toRepository = relative(dirname(resolve(target)), REPOSITORY);
  let text = readFileSync(join(REPOSITORY, "wrangler.toml"), "utf8");
  // Tests of the Worker alone are about every path that reaches it.
  if (files === "none") text = replace(text, /^\[assets\]\n(?:(?!\[).+\n)+/gm, "", 1, "[assets]");
  for (const path of ["edge-worker/build/index.js", "edge-worker/src", "shared-types/src", ...(files === "none" ? [] : ["dashboard/dist"])]) {
    text = replace(text, new RegExp(`"${path}"`, "g"), `"${join(toRepository, path)}"`, 1, path);
  }
  for (const name of LIMITS) {
    const limit = limits[name];
    if (limit === undefined || limit === "") continue;
    if (!/^[1-9]\d{0,6}$/.test(limit)) throw new Unusable(`${name} must be a number from 1`);
    text = replace(text, new RegExp(`limit = \\d+, period = 60 \\} # ${name}$`, "gm"), `limit = ${limit}, period = 60 } # ${name}`, PLACES, name);
  }
  writeFileSync(target, text);
}

function replace(text: string, what: RegExp, by: string, times: number, name: string): string {
  if (text.match(what)?.length !== times) throw new Unusable(`wrangler.toml does not have ${name} ${times} times where edge-config.ts expects it`);
  return text.replace(what, by);
}

if (import.meta.main) {
  try {
    const [target] = process.argv.slice(2);
    if (target === undefined) throw new Unusable("say where the configuration goes");
    writeConfig(target, Object.fromEntries(LIMITS.map((name) => [name, process.env[name] ?? ""])));
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    process.stderr.write(`edge-config: ${error.message}\n`);
    process.exitCode = 1;
  }
}
