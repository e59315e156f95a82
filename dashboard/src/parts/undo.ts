// The way back from what was done here, one change after the other, and forward again. Each is undone by its own id: what
// somebody else did meanwhile stays.
import { tasks, type Outcome, type Undone } from "../api/client.ts";
import { changeOf, type Made } from "../logic/made.ts";
import { text } from "../strings.ts";
import { show } from "./show.ts";

const made: Made[] = [];
const undone: Made[] = [];
let before: Promise<void> = Promise.resolve();

/** A change that was just made; what was undone before it cannot be made again. */
export function remember(change: Made): void {
  made.push(change);
  undone.length = 0;
}

/** Undoes a change, or else the last one that was made here. Several calls are done one after the other. */
export function undo(change?: Made): Promise<void> {
  return (before = before.then(async () => {
    const last = change ?? made.at(-1);
    if (last && made.includes(last)) made.splice(made.indexOf(last), 1);
    if (last) await turn(last, undone, text.undoneToast, false);
    else show({ message: text.nothingToUndo, tone: "bad" });
  }));
}

/** Makes again what was undone last. */
export function redo(): Promise<void> {
  return (before = before.then(async () => {
    const last = undone.pop();
    if (last) await turn(last, made, text.redoneToast, true);
    else show({ message: text.nothingToRedo, tone: "bad" });
  }));
}

async function turn(change: Made, other: Made[], message: (count: number, title: string) => string, back: boolean): Promise<void> {
  const ids = await idsOf(change);
  const turned: Undone[] = [];
  for (const id of ids.kind === "done" ? ids.value : []) {
    const outcome = await tasks.undo(id);
    if (outcome.kind === "refused") {
      show({ message: outcome.message, tone: "bad" });
      break;
    }
    if (outcome.kind === "done") turned.unshift(outcome.value);
  }
  if (ids.kind === "refused") show({ message: ids.message, tone: "bad" });
  if (turned.length > 0) {
    const opposite: Made = { message: change.message, by: turned.map(({ change_id }) => change_id) };
    other.push(opposite);
    const all = turned.flatMap((one) => one.undone);
    if (ids.kind === "done" && turned.length === ids.value.length) {
      show({ message: message(all.length, all[0]?.title ?? ""), tone: "good", ...(back ? { undo: opposite } : {}) });
    }
  }
  window.dispatchEvent(new Event("mf-changed"));
}

/** Far back is not looked: what was made here was made lately. */
async function idsOf({ by }: Made): Promise<Outcome<readonly string[]>> {
  if (!("task" in by)) return { kind: "done", value: by };
  const history = await tasks.history(null);
  if (history.kind !== "done") return history;
  const change = changeOf(history.value.items, by);
  return change === null ? { kind: "refused", status: 404, message: text.nothingChanged } : { kind: "done", value: [change.id] };
}
