// A finger drawn over a row of a list. Each row has a button that does the same.
import { swiped } from "../logic/swipe.ts";

/** Follows a finger from where it touched; `end` is told what the movement meant, if it meant something. */
export function followSwipe(start: PointerEvent, row: HTMLElement, end: (meant: "done" | "later") => void): void {
  if (start.pointerType !== "touch") return;
  const over = new AbortController();
  const { signal } = over;
  const distance = (event: PointerEvent) => [event.clientX - start.clientX, event.clientY - start.clientY] as const;
  const stop = () => {
    over.abort();
    row.style.translate = "";
    delete row.dataset["swipe"];
  };
  row.addEventListener("pointermove", (event) => {
    const [dx, dy] = distance(event);
    if (Math.abs(dx) < Math.abs(dy)) return;
    row.style.translate = `${dx}px`;
    row.dataset["swipe"] = swiped(dx, dy) ?? "";
  }, { signal });
  row.addEventListener("pointerup", (event) => {
    const meant = swiped(...distance(event));
    stop();
    if (meant !== null) end(meant);
  }, { signal });
  row.addEventListener("pointercancel", stop, { signal });
}
