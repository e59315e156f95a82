// Keys that are pressed one after the other: `g`, then the letter of a page.
const patienceMilliseconds = 1200;

export class Leader {
  #since: number | null = null;

  /** What the key means now: the letter after `g`, a key of its own, or nothing yet. */
  press(key: string, now: number): { kind: "waiting" } | { kind: "page" | "key"; key: string } {
    const led = this.#since !== null && now - this.#since <= patienceMilliseconds;
    this.#since = null;
    if (led) return { kind: "page", key };
    if (key === "g") {
      this.#since = now;
      return { kind: "waiting" };
    }
    return { kind: "key", key };
  }
}
