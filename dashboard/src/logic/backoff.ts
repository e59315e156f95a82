// How long to wait before connecting again: doubling up to half a minute, and each client another time, so that all do
// not come back at once.
const firstMilliseconds = 500;
const mostMilliseconds = 30_000;

/** `random` from 0 to 1. */
export function backoff(attempt: number, random: number): number {
  const ceiling = Math.min(mostMilliseconds, firstMilliseconds * 2 ** attempt);
  return Math.round(ceiling * (0.5 + random / 2));
}
