// Time zones as a person looks for one: by region, then by place.
export interface Region {
  name: string;
  zones: { value: string; label: string }[];
}

/** `current` is there too, whatever the browser knows; zones without a region stand under `other`. */
export function regions(known: readonly string[], current: string, other: string): Region[] {
  const byName = new Map<string, Region>();
  for (const value of [...new Set([...known, "UTC", current])].sort()) {
    const cut = value.indexOf("/");
    const name = cut < 0 ? other : value.slice(0, cut);
    const region = byName.get(name) ?? { name, zones: [] };
    region.zones.push({ value, label: value.slice(cut + 1).replaceAll("_", " ").replaceAll("/", ", ") });
    byName.set(name, region);
  }
  return [...byName.values()];
}
