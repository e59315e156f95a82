// Keys of one's own (WCAG 2.1.4): each key that is one sign can be another one, or off, and all of them can be turned off at once. A
// key is known by the sign that it has for whoever changed nothing: `e`, or `g t` for the letter after g. Kept on this device;
// what is read may be anybody's, and what cannot be is as if it were not there.

export interface OwnKeys {
  /** Whether keys that are one sign, and nothing held with it, do nothing. */
  off: boolean;
  /** Only what differs; null where there is no key. */
  keys: Readonly<Record<string, string | null>>;
}

export type Assigned = { own: OwnKeys } | { taken: string } | "unfit";

export const untouched: OwnKeys = { off: false, keys: {} };

type Sheet = readonly { keys: readonly (readonly [string, string])[] }[];

/** The keys of the sheet that can be changed, and the letters of the pages. */
export function changeable(sheet: Sheet, pages: readonly string[]): string[] {
  return [...sheet.flatMap(({ keys }) => keys.flatMap(([pressed]) => pressed.split(" ").filter((key) => key.length === 1))), ...pages.map((letter) => `g ${letter}`)];
}

const afterLeader = (id: string) => id.startsWith("g ");
const usual = (id: string) => (afterLeader(id) ? id.slice(2) : id);

function fits(id: string, pressed: string): boolean {
  return (afterLeader(id) ? /^[^\s\p{C}]$/u : /^(?:Alt\+)?[^\s\p{C}]$/u).test(pressed);
}

/** The key that somebody chose, whether or not keys are off. */
function chosen(own: OwnKeys, id: string): string | null {
  return own.keys[id] === undefined ? usual(id) : own.keys[id];
}

/** The key that does it now; of a letter after g that letter alone. Null where none does. */
export function inForce(own: OwnKeys, id: string): string | null {
  const key = chosen(own, id);
  if (afterLeader(id)) return inForce(own, "g") === null ? null : key;
  return own.off && key?.length === 1 ? null : key;
}

/** What a person means by a key, as whoever changed nothing would press it; null where it means nothing. `led` after g. */
export function meaningOf(own: OwnKeys, ids: readonly string[], pressed: string, led: boolean): string | null {
  const id = ids.find((one) => afterLeader(one) === led && inForce(own, one) === pressed);
  if (id !== undefined) return usual(id);
  return pressed.length === 1 ? null : pressed;
}

/** With another key, or none, or by `undefined` its own again; refused with the one that has it already. */
export function assign(own: OwnKeys, ids: readonly string[], id: string, pressed: string | null | undefined): Assigned {
  const key = pressed === undefined ? usual(id) : pressed;
  if (key !== null && !fits(id, key)) return "unfit";
  const other = key === null ? undefined : ids.find((one) => one !== id && afterLeader(one) === afterLeader(id) && chosen(own, one) === key);
  if (other !== undefined) return { taken: other };
  const others = Object.entries(own.keys).filter(([one]) => one !== id);
  return { own: { ...own, keys: Object.fromEntries(key === usual(id) ? others : [...others, [id, key]]) } };
}

export function readOwnKeys(kept: string | null, ids: readonly string[]): OwnKeys {
  let parsed: unknown;
  try {
    parsed = JSON.parse(kept ?? "null");
  } catch {
    return untouched;
  }
  const { off, keys } = typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : {};
  const found = new Map<string, string | null>();
  for (const [id, key] of Object.entries(typeof keys === "object" && keys !== null ? keys : {}) as [string, unknown][]) {
    if (ids.includes(id) && (key === null || (typeof key === "string" && key !== usual(id) && fits(id, key)))) found.set(id, key);
  }
  // Two on one key: neither was chosen by a person here.
  for (let again = true; again; ) {
    const own = { off: false, keys: Object.fromEntries(found) };
    const double = ids.filter((id) => chosen(own, id) !== null && ids.some((other) => other !== id && afterLeader(other) === afterLeader(id) && chosen(own, other) === chosen(own, id)));
    again = double.map((id) => found.delete(id)).includes(true);
  }
  return { off: off === true, keys: Object.fromEntries(found) };
}

/** Null where there is nothing to keep. */
export function writeOwnKeys(own: OwnKeys): string | null {
  return own.off || Object.keys(own.keys).length > 0 ? JSON.stringify(own) : null;
}
