// Sessions: login, refresh with its rotation, the list, logout, and the dashboard's cookie.
import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { secret } from "./canaries.ts";
import { as, call, login, newAccount, newPerson, refusedFields, remembered, type Account, type Answer, type Problem, type Tokens } from "./client.ts";
import { edgeUrl } from "./stack.ts";

interface Session {
  id: string;
  kind: string;
  user_agent: string | null;
  created_at: string;
  last_used_on: string;
  current: boolean;
}

const me = (token: string): Promise<Answer> => call("GET", "/api/auth/me", { token });
const refresh = (refresh_token: string): Promise<Answer> => call("POST", "/api/auth/refresh", { body: { refresh_token } });
const sessions = async (token: string): Promise<Session[]> => {
  const answer = await call("GET", "/api/sessions", { token });
  expect(answer.status, answer.text).toBe(200);
  return answer.json() as Session[];
};

async function refreshed(refresh_token: string): Promise<Tokens> {
  const answer = await refresh(refresh_token);
  expect(answer.status, answer.text).toBe(200);
  return remembered(answer.json() as Tokens);
}

describe("login", () => {
  test("says the same of a wrong password and of an unknown address", async () => {
    const ada = await newAccount();
    const wrong = await call("POST", "/api/auth/login", { body: { email: ada.email, password: secret(`wrong ${randomUUID()}`) } });
    const unknown = await call("POST", "/api/auth/login", { body: newPerson() });
    for (const answer of [wrong, unknown]) {
      expect(answer.status).toBe(401);
      expect(answer.headers.get("Server-Timing")).not.toMatch(/origin|db/);
    }
    expect((wrong.json() as Problem).detail).toBe((unknown.json() as Problem).detail);
  });

  test("takes the address in any case, and names the fields that it cannot use", async () => {
    const ada = await newAccount();
    await login({ email: ` ${ada.email.toUpperCase()} `, password: ada.password });
    expect(refusedFields(await call("POST", "/api/auth/login", { body: {} }))).toEqual(["email", "password"]);
    const odd = await call("POST", "/api/auth/login", { body: { email: ada.email, password: ada.password, session: "jar" } });
    expect(refusedFields(odd)).toEqual(["session"]);
  });
});

describe("refresh", () => {
  test("gives new tokens, and the old access token goes on until it ends", async () => {
    const ada = await newAccount();
    const next = await refreshed(ada.refresh);
    expect(next.refresh_token).not.toBe(ada.refresh);
    expect(next).toMatchObject({ token_type: "Bearer", expires_in: 3600 });
    expect((await me(next.access_token)).status).toBe(200);
    expect((await me(ada.token)).status).toBe(200);
    await refreshed(next.refresh_token);
  });

  test("forgives a lost answer as long as nothing of it was used", async () => {
    const ada = await newAccount();
    const lost = await refreshed(ada.refresh);
    const again = await refreshed(ada.refresh);
    expect(again.refresh_token).toBe(lost.refresh_token);
    expect((await me(again.access_token)).status).toBe(200);
  });

  test("ends the session when a token comes again whose successor was used", async () => {
    const ada = await newAccount();
    const next = await refreshed(ada.refresh);
    const last = await refreshed(next.refresh_token);
    expect((await me(last.access_token)).status).toBe(200);
    expect((await refresh(ada.refresh)).status).toBe(401);
    for (const token of [ada.token, next.access_token, last.access_token]) expect((await me(token)).status).toBe(401);
    expect((await refresh(last.refresh_token)).status).toBe(401);
  });

  test("ends the session when only the successor's access token was used", async () => {
    const ada = await newAccount();
    // An access token is told from another of its session by the second in which it was made.
    await new Promise((done) => setTimeout(done, 1100));
    const next = await refreshed(ada.refresh);
    expect((await me(next.access_token)).status).toBe(200);
    expect((await refresh(ada.refresh)).status).toBe(401);
    expect((await me(next.access_token)).status).toBe(401);
  });

  test("two at once agree", async () => {
    const ada = await newAccount();
    const [one, other] = await Promise.all([refreshed(ada.refresh), refreshed(ada.refresh)]);
    expect(one.refresh_token).toBe(other.refresh_token);
  });

  test("knows no other tokens, and says what to do", async () => {
    const ada = await newAccount();
    for (const token of [secret(`mfr_${"A".repeat(43)}`), "x"]) {
      const answer = await refresh(token);
      expect(answer.status, answer.text).toBe(401);
      expect((answer.json() as Problem).detail).toMatch(/(log|sign) in/i);
    }
    expect(refusedFields(await refresh(ada.token)), "an access token is none").toEqual(["refresh_token"]);
    expect(refusedFields(await call("POST", "/api/auth/refresh", { body: { token: "x" } }))).toEqual(["token"]);
    expect(refusedFields(await call("POST", "/api/auth/refresh", { body: {} }))).toEqual(["refresh_token"]);
    expect((await call("POST", "/api/auth/refresh")).status).toBe(401);
  });
});

