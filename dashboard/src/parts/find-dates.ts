// Dates in words, found beside the page: the grammar takes long to load, and long to read by for the first time, and no key
// should wait for that.
import type { FoundDate } from "../logic/quick-add.ts";
import address from "./dates-worker.ts?worker&url";

interface Asker {
  found: (dates: FoundDate[]) => void;
  failed: (reason: Error) => void;
}

interface TrustedTypes {
  createPolicy: (name: string, rules: { createScriptURL: (url: string) => string }) => { createScriptURL: (url: string) => unknown };
}

// By the name that public/_headers allows. Nothing else starts a script by its address.
const policy = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy("mindflow", { createScriptURL: (url) => url });
let worker: Worker | null = null;
/** Who waits, in the order in which they asked: so they are answered. */
let asking: Asker[] = [];

/** Before the first line is written, so that it need not wait. */
export function prepareDates(): Worker {
  if (worker !== null) return worker;
  // The constructor's type knows no trusted address yet.
  const started = new Worker((policy?.createScriptURL(address) ?? address) as string, { type: "module" });
  started.addEventListener("message", ({ data }: MessageEvent<FoundDate[]>) => { asking.shift()?.found(data); });
  started.addEventListener("error", () => {
    started.terminate();
    worker = null;
    const failed = asking;
    asking = [];
    for (const one of failed) one.failed(new Error("the grammar of dates could not be loaded"));
  });
  return (worker = started);
}

/** Rejects where the grammar cannot be loaded; the next line tries again. */
export function findDates(line: string, now: Date): Promise<FoundDate[]> {
  const prepared = prepareDates();
  return new Promise((found, failed) => {
    asking.push({ found, failed });
    prepared.postMessage({ line, now });
  });
}
