// Accounts: registration, name, password, address, deletion; and the mail that goes with them.
import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { secret } from "./canaries.ts";
import { as, call, createTask, login, newAccount, newPerson, refusedFields, remembered, type Answer, type Problem, type Tokens } from "./client.ts";
import { mailTo, nextMail, tokenOf } from "./mailbox.ts";

interface User {
  id: string;
  email: string;
  email_confirmed: boolean;
  full_name: string | null;
  tokens?: Tokens;
}

const register = (body: unknown, headers: Record<string, string> = {}): Promise<Answer> => call("POST", "/api/auth/register", { body, headers });
const tryLogin = (person: { email: string; password: string }): Promise<Answer> =>
  call("POST", "/api/auth/login", { body: { email: person.email, password: person.password } });
const newPassword = (): string => secret(`new otters ${randomUUID()}`);

describe("registration", () => {
  test("gives the account, trims and lower-cases the address, and refuses it a second time", async () => {
    const person = newPerson();
    const answer = await register({ ...person, email: ` ${person.email.toUpperCase()}\n`, full_name: "Ada", time_zone: "Europe/Berlin" });
    expect(answer.status, answer.text).toBe(201);
    expect(answer.json()).toMatchObject({ email: person.email, email_confirmed: false, full_name: "Ada" });
    const again = await register(person);
    expect(again.status).toBe(409);
    expect((again.json() as Problem).detail).toMatch(/(log|sign) in/i);
  });

  test("names every field that it cannot take", async () => {
    expect(refusedFields(await register({ email: "x", password: "short", full_name: "", time_zone: 1, plan: "pro" })).sort()).toEqual(
      ["email", "full_name", "password", "plan", "time_zone"],
    );
    expect(refusedFields(await register({ ...newPerson(), time_zone: "Mars/Olympus" }))).toEqual(["time_zone"]);
    for (const common of ["password123", "1q2w3e4r5t", "baseball1"]) {
      expect(refusedFields(await register({ ...newPerson(), password: common })), common).toEqual(["password"]);
    }
    const { email } = newPerson();
    expect(refusedFields(await register({ email, password: email }))).toEqual(["password"]);
  });

  test("under one key gives the first answer again", async () => {
    const person = newPerson();
    const key = { "Idempotency-Key": randomUUID() };
    const first = await register(person, key);
    const again = await register(person, key);
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.text).toBe(first.text);
    expect(again.headers.get("Idempotency-Replayed")).toBe("true");
    expect((await register({ ...person, full_name: "Another" }, key)).status).toBe(422);
    expect((await register(person)).status).toBe(409);
  });

  test("is confirmed by a link in a mail, once", async () => {
    const ada = await newAccount();
    const mail = await nextMail(ada.email, /confirm/i);
    expect(mail.headers["auto-submitted"]).toBe("auto-generated");
    const token = tokenOf(mail, "confirm-email");
    const confirm = (): Promise<Answer> => call("POST", "/api/auth/confirm-email", { body: { token } });
    expect((await confirm()).status).toBe(204);
    expect((await call("GET", "/api/auth/me", { token: ada.token })).json()).toMatchObject({ email_confirmed: true });
    expect(refusedFields(await confirm())).toEqual(["token"]);
  });
});

