// Changes of tasks as every page makes them: shown at once, told of, taken back when they are refused.
import type { Outcome, Pending, Task } from "../api/client.ts";
import type { Seen } from "../logic/overlay.ts";
import { settle, type Settled } from "../logic/pending.ts";
import { drawn } from "./drawn.ts";
import { tell } from "./toasts.ts";

type Refused = Extract<Outcome<unknown>, { kind: "refused" }>;

let seen: readonly Seen[] = [];

/** What lists have to show of changes that they have not read yet. */
export function underWay(): readonly Seen[] {
  return seen;
}

/** Forgets what a list that began to be read at `readAt` has by itself. */
export function forget(readAt: number): void {
  seen = seen.filter(({ answered }) => answered === null || answered >= readAt);
}

/** What a list of the changes that wait says of those that were made here; gives those that are over. */
export function settleAll(items: readonly Pending[]): Omit<Settled, "seen"> {
  const { seen: rest, made, refused } = settle(seen, items, performance.now());
  if (made.length + refused.length > 0) show(rest);
  return { made, refused };
}

function show(next: readonly Seen[]): void {
  seen = next;
  window.dispatchEvent(new Event("mf-seen"));
}

/**
 * Makes a change of the tasks in `as`, by id: what each is going to be, or null when it leaves the lists. Once it is
 * answered, the open page reads again. A refusal that the caller has `explained` by itself is not told.
 */
export async function make<T>(
  as: ReadonlyMap<string, Partial<Task> | null>,
  call: () => Promise<Outcome<T>>,
  message: string,
  explained: (refused: Refused) => boolean = () => false,
): Promise<Outcome<T>> {
  const mine: Seen[] = [...as].map(([id, fields]) => ({ id, as: fields, answered: null }));
  show([...seen, ...mine]);
  // What a person sees goes first: a call is as much work for the browser as to draw the change.
  await drawn();
  const outcome = await call();
  if (outcome.kind !== "refused" || !explained(outcome)) tell(outcome, message);
  const answered = performance.now();
  const others = seen.filter((one) => !mine.includes(one));
  if (outcome.kind === "refused") show(others);
  // Lists show it as before, and draw nothing anew for it.
  else if (outcome.kind === "done") seen = [...others, ...mine.map((one) => ({ ...one, answered }))];
  // A task whose change waits stays where it was, with a mark.
  else show([...others, ...mine.map((one) => ({ ...one, as: one.as ?? {}, pending: outcome.pending, message }))]);
  window.dispatchEvent(new Event("mf-changed"));
  return outcome;
}
