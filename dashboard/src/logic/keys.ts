// Keys that are pressed one after the other: `g`, then the letter of a page; and keys that are held together.
const patienceMilliseconds = 1200;

export class Leader {
  #since: number | null = null;

  /** Whether a letter is waited for. */
  waits(now: number): boolean {
    return this.#since !== null && now - this.#since <= patienceMilliseconds;
  }

  /** What the key means now: the letter after `g`, a key of its own, or nothing yet. */
  press(key: string, now: number): { kind: "waiting" } | { kind: "page" | "key"; key: string } {
    const led = this.waits(now);
    this.#since = null;
    if (led) return { kind: "page", key };
    if (key === "g") {
      this.#since = now;
      return { kind: "waiting" };
    }
    return { kind: "key", key };
  }
}

export interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** One name for a key and what is held with it: `j`, `J`, `Shift+ArrowDown`, `Ctrl+Shift+z`. Cmd is Ctrl, as on a Mac. */
export function chord({ key, ctrlKey, metaKey, altKey, shiftKey }: Pressed): string {
  const held = [ctrlKey || metaKey ? "Ctrl+" : "", altKey ? "Alt+" : ""].join("");
  // A letter says by itself that Shift is held, but for Ctrl, where systems differ.
  if (key.length === 1) return held.includes("Ctrl") ? `${held}${shiftKey ? "Shift+" : ""}${key.toLowerCase()}` : held + key;
  return `${held}${shiftKey ? "Shift+" : ""}${key}`;
}
