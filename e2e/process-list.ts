// Notes every command line that there is while the tests run, each once, for leaks.ts to look through. A thread of its
// own, for what starts and stops the stack holds up the one that began it. Whose process it is does not matter: every
// value that is looked for is this run's alone.
import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { workerData } from "node:worker_threads";

/** Milliseconds between two looks; the shortest command of ours connects to PostgreSQL and takes longer. */
const everyMs = 50;

const file = workerData as string;
const seen = new Set<string>();

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll(/[\0\n]/g, " ").trim();
  } catch {
    return ""; // It has ended meanwhile.
  }
}

for (;;) {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const line = commandLine(pid);
    if (line === "" || seen.has(line)) continue;
    seen.add(line);
    appendFileSync(file, `${line}\n`);
  }
  await sleep(everyMs);
}
