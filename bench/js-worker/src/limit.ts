/**
 * The limit of one user's requests: GCRA, whose whole state is one instant, in microseconds. It is kept when it comes to
 * be more than a lease ahead of the present and of what was kept, and is taken to be so far after an eviction.
 */
const LEASE_REQUESTS = 20;
const LEASE_US = 10_000_000;
const PERIOD_US = 60_000_000;

export interface Counted {
  allowed: boolean;
  /** The value of `RateLimit`. */
  field: string;
  retryAfter: number;
  /** To be kept before the answer leaves. */
  keep: number | undefined;
}

export class Bucket {
  readonly policy: string;
  readonly #interval: number;
  readonly #tolerance: number;
  readonly #lease: number;
  #tat = -Infinity;
  #kept = -Infinity;

  /** `kept` is undefined where nothing was, null for an object that never lived. */
  constructor(kept: number | undefined | null, requestsPerMinute: number, now: number) {
    this.policy = `"user";q=${requestsPerMinute};w=${PERIOD_US / 1e6}`;
    this.#interval = Math.ceil(PERIOD_US / requestsPerMinute);
    this.#tolerance = this.#interval * requestsPerMinute;
    this.#lease = Math.min(this.#interval * LEASE_REQUESTS, LEASE_US);
    if (kept === null) return;
    const empty = now * 1000 + this.#tolerance;
    this.#kept = Math.min(kept ?? -Infinity, empty);
    this.#tat = Math.min(Math.max(this.#kept, now * 1000) + this.#lease, empty);
  }

  /** Counts a request at `now` in milliseconds. */
  count(now: number): Counted {
    const nowUs = now * 1000;
    const tat = Math.max(this.#tat, nowUs) + this.#interval;
    const above = tat - nowUs - this.#tolerance;
    if (above > 0) {
      const retryAfter = Math.ceil(above / 1e6);
      return { allowed: false, field: `"user";r=0;t=${retryAfter}`, retryAfter, keep: undefined };
    }
    this.#tat = tat;
    let keep: number | undefined;
    if (tat > Math.max(this.#kept, nowUs) + this.#lease) keep = this.#kept = tat;
    const remaining = Math.floor(-above / this.#interval);
    return { allowed: true, field: `"user";r=${remaining};t=${Math.ceil((tat - nowUs) / 1e6)}`, retryAfter: 0, keep };
  }
}
