// Guessing passwords: limited by account and by address, alike for addresses that are nobody's, and never so that the
// owner is locked out. (What the edge counts by address alone is in edge-worker/tests/limits.test.ts.)
import { createHash, randomInt } from "node:crypto";
import { expect, test } from "vitest";
import { secret } from "./canaries.ts";
import { as, call, newAccount, newPerson, remembered, type Answer, type Problem, type Tokens } from "./client.ts";
import { database } from "./stack.ts";

/** A network of its own: what these tests count is counted nowhere else. `wrangler dev` believes this field. */
const newAddress = (): string => secret(`2001:db8:${randomInt(1, 0xffff).toString(16)}:${randomInt(1, 0xffff).toString(16)}::${randomInt(1, 0xffff).toString(16)}`);

function attempt(person: { email: string; password: string }, address: string): Promise<Answer> {
  const { email, password } = person;
  return call("POST", "/api/auth/login", { body: { email, password }, headers: { "CF-Connecting-IP": address } });
}

const guess = (email: string): { email: string; password: string } => ({ email, password: secret(`guess ${randomInt(1e9)} for it`) });

test("ten failures in a quarter of an hour from one address, for an account and for an address that is nobody's", async () => {
  for (const person of [await newAccount(), newPerson()]) {
    const address = newAddress();
    for (let n = 0; n < 10; n++) expect((await attempt(guess(person.email), address)).status).toBe(401);
    const limited = await attempt(person, address);
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get("Retry-After"))).toBeGreaterThan(1);
    expect(limited.headers.get("Content-Type")).toBe("application/problem+json");
    // The whole network is one address; another network is not.
    const [network = ""] = address.split("::");
    expect((await attempt(person, `${network}::ffff`)).status).toBe(429);
  }
});

test("a login that succeeds is not counted", async () => {
  const ada = await newAccount();
  const home = newAddress();
  for (let n = 0; n < 12; n++) {
    const answer = await attempt(ada, home);
    expect(answer.status, answer.text).toBe(200);
    remembered(answer.json() as Tokens);
  }
});

/** How the origin names what the sessions of a user are counted by (origin-api/src/db/throttles.rs). */
function subjectOfSessions(user: string): string {
  const hash = createHash("sha256");
  for (const part of ["sessions", user]) {
    const length = Buffer.alloc(8);
    length.writeBigUInt64BE(BigInt(part.length));
    hash.update(length).update(part);
  }
  return hash.digest("hex");
}

test("an account begins a thousand sessions in 30 days, and goes on with those", async () => {
  const ada = await newAccount();
  // As if all but one of them had begun.
  const moved = `UPDATE throttles SET arrival = now() + 999 * interval '2592 seconds' - interval '1 second'
    WHERE subject = '\\x${subjectOfSessions(ada.id)}' RETURNING 'moved'`;
  expect(await database(moved)).toBe("moved");
  const last = await attempt(ada, newAddress());
  expect(last.status, last.text).toBe(200);
  remembered(last.json() as Tokens);
  for (const address of [newAddress(), newAddress()]) {
    const limited = await attempt(ada, address);
    expect(limited.status, limited.text).toBe(429);
    expect(Number(limited.headers.get("Retry-After"))).toBeGreaterThan(2592 - 600);
    expect((limited.json() as Problem).detail).toContain("/api/auth/refresh");
  }
  const refreshed = await as(ada)("POST", "/api/auth/refresh", { refresh_token: ada.refresh });
  expect(refreshed.status, refreshed.text).toBe(200);
  remembered(refreshed.json() as Tokens);
});

test("many addresses together are limited too, but not where the owner has logged in before", async () => {
  const ada = await newAccount();
  const home = newAddress();
  expect((await attempt(ada, home)).status).toBe(200);
  let refused: Answer | undefined;
  for (let n = 0; n < 40 && refused === undefined; n++) {
    const answer = await attempt(guess(ada.email), newAddress());
    if (answer.status !== 401) refused = answer;
  }
  expect(refused?.status).toBe(429);
  expect((await attempt(ada, newAddress())).status, "anywhere else").toBe(429);
  expect((await attempt(ada, home)).status, "at home").toBe(200);
});
