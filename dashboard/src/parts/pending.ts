// Changes that were accepted while the server was away: rows have a mark as long as they wait, and the person is told when
// they were made, or why not.
import { tasks } from "../api/client.ts";
import { backoff } from "../logic/backoff.ts";
import { waitingFor } from "../logic/pending.ts";
import { text } from "../strings.ts";
import { settleAll, underWay } from "./changes.ts";
import { show } from "./show.ts";
import { remember } from "./undo.ts";

let waiting: ReadonlyMap<string, number> = new Map();
let timer: ReturnType<typeof setTimeout> | undefined;
let attempt = 0;

export function isWaiting(id: string): boolean {
  return waiting.has(id);
}

/** Asks now, and then again until nothing waits. Any answer that says that something waits begins it. */
export function watchPending(): void {
  window.addEventListener("mf-pending", () => { timer ??= setTimeout(() => void look(), 0); });
  window.addEventListener("mf-seen", () => {
    if (underWay().some(({ pending, answered }) => pending !== undefined && answered === null)) timer ??= setTimeout(() => void look(), 0);
  });
}

async function look(): Promise<void> {
  const outcome = await tasks.pending();
  if (outcome.kind === "done") {
    const { items } = outcome.value;
    waiting = waitingFor(items);
    const { made, refused } = settleAll(items);
    for (const { pending, id, message } of made) if (pending && message !== undefined) remember({ message, by: { task: id, at: pending.accepted_at } });
    if (made[0]) show({ message: text.madeLater(made.length === 1 ? (made[0].message ?? "") : ""), tone: "good" });
    for (const { change, because } of refused) {
      show({ message: text.refusedLater(change.as?.title ?? change.message ?? "", because ?? text.refusedUnknown), tone: "bad" });
    }
    window.dispatchEvent(new Event("mf-waiting"));
    if (made.length + refused.length > 0) window.dispatchEvent(new Event("mf-changed"));
  }
  const more = outcome.kind !== "done" || waiting.size > 0;
  timer = more ? setTimeout(() => void look(), backoff(Math.min(attempt++, 3), Math.random())) : undefined;
  if (!more) attempt = 0;
}
