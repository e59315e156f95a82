/**
 * The limit of one user's requests: GCRA, whose whole state is one instant, in microseconds. What is kept of it is that
 * instant some requests ahead (a lease), so that it is written once in twenty requests and never grants more after an
 * eviction.
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
  lease: number | undefined;
}

export class Bucket {
  readonly policy: string;
  readonly #interval: number;
  readonly #tolerance: number;
  readonly #ahead: number;
  #tat: number;
  #lease: number;

  constructor(lease: number | undefined, requestsPerMinute: number, now: number) {
    this.policy = `"user";q=${requestsPerMinute};w=${PERIOD_US / 1e6}`;
    this.#interval = Math.ceil(PERIOD_US / requestsPerMinute);
    this.#tolerance = this.#interval * requestsPerMinute;
    this.#ahead = Math.min(this.#interval * LEASE_REQUESTS, LEASE_US);
    this.#lease = lease ?? -Infinity;
    this.#tat = Math.min(this.#lease, now * 1000 + this.#tolerance);
  }

  /** Counts a request at `now` in milliseconds. */
  count(now: number): Counted {
    const nowUs = now * 1000;
    const tat = Math.max(this.#tat, nowUs) + this.#interval;
    const above = tat - nowUs - this.#tolerance;
    if (above > 0) {
      const retryAfter = Math.ceil(above / 1e6);
      return { allowed: false, field: `"user";r=0;t=${retryAfter}`, retryAfter, lease: undefined };
    }
    this.#tat = tat;
    let lease: number | undefined;
    if (tat > this.#lease) lease = this.#lease = tat + this.#ahead;
    const remaining = Math.floor(-above / this.#interval);
    return { allowed: true, field: `"user";r=${remaining};t=${Math.ceil((tat - nowUs) / 1e6)}`, retryAfter: 0, lease };
  }
}
