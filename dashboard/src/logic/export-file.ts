// An export that arrived whole: one that broke off is no JSON.
/** How many tasks are in it; null for what is no export. */
export function tasksIn(text: string): number | null {
  try {
    const document: unknown = JSON.parse(text);
    return typeof document === "object" && document !== null && "tasks" in document && Array.isArray(document.tasks) ? document.tasks.length : null;
  } catch {
    return null;
  }
}
