// Looks for what canaries.ts has remembered in the logs of the stack and in the command lines of the whole run.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { StackSettings } from "./stack-settings.ts";

/** The log lines and command lines that hold one of them; and how many of each there were to look at. */
export function findLeaks(stack: StackSettings): { leaks: string[]; canaries: number; lines: number } {
  const file = join(stack.scratch, "canaries");
  const canaries = [...new Set(existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [])];
  const wanted = [...canaries, ...keysOf(join(stack.data, "secrets"))].flatMap(spellings);
  const commandLines = readFileSync(join(stack.scratch, "command-lines"), "utf8");
  const places = { ...logs(join(stack.data, "logs")), "process list": commandLines };
  const leaks: string[] = [];
  if (!commandLines.includes(join(stack.data, "postgres"))) leaks.push("process list: nobody has watched it, for PostgreSQL is not in it");
  let lines = 0;
  for (const [place, text] of Object.entries(places)) {
    lines += text.split("\n").length;
    for (const value of wanted) {
      const at = text.indexOf(value);
      if (at >= 0) leaks.push(`${place}: ${text.slice(Math.max(0, at - 120), at)}<<${value}>>`);
    }
  }
  return { leaks, canaries: canaries.length, lines };
}

/** A token's parts too: half of one in a line is as bad. */
function spellings(value: string): string[] {
  const parts = value.split(".").filter((part) => /^(mfk_)?ey/.test(value) && part.length > 40);
  return [...new Set([value, encodeURIComponent(value), ...parts.slice(1)])];
}

/** The content of a stack's secret files, without the names of keys. */
function keysOf(folder: string): string[] {
  return readdirSync(folder)
    .flatMap((name) => readFileSync(join(folder, name), "utf8").split("\n"))
    .map((line) => line.slice(line.indexOf("=") + 1 === line.length ? 0 : line.indexOf("=") + 1).trim())
    .filter((line) => line.length >= 16);
}

function logs(folder: string): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}