describe("me", () => {
  test("is read with a tag, and its name is changed and cleared", async () => {
    const ada = as(await newAccount());
    const before = await ada("GET", "/api/auth/me");
    const tag = before.headers.get("ETag") ?? "";
    expect((await ada("GET", "/api/auth/me", undefined, { "If-None-Match": tag })).status).toBe(304);
    const named = await ada("PATCH", "/api/auth/me", { full_name: " Ada L. " });
    expect(named.status, named.text).toBe(200);
    expect((await ada("GET", "/api/auth/me", undefined, { "If-None-Match": tag })).status).toBe(200);
    expect(((await ada("PATCH", "/api/auth/me", { full_name: null })).json() as User).full_name).toBeNull();
    expect(refusedFields(await ada("PATCH", "/api/auth/me", { full_name: "", id: randomUUID() })).sort()).toEqual(["full_name", "id"]);
  });

  test("a new password needs the old one, ends every other session, and goes on with new tokens", async () => {
    const account = await newAccount();
    const ada = as(account);
    const phone = await login(account);
    const password = newPassword();
    expect(refusedFields(await ada("PATCH", "/api/auth/me", { password }))).toEqual(["current_password"]);
    const wrong = await ada("PATCH", "/api/auth/me", { password, current_password: secret(`wrong ${randomUUID()}`) });
    expect(refusedFields(wrong)).toEqual(["current_password"]);
    expect(refusedFields(await ada("PATCH", "/api/auth/me", { password: "password", current_password: account.password }))).toEqual(["password"]);

    const changed = await ada("PATCH", "/api/auth/me", { password, current_password: account.password });
    expect(changed.status, changed.text).toBe(200);
    const tokens = remembered((changed.json() as User & { tokens: Tokens }).tokens);
    for (const old of [account.token, phone.access_token]) expect((await call("GET", "/api/auth/me", { token: old })).status).toBe(401);
    for (const old of [account.refresh, phone.refresh_token]) {
      expect((await call("POST", "/api/auth/refresh", { body: { refresh_token: old } })).status).toBe(401);
    }
    expect((await call("GET", "/api/auth/me", { token: tokens.access_token })).status).toBe(200);
    expect((await call("POST", "/api/auth/refresh", { body: { refresh_token: tokens.refresh_token } })).status).toBe(200);
    expect((await tryLogin(account)).status).toBe(401);
    await login({ email: account.email, password });
    await nextMail(account.email, /password was changed/i);
  });

  test("a new address counts when the link sent there is followed, and the old one is told", async () => {
    const account = await newAccount();
    const ada = as(account);
    const { email } = newPerson();
    expect(refusedFields(await ada("PATCH", "/api/auth/me", { email }))).toEqual(["current_password"]);
    const asked = await ada("PATCH", "/api/auth/me", { email, current_password: account.password });
    expect(asked.status, asked.text).toBe(200);
    expect((asked.json() as User).email).toBe(account.email);
    const token = tokenOf(await nextMail(email, /confirm/i), "confirm-email");
    const confirmed = await call("POST", "/api/auth/confirm-email", { body: { token } });
    expect(confirmed.status, confirmed.text).toBe(204);
    expect((await ada("GET", "/api/auth/me")).json()).toMatchObject({ email, email_confirmed: true });
    expect((await tryLogin(account)).status).toBe(401);
    await login({ email, password: account.password });
    await nextMail(account.email, /another address/i);
    expect((await register({ email: account.email, password: newPassword() })).status).toBe(201);
  });

  test("an address of somebody else is not given away", async () => {
    const [account, other] = [await newAccount(), await newAccount()];
    await nextMail(other.email, /confirm/i);
    const free = await as(account)("PATCH", "/api/auth/me", { email: newPerson().email, current_password: account.password });
    const taken = await as(account)("PATCH", "/api/auth/me", { email: other.email, current_password: account.password });
    expect([taken.status, taken.text]).toEqual([free.status, free.text]);
  });

  test("deleted is gone with everything, and its address is free", async () => {
    const account = await newAccount();
    await createTask(account, { title: "Last words" });
    expect((await call("DELETE", "/api/auth/me", { token: account.token })).status).toBe(204);
    for (const path of ["/api/auth/me", "/api/tasks"]) expect((await call("GET", path, { token: account.token })).status).toBe(401);
    expect((await tryLogin(account)).status).toBe(401);
    expect((await register({ email: account.email, password: account.password })).status).toBe(201);
    const anew = await login(account);
    expect((await call("GET", "/api/tasks", { token: anew.access_token })).json()).toEqual({ items: [], next_cursor: null });
  });
});

describe("a forgotten password", () => {
  const forgot = (email: string): Promise<Answer> => call("POST", "/api/auth/forgot-password", { body: { email } });
  const reset = (token: string, password: string): Promise<Answer> => call("POST", "/api/auth/reset-password", { body: { token, password } });

  test("is answered alike for every address, and mailed to one that has an account", async () => {
    const account = await newAccount();
    const nobody = newPerson();
    const [known, unknown] = [await forgot(account.email), await forgot(nobody.email)];
    expect([known.status, unknown.status]).toEqual([202, 202]);
    expect(known.text).toBe(unknown.text);
    await nextMail(account.email, /new password/i);
    expect(mailTo(nobody.email)).toEqual([]);
    expect(refusedFields(await forgot("x"))).toEqual(["email"]);
  });

  test("is replaced once, by the link, and ends every session", async () => {
    const account = await newAccount();
    await forgot(account.email);
    const token = tokenOf(await nextMail(account.email, /new password/i), "reset-password");
    expect(refusedFields(await reset(token, "password"))).toEqual(["password"]);
    const password = newPassword();
    expect((await reset(token, password)).status).toBe(204);
    expect((await call("GET", "/api/auth/me", { token: account.token })).status).toBe(401);
    expect((await call("POST", "/api/auth/refresh", { body: { refresh_token: account.refresh } })).status).toBe(401);
    expect((await tryLogin(account)).status).toBe(401);
    await login({ email: account.email, password });
    const again = await reset(token, newPassword());
    expect(refusedFields(again)).toEqual(["token"]);
    expect((again.json() as Problem).errors?.[0]?.message).toMatch(/forgot|new link|again/i);
  });

  test("a newer link does not revive what an older one ended, and a made-up one does nothing", async () => {
    expect(refusedFields(await reset(secret("A".repeat(43)), newPassword()))).toEqual(["token"]);
    expect(refusedFields(await call("POST", "/api/auth/reset-password", { body: {} }))).toEqual(["token", "password"]);
    expect(refusedFields(await call("POST", "/api/auth/confirm-email", { body: { token: "x" } }))).toEqual(["token"]);
  });

  test("can be asked for three times an hour, also for an address that is nobody's", async () => {
    for (const email of [(await newAccount()).email, newPerson().email]) {
      for (let n = 0; n < 3; n++) expect((await forgot(email)).status).toBe(202);
      const more = await forgot(email);
      expect(more.status).toBe(429);
      expect(Number(more.headers.get("Retry-After"))).toBeGreaterThan(60);
    }
  });
});
