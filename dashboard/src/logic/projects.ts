// How far a project is.
import type { Project } from "../api/client.ts";

/** The share of its tasks that are done, of 100; 0 while it has none. */
export function share({ open, completed }: Pick<Project, "open" | "completed">): number {
  return open + completed === 0 ? 0 : Math.round((completed / (open + completed)) * 100);
}
