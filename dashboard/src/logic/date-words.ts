// The day, and the time where one is said, that a line means: for moving a task in words. All of the line must be understood,
// so that nobody is moved to a day that they did not mean.
import { folded } from "./commands.ts";
import type { Day } from "./days.ts";
import type { FoundDate } from "./quick-add.ts";

export interface When {
  day: Day | null;
  /** `HH:MM`; where none is said, a task keeps its own. */
  time: string | null;
}

export type Words = { kind: "none" } | { kind: "when"; when: When } | { kind: "unread"; rest: string } | { kind: "several" };

/** What may stand beside a date and says nothing more. */
const fillers = /(?<!\S)(?:on|at|by|for|to|the|due|until|till)(?!\S)/gi;

/** What dates are looked for in. */
export function saidIn(line: string): string {
  return line.trim().replaceAll(/\s+/g, " ");
}

/**
 * `found` are the dates in what is `saidIn` the line. `named` are the days that have a name of their own on the page: there they
 * mean the same as here.
 */
export function readWords(line: string, found: readonly FoundDate[], named: readonly { label: string; day: Day | null }[]): Words {
  const said = saidIn(line);
  if (said === "") return { kind: "none" };
  const own = named.find(({ label }) => folded(label) === folded(said));
  if (own) return { kind: "when", when: { day: own.day, time: null } };
  const [date] = found;
  if (found.length > 1) return { kind: "several" };
  if (!date || !/^\d{4}-\d\d-\d\d$/.test(date.day)) return { kind: "unread", rest: said };
  const rest = (said.slice(0, date.index) + said.slice(date.index + date.text.length)).replaceAll(fillers, "").trim();
  return rest === "" ? { kind: "when", when: { day: date.day, time: date.time } } : { kind: "unread", rest };
}
