// What a dragged row carries, and the day that tasks are moved to.
/** The type of the data: ids, with a space between them. */
export const draggedType = "application/x-mindflow-tasks";
