// Changes of tasks as every page makes them: shown at once, told of, taken back when they are refused.
import type { Outcome, Task } from "../api/client.ts";
import type { Seen } from "../logic/overlay.ts";
import { tell } from "./toasts.ts";

let seen: readonly Seen[] = [];

/** What lists have to show of changes that they have not read yet. */
export function underWay(): readonly Seen[] {
  return seen;
}

/** Forgets what a list that began to be read at `readAt` has by itself. */
export function forget(readAt: number): void {
  seen = seen.filter(({ answered }) => answered === null || answered >= readAt);
}

function show(next: readonly Seen[]): void {
  seen = next;
  window.dispatchEvent(new Event("mf-seen"));
}

/**
 * Makes a change of the tasks in `as`, by id: what each is going to be, or null when it leaves the lists. Once it is
 * answered, the open page reads again.
 */
export async function make<T>(as: ReadonlyMap<string, Partial<Task> | null>, call: () => Promise<Outcome<T>>, message: string): Promise<Outcome<T>> {
  const mine: Seen[] = [...as].map(([id, fields]) => ({ id, as: fields, answered: null }));
  show([...seen, ...mine]);
  const outcome = await call();
  tell(outcome, message);
  const answered = performance.now();
  const others = seen.filter((one) => !mine.includes(one));
  if (outcome.kind === "refused") show(others);
  else show([...others, ...mine.map((one) => ({ ...one, answered }))]);
  window.dispatchEvent(new Event("mf-changed"));
  return outcome;
}
