// Idempotency keys where no credential is sent: every such route takes one, by header or body, and answers a repetition
// as docs/api.md says ("Repeating safely").
import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { secret } from "./canaries.ts";
import { call, login, newAccount, newPerson, refusedFields, remembered, type Answer, type Tokens } from "./client.ts";
import { mailTo, nextMail, tokenOf } from "./mailbox.ts";
import { database } from "./stack.ts";

const newPassword = (): string => secret(`new otters ${randomUUID()}`);
const post = (path: string, body: unknown, key?: string): Promise<Answer> =>
  call("POST", `/api/auth/${path}`, { body, ...(key === undefined ? {} : { headers: { "Idempotency-Key": key } }) });

function expectReplayed(answer: Answer, status: number): void {
  expect(answer.status, answer.text).toBe(status);
  expect(answer.headers.get("Idempotency-Replayed")).toBe("true");
}

function expectFirst(answer: Answer, status: number): void {
  expect(answer.status, answer.text).toBe(status);
  expect(answer.headers.get("Idempotency-Replayed")).toBeNull();
}

const expectKeyReused = (answer: Answer): void => {
  expect(refusedFields(answer)).toEqual(["Idempotency-Key"]);
};

/** The token of the letter that a forgotten password brings. */
async function forgotten(email: string): Promise<string> {
  expectFirst(await post("forgot-password", { email }), 202);
  return tokenOf(await nextMail(email, /new password/i), "reset-password");
}

test.each([
  ["register", { ...newPerson() }],
  ["login", { ...newPerson() }],
  ["refresh", { refresh_token: "x" }],
  ["forgot-password", { email: newPerson().email }],
  ["reset-password", { token: "x", password: "a long pass phrase" }],
  ["confirm-email", { token: "x" }],
])("%s names a key that is too long, and two that differ", async (path, body) => {
  const long = "k".repeat(256);
  expect(refusedFields(await post(path, body, long))).toEqual(["Idempotency-Key"]);
  for (const bad of [long, "", 1]) expect(refusedFields(await post(path, { ...body, client_token: bad }))).toEqual(["client_token"]);
  expect(refusedFields(await post(path, { ...body, client_token: "a" }, "b"))).toEqual(["client_token"]);
});

describe("a used link", () => {
  test("that reset a password is answered again under its key, changes nothing, and is used up for any other request", async () => {
    const account = await newAccount();
    const token = await forgotten(account.email);
    const key = randomUUID();
    const password = newPassword();
    expectFirst(await post("reset-password", { token, password }, key), 204);
    const phone = await login({ email: account.email, password });
    expectReplayed(await post("reset-password", { token, password }, key), 204);
    // What was told to the gate again ends nothing that began since.
    expect((await call("GET", "/api/auth/me", { token: phone.access_token })).status).toBe(200);
    expect((await call("GET", "/api/auth/me", { token: account.token })).status).toBe(401);
    expectKeyReused(await post("reset-password", { token, password: newPassword() }, key));
    expect(refusedFields(await post("reset-password", { token, password }, randomUUID()))).toEqual(["token"]);
    expect(refusedFields(await post("reset-password", { token, password }))).toEqual(["token"]);
    await login({ email: account.email, password });
    await nextMail(account.email, /password was changed/i);
    expect(mailTo(account.email).filter(({ subject }) => /password was changed/i.test(subject))).toHaveLength(1);
  });

  test("that confirmed an address is answered again, by the key in the body too", async () => {
    const account = await newAccount();
    const body = { token: tokenOf(await nextMail(account.email, /confirm/i), "confirm-email"), client_token: randomUUID() };
    expectFirst(await post("confirm-email", body), 204);
    expectReplayed(await post("confirm-email", body), 204);
    expectReplayed(await post("confirm-email", body, body.client_token), 204);
    expectKeyReused(await post("confirm-email", { token: body.token }, body.client_token));
    expect(refusedFields(await post("confirm-email", { token: body.token }))).toEqual(["token"]);
  });
});

test("a wish for a link is answered again without another letter, alike for an address that is nobody's", async () => {
  const [account, nobody] = [await newAccount(), newPerson()];
  const key = randomUUID();
  const seen: unknown[] = [];
  for (const { email } of [account, nobody]) {
    const first = await post("forgot-password", { email }, key);
    expectFirst(first, 202);
    const answers = [first];
    // More often than three an hour, which are the limit for new ones.
    for (let n = 0; n < 5; n++) {
      const again = await post("forgot-password", { email }, key);
      expectReplayed(again, 202);
      answers.push(again);
    }
    expectKeyReused(await post("forgot-password", { email: ` ${email}` }, key));
    seen.push(answers.map(({ status, text, headers }) => [status, text, [...headers.keys()].sort()]));
  }
  expect(seen[0]).toEqual(seen[1]);
  await nextMail(account.email, /new password/i);
  // Another network is another caller, to whom the key says nothing.
  const elsewhere = await call("POST", "/api/auth/forgot-password", {
    body: { email: account.email },
    headers: { "Idempotency-Key": key, "CF-Connecting-IP": "2001:db8:7:7::7" },
  });
  expectFirst(elsewhere, 202);
  await nextMail(account.email, /new password/i, 1);
  expect(await database(`SELECT count(*) FROM mails WHERE email = '${nobody.email}'`)).toBe("0");
});

test("a login under a key checks the password each time, begins a session, and takes no other body", async () => {
  const [ada, eve] = [await newAccount(), await newAccount()];
  const key = randomUUID();
  const body = { email: ada.email, password: ada.password };
  for (let n = 0; n < 2; n++) {
    const answer = await post("login", body, key);
    expectFirst(answer, 200);
    const tokens = remembered(answer.json() as Tokens);
    expect((await call("GET", "/api/auth/me", { token: tokens.access_token })).status).toBe(200);
  }
  expect(((await call("GET", "/api/sessions", { token: ada.token })).json() as unknown[]).length).toBe(3);
  expectKeyReused(await post("login", { ...body, session: "cookie" }, key));
  expect((await post("login", { email: ada.email, password: newPassword() }, key)).status).toBe(401);
  const hers = await post("login", { email: eve.email, password: eve.password }, key);
  expectFirst(hers, 200);
  remembered(hers.json() as Tokens);
});

test("a refresh is answered again with the same refresh token, and its key takes no other token", async () => {
  const ada = await newAccount();
  const key = randomUUID();
  const first = await post("refresh", { refresh_token: ada.refresh }, key);
  expectFirst(first, 200);
  const { refresh_token } = remembered(first.json() as Tokens);
  const again = await post("refresh", { refresh_token: ada.refresh }, key);
  expectReplayed(again, 200);
  expect(remembered(again.json() as Tokens).refresh_token).toBe(refresh_token);
  expectKeyReused(await post("refresh", { refresh_token }, key));
  const next = await post("refresh", { refresh_token }, randomUUID());
  expectFirst(next, 200);
  remembered(next.json() as Tokens);
});
