// Whether an address has an account cannot be told from how long an answer takes: 500 tries each, in random order, of
// addresses with and without one, compared by the Mann-Whitney U test.
import { randomInt } from "node:crypto";
import { expect, test } from "vitest";
import { secret } from "./canaries.ts";
import { call, newAccount, newPerson } from "./client.ts";

const tries = 500;
const addresses = 20;
/** Alike as long as a difference this large would come by chance in one run of a thousand. */
const significance = 0.001;

const wrong = secret("wrong otters never plan");
const calls: Record<string, (email: string) => Promise<number>> = {
  login: async (email) => (await call("POST", "/api/auth/login", { body: { email, password: wrong } })).status,
  "forgot-password": async (email) => (await call("POST", "/api/auth/forgot-password", { body: { email } })).status,
  // Nearly all of these are answered again.
  "forgot-password under one key": async (email) =>
    (await call("POST", "/api/auth/forgot-password", { body: { email }, headers: { "Idempotency-Key": "drill" } })).status,
};

test.each(Object.entries(calls))("%s takes as long for an unknown address as for a known one", async (name, ask) => {
  const known = await Promise.all(Array.from({ length: addresses }, async () => (await newAccount()).email));
  const unknown = Array.from({ length: addresses }, () => newPerson().email);
  const times: Record<"known" | "unknown", number[]> = { known: [], unknown: [] };
  const status = await ask(known[0] ?? "");

  while (times.known.length < tries || times.unknown.length < tries) {
    const kind = times.known.length < tries && (times.unknown.length >= tries || randomInt(2) === 0) ? "known" : "unknown";
    const email = (kind === "known" ? known : unknown)[times[kind].length % addresses] ?? "";
    const started = performance.now();
    const answered = await ask(email);
    times[kind].push(performance.now() - started);
    expect(answered).toBe(status);
  }

  const { auc, p } = mannWhitney(times.known, times.unknown);
  const median = (values: number[]): string => (values.toSorted((a, b) => a - b)[values.length / 2] ?? 0).toFixed(2);
  process.stdout.write(
    `${name}: median ${median(times.known)} ms known, ${median(times.unknown)} ms unknown; ` +
      `P(known slower) ${auc.toFixed(3)}, p = ${p.toFixed(3)}, ${tries} tries each\n`,
  );
  expect(p).toBeGreaterThan(significance);
});

test("the statistic sees a shift of a third of the spread, and none where there is none", () => {
  // Evenly spread: the standard deviation is that of a uniform distribution.
  const sample = (shift: number) => Array.from({ length: tries }, (_, index) => index / tries + shift / Math.sqrt(12));
  expect(mannWhitney(sample(0.3), sample(0)).p).toBeLessThan(significance);
  expect(mannWhitney(sample(0), sample(0)).p).toBeGreaterThan(0.9);
});

/** How often a value of `a` is above one of `b`, and how likely a difference as large is by chance (normal approximation). */
function mannWhitney(a: number[], b: number[]): { auc: number; p: number } {
  const ranked = [...a.map((value) => ({ value, of: 1 })), ...b.map((value) => ({ value, of: 0 }))].sort((one, other) => one.value - other.value);
  const ranksOfA = ranked.reduce((sum, { of }, index) => sum + of * (index + 1), 0);
  const u = ranksOfA - (a.length * (a.length + 1)) / 2;
  const z = Math.abs(u - (a.length * b.length) / 2) / Math.sqrt((a.length * b.length * (a.length + b.length + 1)) / 12);
  return { auc: u / (a.length * b.length), p: 2 * (1 - normal(z)) };
}

/** The standard normal distribution for z >= 0, to 1e-7 (Abramowitz and Stegun 26.2.17). */
function normal(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}
