// API keys: made, used within their scopes, listed, revoked; and the keys that sign every credential.
import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { secret } from "./canaries.ts";
import { as, call, login, newAccount, refusedFields, type Account, type Answer, type Problem } from "./client.ts";
import { admin, restart } from "./stack.ts";

interface ApiKey {
  id: string;
  name: string;
  scopes: string[];
  created_at: string;
  expires_at: string;
  last_used_on: string | null;
  secret?: string;
}

const day = 24 * 3600 * 1000;

async function newKey(account: Account, body: Record<string, unknown> = {}): Promise<ApiKey & { secret: string }> {
  const answer = await as(account)("POST", "/api/keys", { name: "Script", scopes: ["tasks:read", "tasks:write"], ...body });
  expect(answer.status, answer.text).toBe(201);
  const key = answer.json() as ApiKey & { secret: string };
  secret(key.secret);
  return key;
}

const keys = async (account: Account): Promise<ApiKey[]> => (await as(account)("GET", "/api/keys")).json() as ApiKey[];

describe("a key", () => {
  test("works as a bearer token for a year, and is listed without its secret", async () => {
    const ada = await newAccount();
    const key = await newKey(ada);
    expect(key.secret).toMatch(/^mfk_ey/);
    expect(Date.parse(key.expires_at) - Date.now()).toBeGreaterThan(364 * day);
    expect((await keys(ada)).map((one) => [one.id, one.last_used_on, "secret" in one])).toEqual([[key.id, null, false]]);
    expect((await call("POST", "/api/tasks", { token: key.secret, body: { title: "By key" } })).status).toBe(201);
    expect((await call("GET", "/api/tasks", { token: key.secret })).status).toBe(200);
    expect((await keys(ada))[0]?.last_used_on).toBe(new Date().toISOString().slice(0, 10));
  });

  test("does what its scopes allow and nothing else, least of all to the account", async () => {
    const ada = await newAccount();
    const reader = await newKey(ada, { scopes: ["tasks:read"] });
    const writer = await newKey(ada, { scopes: ["tasks:write"] });
    const status = async (token: string, method: string, path: string, body?: unknown) =>
      (await call(method, path, { token, ...(body === undefined ? {} : { body }) })).status;
    expect(await status(reader.secret, "GET", "/api/tasks")).toBe(200);
    expect(await status(writer.secret, "GET", "/api/tasks")).toBe(403);
    expect(await status(writer.secret, "POST", "/api/tasks", { title: "Written" })).toBe(201);
    const refused = await call("POST", "/api/tasks", { token: reader.secret, body: { title: "No" } });
    expect(refused.status).toBe(403);
    expect(refused.headers.get("WWW-Authenticate")).toContain('scope="tasks:write"');
    for (const [method, path] of [["GET", "/api/auth/me"], ["GET", "/api/keys"], ["POST", "/api/keys"], ["GET", "/api/sessions"], ["POST", "/api/auth/revoke-all"]] as const) {
      expect(await status(reader.secret, method, path), path).toBe(403);
    }
  });

  test("is the same again under the same Idempotency-Key, though no secret is stored", async () => {
    const ada = as(await newAccount());
    const token = randomUUID();
    const make = (name: string, headers?: Record<string, string>): Promise<Answer> =>
      ada("POST", "/api/keys", { name, scopes: ["tasks:read"], ...(headers ? {} : { client_token: token }) }, headers);
    const first = await make("CI");
    const again = await make("CI");
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.text).toBe(first.text);
    secret((first.json() as { secret: string }).secret);
    expect(again.headers.get("Idempotency-Replayed")).toBe("true");
    expect((await make("Other")).status).toBe(422);
    expect((await ada("GET", "/api/keys")).json()).toHaveLength(1);
  });

  test("can be made a hundred times in 30 days, deleted ones too, for the gate remembers each", async () => {
    const account = await newAccount();
    const ada = as(account);
    for (let n = 0; n < 100; n++) {
      const { id } = await newKey(account);
      if (n > 0) expect((await ada("DELETE", `/api/keys/${id}`)).status).toBe(204);
    }
    const limited = await ada("POST", "/api/keys", { name: "One more", scopes: ["tasks:read"] });
    expect(limited.status, limited.text).toBe(429);
    const seconds = Number(limited.headers.get("Retry-After"));
    expect(seconds).toBeGreaterThan(25_920 - 600);
    expect(seconds).toBeLessThanOrEqual(25_920);
    expect((limited.json() as Problem).detail).toContain("GET /api/keys");
    expect(await keys(account)).toHaveLength(1);
  });

  test("is refused with the fields that are wrong", async () => {
    const ada = as(await newAccount());
    const refused = async (body: Record<string, unknown>) => refusedFields(await ada("POST", "/api/keys", body)).sort();
    expect(await refused({})).toEqual(["name", "scopes"]);
    expect(await refused({ name: " ", scopes: [] })).toEqual(["name", "scopes"]);
    for (const scopes of [["account"], ["tasks:read", "account"], ["tasks:all"], "tasks:read", ["tasks:read", 1]]) {
      expect((await refused({ name: "Script", scopes }))[0], JSON.stringify(scopes)).toMatch(/^scopes/);
    }
    for (const expires_at of ["yesterday", new Date(Date.now() - 1000).toISOString(), new Date(Date.now() + 367 * day).toISOString()]) {
      expect(await refused({ name: "Script", scopes: ["tasks:read"], expires_at })).toEqual(["expires_at"]);
    }
  });

  test("ends when it is deleted, and is nobody else's to delete", async () => {
    const [ada, eve] = [await newAccount(), await newAccount()];
    const key = await newKey(ada);
    expect((await as(eve)("DELETE", `/api/keys/${key.id}`)).status).toBe(404);
    expect((await call("GET", "/api/tasks", { token: key.secret })).status).toBe(200);
    expect((await as(ada)("DELETE", `/api/keys/${key.id}`)).status).toBe(204);
    expect((await call("GET", "/api/tasks", { token: key.secret })).status).toBe(401);
    expect((await as(ada)("DELETE", `/api/keys/${key.id}`)).status).toBe(404);
    expect(await keys(ada)).toEqual([]);
    const sessions = (await as(ada)("GET", "/api/sessions")).json() as { id: string }[];
    expect((await as(ada)("DELETE", `/api/keys/${sessions[0]?.id ?? ""}`)).status, "a session is no key").toBe(404);
  });
});

