// A stolen edge key alone acts for nobody: what is signed with it still needs the caller's own credential, as it is.
import { createPrivateKey, sign as signBytes } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { call, createTask, login, newAccount, type Account } from "./client.ts";
import { edgeSigner, hopRequest, send, sign } from "./signing.ts";
import { keyOf } from "./stack.ts";

interface Claims {
  sub: string;
  sid: string;
  scope: string;
  iat: number;
  exp: number;
}

const claimsOf = (token: string): Claims => JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Claims;

function callerField(claims: Claims, kind = "access", scopes = claims.scope): string {
  return `kind="${kind}", user="${claims.sub}", credential="${claims.sid}", scopes="${scopes}"`;
}

/** As the thief: a valid signature over whatever is wanted. */
async function forged(method: string, path: string, headers: Record<string, string>, body = ""): Promise<{ status: number; text: string }> {
  const type: Record<string, string> = body === "" ? {} : { "content-type": "application/json" };
  return send(sign(hopRequest(method, path, body, { ...type, ...headers }), edgeSigner()));
}

let thief: Account;
let victim: Account;
let secretTask: string;

beforeAll(async () => {
  thief = await newAccount();
  victim = await newAccount();
  secretTask = (await createTask(victim, { title: "Private" })).id;
});

test("the thief's own token works, so that the refusals below mean something", async () => {
  const own = { "mindflow-caller": callerField(claimsOf(thief.token)), authorization: `Bearer ${thief.token}` };
  expect((await forged("GET", "/api/tasks", own)).status).toBe(200);
});

test("another's identity over one's own token is refused", async () => {
  const mine = claimsOf(thief.token);
  const theirs = claimsOf(victim.token);
  for (const claims of [theirs, { ...mine, sub: theirs.sub }, { ...mine, sid: theirs.sid }]) {
    const answer = await forged("GET", `/api/tasks/${secretTask}`, { "mindflow-caller": callerField(claims), authorization: `Bearer ${thief.token}` });
    expect(answer.status, answer.text).toBe(401);
  }
});

test("an identity without any token is refused, and so is a token made up for it", async () => {
  const theirs = claimsOf(victim.token);
  expect((await forged("GET", "/api/tasks", { "mindflow-caller": callerField(theirs) })).status).toBe(401);
  const [header, claims] = victim.token.split(".");
  const made = `${header ?? ""}.${claims ?? ""}.${signBytes(null, Buffer.from("x"), ed25519(Buffer.alloc(32, 7))).toString("base64url")}`;
  expect((await forged("GET", "/api/tasks", { "mindflow-caller": callerField(theirs), authorization: `Bearer ${made}` })).status).toBe(401);
});

test("a changed scope or kind over one's own token is refused", async () => {
  const made = await call("POST", "/api/keys", { token: thief.token, body: { name: "Reader", scopes: ["tasks:read"] } });
  const key = (made.json() as { secret: string }).secret;
  const claims = claimsOf(key);
  const bearer = { authorization: `Bearer ${key}` };
  const body = JSON.stringify({ title: "More than I may" });
  const honest = await forged("GET", "/api/tasks", { ...bearer, "mindflow-caller": callerField(claims, "key") });
  expect(honest.status, honest.text).toBe(200);
  for (const scopes of ["tasks:read tasks:write", "tasks:read tasks:write account", ""]) {
    const answer = await forged("POST", "/api/tasks", { ...bearer, "mindflow-caller": callerField(claims, "key", scopes) }, body);
    expect(answer.status, scopes).toBe(401);
  }
  expect((await forged("GET", "/api/auth/me", { ...bearer, "mindflow-caller": callerField(claims, "access") })).status).toBe(401);
  const within = await forged("POST", "/api/tasks", { ...bearer, "mindflow-caller": callerField(claims, "key") }, body);
  expect(within.status, "the origin checks the scope too").toBe(403);
});

test("an old accepted-at revives no token that has ended, but for a change that the edge may have kept", async () => {
  const theirs = claimsOf(victim.token);
  const now = Math.floor(Date.now() / 1000);
  // The victim's token as it was an hour after its end; accepted-at says an hour before it.
  const past = {
    "mindflow-caller": callerField(theirs),
    authorization: `Bearer ${resigned(victim.token, { iat: now - 3 * 3600, exp: now - 3600 })}`,
    "mindflow-accepted-at": String(Date.now() - 2 * 3600 * 1000),
  };
  const title = JSON.stringify({ title: "From the past" });
  for (const [method, path, body] of [
    ["GET", "/api/tasks", ""], ["GET", "/api/auth/me", ""], ["DELETE", "/api/auth/me", ""], ["POST", "/api/keys", "{}"],
    ["POST", "/api/auth/logout", ""], ["DELETE", `/api/tasks/${secretTask}`, ""],
  ] as const) {
    expect((await forged(method, path, past, body)).status, `${method} ${path}`).toBe(401);
  }
  expect((await forged("PATCH", `/api/tasks/${secretTask}`, { ...past, "if-match": '"1-0"' }, title)).status).toBe(401);
  expect((await forged("POST", "/api/tasks", { ...past, "mindflow-accepted-at": String(Date.now()) }, title)).status).toBe(401);
  // This is what the outbox is for: accepted while the token held, sent later.
  expect((await forged("POST", "/api/tasks", past, title)).status).toBe(201);
});

test("an old accepted-at revives nothing that was revoked", async () => {
  const phone = await login(thief);
  const claims = claimsOf(phone.access_token);
  expect((await call("POST", "/api/auth/logout", { token: phone.access_token })).status).toBe(204);
  for (const secondsAgo of [0, 1, 60, 3600, 23 * 3600]) {
    const answer = await forged("POST", "/api/tasks", {
      "mindflow-caller": callerField(claims),
      authorization: `Bearer ${phone.access_token}`,
      "mindflow-accepted-at": String(Date.now() - secondsAgo * 1000),
    }, JSON.stringify({ title: "From the past" }));
    expect(answer.status, `${secondsAgo} s ago`).toBe(401);
  }
});

function ed25519(seed: Buffer): ReturnType<typeof createPrivateKey> {
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
}

/** The token with other times, signed by the origin's own key: what it would have given then. */
function resigned(token: string, changes: Partial<Claims>): string {
  const [header = ""] = token.split(".");
  const { kid } = JSON.parse(Buffer.from(header, "base64url").toString()) as { kid: string };
  const claims = Buffer.from(JSON.stringify({ ...claimsOf(token), ...changes })).toString("base64url");
  const input = `${header}.${claims}`;
  return `${input}.${signBytes(null, Buffer.from(input), ed25519(keyOf("token_keys", kid).bytes)).toString("base64url")}`;
}
