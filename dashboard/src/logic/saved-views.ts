// Views of the page of all tasks that a person has given names: kept on this device, since preferences have no field for them.
// What is read may be another version's or anybody's: what is no view is left out.
import { folded } from "./commands.ts";
import { fromSearch, toSearch } from "./filters.ts";

export interface View {
  name: string;
  /** Of the address, as `toSearch` writes it. */
  query: string;
}

export type Fault = "unnamed" | "taken" | "full";

export const longestName = 60;
const mostViews = 50;

/** Of one person: who signs in next on this device sees their own. */
export function viewsKey(owner: string): string {
  return `mindflow-views-${owner}`;
}

export function readViews(kept: string | null): View[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(kept ?? "[]");
  } catch {
    return [];
  }
  const views: View[] = [];
  for (const one of Array.isArray(parsed) ? (parsed as unknown[]) : []) {
    const { name, query } = typeof one === "object" && one !== null ? (one as Record<string, unknown>) : {};
    if (typeof name !== "string" || typeof query !== "string") continue;
    const more = withView(views, { name, query: toSearch(fromSearch(query)) });
    if (typeof more !== "string") views.splice(0, views.length, ...more);
  }
  return views;
}

export function writeViews(views: readonly View[]): string {
  return JSON.stringify(views);
}

/** With one more, in the order of the alphabet; `instead` is the name of the one that it takes the place of. */
export function withView(views: readonly View[], view: View, instead: string | null = null): View[] | Fault {
  const name = view.name.trim().replaceAll(/\s+/g, " ").slice(0, longestName);
  const others = withoutView(views, instead);
  if (name === "") return "unnamed";
  if (others.some((one) => folded(one.name) === folded(name))) return "taken";
  if (others.length >= mostViews) return "full";
  return [...others, { name, query: view.query }].toSorted((one, other) => (folded(one.name) < folded(other.name) ? -1 : 1));
}

export function withoutView(views: readonly View[], name: string | null): View[] {
  return views.filter((view) => view.name !== name);
}
