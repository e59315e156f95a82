// Guessing passwords: limited by account and by address, alike for addresses that are nobody's, and never so that the
// owner is locked out. (What the edge counts by address alone is in edge-worker/tests/limits.test.ts.)
import { randomInt } from "node:crypto";
import { expect, test } from "vitest";
import { secret } from "./canaries.ts";
import { call, newAccount, newPerson, remembered, type Answer, type Tokens } from "./client.ts";

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