test("a new signing key is learned by the Worker without a deploy, and the old one's tokens hold on", async () => {
  const kid = (token: string): string => (JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString()) as { kid: string }).kid;
  const ada = await newAccount();
  const before = kid(ada.token);
  await admin("keys", "rotate");
  // A running origin takes a minute before the new key signs (so that all others know it by then), a new one none.
  await restart("origin");
  const token = (await login(ada)).access_token;
  expect(kid(token)).not.toBe(before);
  const first = await call("GET", "/api/tasks", { token });
  expect(first.status, first.text).toBe(200);
  expect((await call("GET", "/api/tasks", { token: ada.token })).status).toBe(200);
  const jwks = (await call("GET", "/.well-known/jwks.json")).json() as { keys: { kid: string; d?: string }[] };
  expect(jwks.keys.map((key) => key.kid)).toEqual(expect.arrayContaining([before, kid(token)]));
  expect(jwks.keys.every((key) => key.d === undefined)).toBe(true);
  const retired = await admin("keys", "retire", before);
  expect(retired).toContain(before);
  expect((await call("GET", "/api/tasks", { token: ada.token })).status).toBe(200);
});

test("a problem tells an agent what to do", async () => {
  const answer = await call("GET", "/api/keys");
  expect(answer.status).toBe(401);
  expect((answer.json() as Problem).detail).toMatch(/Authorization: Bearer/);
});
