// Which key does what on this device. Most people have no keys of their own: what knows about those is loaded where some are kept.
import type { OwnKeys } from "../logic/own-keys.ts";
import { text } from "../strings.ts";
import { followKept, keep, kept } from "./kept.ts";
import { show } from "./show.ts";

type Module = typeof import("../logic/own-keys.ts");

const place = "mindflow-keys";

let pages: readonly string[] = [];
let known: { module: Module; own: OwnKeys; ids: readonly string[] } | null = null;
/** Until it is known what somebody has chosen, single keys do nothing: they may be off. */
let coming = false;

/** Reads what is kept, and follows it; `letters` lead to the pages. */
export function followOwnKeys(letters: readonly string[]): void {
  pages = letters;
  const changed = (value: string | null) => {
    if (value !== null || known !== null) void ownKeys().catch(() => { show({ message: text.notLoaded, tone: "bad" }); });
  };
  followKept(() => place, changed);
  coming = kept(place) !== null;
  changed(kept(place));
}

/** What is kept now, with all that there is to change. */
export async function ownKeys(): Promise<{ module: Module; own: OwnKeys; ids: readonly string[] }> {
  const module = await import("../logic/own-keys.ts");
  const ids = module.changeable(text.keySheet, pages);
  known = { module, ids, own: module.readOwnKeys(kept(place), ids) };
  coming = false;
  return known;
}

/** Puts them in force, here and in other windows; false where they hold only as long as this page. */
export function keepOwnKeys(own: OwnKeys): boolean {
  if (!known) return false;
  known = { ...known, own };
  return keep(place, known.module.writeOwnKeys(own));
}

/** A key as whoever changed nothing would press it, `led` after g; null where it means nothing. */
export function meaning(pressed: string, led: boolean): string | null {
  if (known) return known.module.meaningOf(known.own, known.ids, pressed, led);
  return coming && pressed.length === 1 ? null : pressed;
}

/** The keys of a line of the sheet as they are now: those that are off are not among them. */
export function shownKeys(keys: string): string[] {
  const now = (id: string) => (known?.ids.includes(id) ? known.module.inForce(known.own, id) : (id.split(" ").at(-1) ?? id));
  if (!keys.startsWith("g ")) return keys.split(" ").map(now).filter((key) => key !== null);
  const both = [now("g"), now(keys)];
  return both.every((key) => key !== null) ? both : [];
}