describe("the list", () => {
  test("shows each session once, which one asks, and none of others", async () => {
    const ada = await newAccount();
    const phone = remembered(
      (
        await call("POST", "/api/auth/login", { body: { email: ada.email, password: ada.password }, headers: { "User-Agent": "Phone/1" } })
      ).json() as Tokens,
    );
    await newAccount();
    const seen = await sessions(phone.access_token);
    expect(seen).toHaveLength(2);
    expect(seen.filter((one) => one.current)).toMatchObject([{ kind: "token", user_agent: "Phone/1", last_used_on: new Date().toISOString().slice(0, 10) }]);
  });

  test("ends one session and leaves the others", async () => {
    const ada = await newAccount();
    const phone = await login(ada);
    const other = (await sessions(ada.token)).find((one) => !one.current);
    expect((await call("DELETE", `/api/sessions/${other?.id ?? ""}`, { token: ada.token })).status).toBe(204);
    expect((await me(phone.access_token)).status).toBe(401);
    expect((await refresh(phone.refresh_token)).status).toBe(401);
    expect((await me(ada.token)).status).toBe(200);
    expect(await sessions(ada.token)).toHaveLength(1);
    expect((await call("DELETE", `/api/sessions/${other?.id ?? ""}`, { token: ada.token })).status).toBe(404);
  });

  test("another user's session does not exist", async () => {
    const [ada, eve] = [await newAccount(), await newAccount()];
    const [hers] = await sessions(ada.token);
    for (const id of [hers?.id ?? "", randomUUID(), "x"]) {
      expect((await call("DELETE", `/api/sessions/${id}`, { token: eve.token })).status).toBe(404);
    }
    expect((await me(ada.token)).status).toBe(200);
  });
});

test("logout ends this session and no other, revoke-all ends every one", async () => {
  const ada = await newAccount();
  const [phone, tablet] = [await login(ada), await login(ada)];
  expect((await call("POST", "/api/auth/logout", { token: phone.access_token })).status).toBe(204);
  expect((await me(phone.access_token)).status).toBe(401);
  expect((await me(tablet.access_token)).status).toBe(200);
  expect((await call("POST", "/api/auth/revoke-all", { token: tablet.access_token })).status).toBe(204);
  for (const token of [ada.token, tablet.access_token]) expect((await me(token)).status).toBe(401);
  expect((await refresh(ada.refresh)).status).toBe(401);
  const anew = await login(ada);
  expect((await me(anew.access_token)).status).toBe(200);
});

