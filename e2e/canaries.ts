// Every secret, token, cookie and address that these tests bring into play is remembered, so that the end of the run can
// look for them where none may be (leaks.ts).
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { inject } from "vitest";

const { scratch } = inject("stack");

/** Remembers a value and gives it back. */
export function secret(value: string): string {
  appendFileSync(join(scratch, "canaries"), `${value}\n`);
  return value;
}
