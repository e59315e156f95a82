// One change of several tasks, wherever they were chosen: by the bulk bar, by drag, by a key.
import { tasks as api, type Outcome, type Task } from "../api/client.ts";
import { inParts, itemsOf, mostAtOnce, shownAs, type Bulk } from "../logic/bulk.ts";
import { text } from "../strings.ts";
import { make } from "./changes.ts";
import { show } from "./show.ts";
import { remember } from "./undo.ts";

type Done = Outcome<{ change_ids: string[] }>;

export async function change(bulk: Bulk, tasks: readonly Task[], message: string): Promise<Done["kind"]> {
  const items = itemsOf(bulk, tasks);
  if (items.length === 0) {
    show({ message: text.nothingToChange, tone: "bad" });
    return "refused";
  }
  const { kind } = await make(shownAs(bulk, tasks), () => inTurn(inParts(items, mostAtOnce), message), message);
  return kind;
}

/** More than the API takes as one change are several; when one is refused, those before it hold and can be undone. */
async function inTurn(parts: Parameters<typeof api.batch>[0][], message: string): Promise<Done> {
  const change_ids: string[] = [];
  for (const [index, items] of parts.entries()) {
    const outcome = await api.batch(items);
    if (outcome.kind === "pending") return outcome;
    if (outcome.kind === "refused") {
      if (index === 0) return outcome;
      remember({ message, by: change_ids });
      return { ...outcome, message: text.partlyDone(index * mostAtOnce, outcome.message) };
    }
    if (outcome.value.change_id !== null) change_ids.unshift(outcome.value.change_id);
  }
  return { kind: "done", value: { change_ids } };
}
