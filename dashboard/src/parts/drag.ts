// What a dragged row carries: the ids of tasks. Whoever takes them knows what they become there.

/** The type of the data: ids, with a space between them. */
const type = "application/x-mindflow-tasks";

export function carry(event: DragEvent, ids: readonly string[]): void {
  if (event.dataTransfer === null) return;
  event.dataTransfer.setData(type, ids.join(" "));
  event.dataTransfer.effectAllowed = "move";
}

/** Whether it is tasks that are held over a place; then they may be dropped there. */
export function held(event: DragEvent): boolean {
  if (event.dataTransfer?.types.includes(type) !== true) return false;
  event.preventDefault();
  event.dataTransfer.dropEffect = "move";
  return true;
}

export function dropped(event: DragEvent): string[] {
  const ids = event.dataTransfer?.getData(type) ?? "";
  if (ids === "") return [];
  event.preventDefault();
  return ids.split(" ");
}