describe("the cookie", () => {
  interface Jar {
    cookie: string;
    attributes: string;
  }

  const origin = new URL(edgeUrl).origin;

  function jar(answer: Answer): Jar {
    const [pair = "", ...attributes] = (answer.headers.get("Set-Cookie") ?? "").split("; ");
    if (pair.split("=")[1]) secret(pair.split("=")[1] ?? "");
    return { cookie: pair, attributes: attributes.join("; ") };
  }

  async function browser(account: Account): Promise<Jar> {
    const answer = await call("POST", "/api/auth/login", { body: { email: account.email, password: account.password, session: "cookie" } });
    expect(answer.status, answer.text).toBe(204);
    expect(answer.text).toBe("");
    return jar(answer);
  }

  const by = (jar: Jar, headers: Record<string, string> = {}) => ({ headers: { Cookie: jar.cookie, ...headers } });

  test("is for this host only, out of reach of scripts, and reads without further ado", async () => {
    const mine = await browser(await newAccount());
    // On plain HTTP, which is for this machine only, no browser would keep a cookie with the prefix `__Host-`.
    expect(mine.cookie).toMatch(/^mindflow_dev=ey/);
    for (const attribute of ["HttpOnly", "SameSite=Lax", "Path=/"]) expect(mine.attributes).toContain(attribute);
    expect(mine.attributes).not.toContain("Domain");
    expect((await call("GET", "/api/auth/me", by(mine))).status).toBe(200);
    const second = await call("GET", "/api/tasks", { headers: { Cookie: `theme=dark; ${mine.cookie}; other=1` } });
    expect(second.status, second.text).toBe(200);
  });

  test("changes nothing for another site, nor where no site is named", async () => {
    const mine = await browser(await newAccount());
    const create = (headers: Record<string, string>) => call("POST", "/api/tasks", { body: { title: "By cookie" }, ...by(mine, headers) });
    for (const headers of [{}, { Origin: "https://evil.example" }, { Origin: "null" }, { Origin: `${origin}.evil.example` }] as Record<string, string>[]) {
      const answer = await create(headers);
      expect(answer.status, JSON.stringify(headers)).toBe(403);
    }
    expect((await create({ Origin: origin })).status).toBe(201);
    const list = await call("GET", "/api/tasks", by(mine));
    expect((list.json() as { items: unknown[] }).items).toHaveLength(1);
  });

  test("is no bearer token, and a bearer token goes before it", async () => {
    const ada = await newAccount();
    const eve = await newAccount();
    const mine = await browser(ada);
    expect((await me(mine.cookie.split("=")[1] ?? "")).status).toBe(401);
    const both = await call("GET", "/api/auth/me", { token: eve.token, ...by(mine) });
    expect(both.json()).toMatchObject({ email: eve.email });
  });

  test("is renewed by refresh and cleared by logout", async () => {
    const ada = await newAccount();
    const mine = await browser(ada);
    expect((await call("POST", "/api/auth/refresh", by(mine))).status).toBe(403);
    const answer = await call("POST", "/api/auth/refresh", by(mine, { Origin: origin }));
    expect(answer.status, answer.text).toBe(204);
    const renewed = jar(answer);
    expect((await call("GET", "/api/auth/me", by(renewed))).status).toBe(200);
    const out = await call("POST", "/api/auth/logout", by(renewed, { Origin: origin }));
    expect(out.status, out.text).toBe(204);
    expect(out.headers.get("Set-Cookie")).toMatch(/^mindflow_dev=; .*Max-Age=0/);
    for (const old of [mine, renewed]) expect((await call("GET", "/api/auth/me", by(old))).status).toBe(401);
    expect((await me(ada.token)).status).toBe(200);
  });

  test("one that does not hold is 401, not an anonymous request", async () => {
    for (const cookie of ["mindflow_dev=x", "mindflow_dev=", "mindflow_dev=a.b.c"]) {
      expect((await call("GET", "/api/auth/me", { headers: { Cookie: cookie } })).status).toBe(401);
    }
  });
});

test("an account route needs the account's own credential", async () => {
  const ada = as(await newAccount());
  for (const [method, path] of [["GET", "/api/sessions"], ["POST", "/api/auth/logout"], ["POST", "/api/auth/revoke-all"], ["DELETE", `/api/sessions/${randomUUID()}`]] as const) {
    const answer = await call(method, path);
    expect(answer.status, `${method} ${path}`).toBe(401);
    expect(answer.headers.get("WWW-Authenticate")).toMatch(/^Bearer/);
  }
  expect((await ada("PUT", "/api/sessions")).status).toBe(405);
});
