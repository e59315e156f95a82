// Puts on how it looks, in this window and, as it is kept, in every other one of this browser.
import { looksKey, readLooks, type Looks } from "../logic/theme.ts";
import { followKept, keep, kept } from "./kept.ts";

export function applyLooks({ theme, density }: Looks): void {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = theme;
  if (density === "compact") root.dataset["density"] = density;
  else delete root.dataset["density"];
  document.querySelector<HTMLMetaElement>('meta[name="color-scheme"]')?.setAttribute("content", theme === "system" ? "light dark" : theme);
}

/** Where nothing may be kept, it holds as long as the page. */
export function keepLooks(looks: string): void {
  keep(looksKey, looks);
}

export function keptLooks(): Looks {
  return readLooks(kept(looksKey));
}

/** What is chosen in one window is put on in the others. */
export function followLooks(): void {
  followKept(() => looksKey, (value) => { applyLooks(readLooks(value)); });
}
