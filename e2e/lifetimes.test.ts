// What the passing of time ends or renews: a session that is not used, or has lasted long enough, and the hash of a
// password that was made with less work than today's. No clock can be set from outside, so these tests let time pass by
// moving what is stored into the past, as the database's superuser.
import { beforeAll, describe, expect, test } from "vitest";
import { secret } from "./canaries.ts";
import { call, login, newAccount, remembered, type Account, type Answer, type Tokens } from "./client.ts";
import { database, edgeUrl } from "./stack.ts";

const day = 24 * 3600;
const minute = 60;
/** The configuration's defaults. */
const [idle, absolute] = [30 * day, 180 * day];

const me = (token: string): Promise<Answer> => call("GET", "/api/auth/me", { token });
const refresh = (refresh_token: string): Promise<Answer> => call("POST", "/api/auth/refresh", { body: { refresh_token } });

/** What a token says of itself. */
function claims(token: string): { sid: string; iat: number; exp: number } {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as { sid: string; iat: number; exp: number };
}

/** Lets `seconds` pass for the session of a token, by all that is stored of it. */
async function age(token: string, seconds: number): Promise<void> {
  const { sid } = claims(token);
  const by = `interval '${seconds} seconds'`;
  await database(`
    UPDATE sessions SET created_at = created_at - ${by}, expires_at = expires_at - ${by}, ends_at = ends_at - ${by},
      last_used_on = (last_used_on - ${by})::date, used_iat = used_iat - ${seconds}
    WHERE id = '${sid}';
    UPDATE refresh_tokens SET created_at = created_at - ${by}, expires_at = expires_at - ${by}, used_at = used_at - ${by}
    WHERE session_id = '${sid}';`);
}

async function refreshed(refresh_token: string): Promise<Tokens> {
  const answer = await refresh(refresh_token);
  expect(answer.status, answer.text).toBe(200);
  return remembered(answer.json() as Tokens);
}

describe("a session of tokens", () => {
  test("that is not used for 30 days ends, and each refresh begins them anew", async () => {
    const ada = await newAccount();
    const phone = await login(ada);
    await age(phone.access_token, idle - minute);
    const next = await refreshed(phone.refresh_token);
    expect(next.expires_in).toBe(3600);
    await age(next.access_token, idle - minute);
    const last = await refreshed(next.refresh_token);
    expect((await me(last.access_token)).status).toBe(200);

    await age(last.access_token, idle);
    // Its signature holds for the hour that it says; its session does not.
    expect(claims(last.access_token).exp).toBeGreaterThan(Date.now() / 1000 + 3000);
    for (const answer of [await me(last.access_token), await refresh(last.refresh_token)]) expect(answer.status, answer.text).toBe(401);
    const listed = await call("GET", "/api/sessions", { token: ada.token });
    expect((listed.json() as { current: boolean }[]).map((one) => one.current)).toEqual([true]);
    await login(ada);
  });

  test("that is used all the time ends after 180 days, and no token outlives it", async () => {
    const ada = await newAccount();
    let tokens = await login(ada);
    for (let days = 0; days < 174; days += 29) {
      await age(tokens.access_token, 29 * day);
      tokens = await refreshed(tokens.refresh_token);
    }
    await age(tokens.access_token, 6 * day - 30 * minute);
    const last = await refreshed(tokens.refresh_token);
    expect(last.expires_in).toBeGreaterThan(29 * minute - 30);
    expect(last.expires_in).toBeLessThanOrEqual(30 * minute);
    const { iat, exp } = claims(last.access_token);
    expect(exp - iat).toBe(last.expires_in);
    expect((await me(last.access_token)).status).toBe(200);
    await age(last.access_token, 30 * minute);
    for (const answer of [await me(last.access_token), await refresh(last.refresh_token)]) expect(answer.status, answer.text).toBe(401);
    expect((await me(ada.token)).status).toBe(200);
  });
});

describe("a session in a cookie", () => {
  const origin = new URL(edgeUrl).origin;

  interface Cookie {
    token: string;
    maxAge: number;
  }

  function cookie(answer: Answer): Cookie {
    expect(answer.status, answer.text).toBe(204);
    const field = answer.headers.get("Set-Cookie") ?? "";
    const token = secret(/^[^=]+=([^;]+)/.exec(field)?.[1] ?? "");
    return { token, maxAge: Number(/Max-Age=(\d+)/.exec(field)?.[1]) };
  }

  const open = async ({ email, password }: Account): Promise<Cookie> =>
    cookie(await call("POST", "/api/auth/login", { body: { email, password, session: "cookie" } }));
  const by = ({ token }: Cookie): { headers: Record<string, string> } => ({ headers: { Cookie: `mindflow_dev=${token}`, Origin: origin } });
  const renew = (one: Cookie): Promise<Answer> => call("POST", "/api/auth/refresh", by(one));

  test("ends like one of tokens: unused for 30 days, and after 180 however often it is renewed", async () => {
    const ada = await newAccount();
    const forgotten = await open(ada);
    expect(forgotten.maxAge).toBe(idle);
    await age(forgotten.token, idle);
    for (const answer of [await call("GET", "/api/auth/me", by(forgotten)), await renew(forgotten)]) expect(answer.status, answer.text).toBe(401);

    let kept = await open(ada);
    for (let days = 0; days < 174; days += 29) {
      await age(kept.token, 29 * day);
      kept = cookie(await renew(kept));
    }
    await age(kept.token, 5 * day);
    const last = cookie(await renew(kept));
    expect(last.maxAge).toBeGreaterThan(day - minute);
    expect(last.maxAge).toBeLessThanOrEqual(absolute - 179 * day);
    expect((await call("GET", "/api/auth/me", by(last))).status).toBe(200);
    await age(last.token, day);
    for (const answer of [await call("GET", "/api/auth/me", by(last)), await renew(last)]) expect(answer.status, answer.text).toBe(401);
  });
});

describe("a password that was hashed with less work than today's", () => {
  // By argon2-cffi, with 4 MiB and one pass.
  const password = "a pass phrase of earlier days";
  const weak = "$argon2id$v=19$m=4096,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$GhtDtimmpWgwc3eJSwddzsazKEkM2VJoRC9f0p7nSC4";
  let ada: Account;
  const stored = (): Promise<string> => database(`SELECT password_hash FROM users WHERE user_id = '${ada.id}'`);

  beforeAll(async () => {
    ada = await newAccount();
    await database(`UPDATE users SET password_hash = '${weak}' WHERE user_id = '${ada.id}'`);
  });

  test("is hashed anew by the login that proves it, once, and no other login changes it", async () => {
    const tryLogin = (tried: string): Promise<Answer> => call("POST", "/api/auth/login", { body: { email: ada.email, password: tried } });
    expect((await tryLogin(ada.password)).status).toBe(401);
    expect(await stored()).toBe(weak);
    await login({ email: ada.email, password });
    const anew = await stored();
    expect(anew).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    await login({ email: ada.email, password });
    expect(await stored()).toBe(anew);
    expect((await tryLogin(ada.password)).status).toBe(401);
    // Only what is stored has changed: nothing has ended.
    expect((await me(ada.token)).status).toBe(200);
  });
});
