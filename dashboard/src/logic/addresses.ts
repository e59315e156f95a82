// The addresses of the dashboard. The build writes a file for each, so these are found (200); any other is answered with
// the same page and 404. What a page shows is in pages.ts and app.ts.
export const addresses = [
  "/", "/today", "/upcoming", "/all", "/projects", "/settings", "/sign-in", "/sign-up", "/forgot-password", "/reset-password", "/confirm-email",
] as const;

export type Address = (typeof addresses)[number];

/** Below these there is a page for every name; `public/_redirects` sends them to the file of the address above. */
export const families = ["/projects", "/settings"] as const satisfies readonly Address[];

/** The address whose page is shown at a path, and the name below it; none where there is no page. */
export function addressOf(path: string): { address: Address; name: string | null } | null {
  const known = addresses.find((one) => one === path);
  if (known !== undefined) return { address: known, name: null };
  const family = families.find((one) => path.startsWith(`${one}/`));
  if (family === undefined) return null;
  const segment = path.slice(family.length + 1);
  const name = segment.includes("/") ? null : decoded(segment);
  return name === null || name === "" ? null : { address: family, name };
}

function decoded(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}

/** The task that is open beside a page: `?task=` of its address. */
export function taskIn(search: string): string | null {
  return new URLSearchParams(search).get("task");
}

/** The same address with another task open, or with none. */
export function withTask(href: string, id: string | null): string {
  const [path = "", search = ""] = href.split("?");
  const query = new URLSearchParams(search);
  if (id === null) query.delete("task");
  else query.set("task", id);
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}
