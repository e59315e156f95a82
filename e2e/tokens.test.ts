// Credentials at the Worker: whatever is not signed by the origin for this product, now, is 401, and no per-user
// object comes to life because of it.
import { createHmac, createPrivateKey, generateKeyPairSync, randomUUID, sign as signBytes, type KeyObject } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { call, newAccount, type Account } from "./client.ts";
import { countGates, keyOf } from "./stack.ts";

type Json = Record<string, unknown>;
const encode = (value: Json): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const decode = (segment: string | undefined): Json => JSON.parse(Buffer.from(segment ?? "", "base64url").toString()) as Json;

/** PKCS #8 around the 32 bytes that the origin's key file holds (RFC 8410). */
function originKey(): KeyObject {
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), keyOf("token_keys").bytes]);
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
}

function token(header: Json, claims: Json, key: KeyObject): string {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${signBytes(null, Buffer.from(input), key).toString("base64url")}`;
}

let account: Account;
let header: Json;
let claims: Json;

beforeAll(async () => {
  account = await newAccount();
  const [first, second] = account.token.split(".");
  header = decode(first);
  claims = decode(second);
});

/** The claims of somebody who was never here: a gate made for them would be a new one. */
const stranger = (changes: Json = {}): Json => ({ ...claims, sub: randomUUID(), ...changes });

test("a token made by the origin's key and rules opens a gate, so the counts below mean something", async () => {
  const before = countGates();
  expect((await call("GET", "/api/tasks", { token: account.token })).status).toBe(200);
  expect(countGates()).toBe(before + 1);
  const valid = token(header, claims, originKey());
  expect((await call("GET", "/api/tasks", { token: valid })).status).toBe(200);
});

describe("is 401 with a challenge and makes no gate:", () => {
  const other = generateKeyPairSync("ed25519").privateKey;
  const now = Math.floor(Date.now() / 1000);
  const cases: [name: string, make: () => string | undefined][] = [
    ["no token", () => undefined],
    ["garbage", () => "garbage"],
    ["three empty segments", () => ".."],
    ["alg none", () => `${encode({ ...header, alg: "none" })}.${encode(stranger())}.`],
    ["alg none over the origin's signature", () => token({ ...header, alg: "none" }, stranger(), originKey())],
    ["alg HS256 keyed with the public key", () => {
      const input = `${encode({ ...header, alg: "HS256" })}.${encode(stranger())}`;
      return `${input}.${createHmac("sha256", keyOf("token_keys").bytes).update(input).digest("base64url")}`;
    }],
    ["an unknown kid", () => token({ ...header, kid: "stranger" }, stranger(), other)],
    ["a known kid over another key", () => token(header, stranger(), other)],
    ["altered claims", () => {
      const [first, , third] = account.token.split(".");
      return `${first ?? ""}.${encode(stranger())}.${third ?? ""}`;
    }],
    ["an expired token", () => token(header, stranger({ iat: now - 7200, exp: now - 3600 }), originKey())],
    ["a token for another audience", () => token(header, stranger({ aud: "https://elsewhere.example" }), originKey())],
    ["a token of another issuer", () => token(header, stranger({ iss: "https://elsewhere.example" }), originKey())],
    ["an API key's type without its prefix", () => token({ ...header, typ: "key+jwt" }, stranger(), originKey())],
  ];

  test.each(cases)("%s", async (_name, make) => {
    const before = countGates();
    const made = make();
    const answer = await call("GET", "/api/tasks", made === undefined ? {} : { token: made });
    expect(answer.status, answer.text).toBe(401);
    expect(answer.headers.get("WWW-Authenticate")).toMatch(/^Bearer/);
    expect(answer.headers.get("Content-Type")).toBe("application/problem+json");
    expect(countGates()).toBe(before);
  });
});

test("trust fields of a caller are dropped, not passed on", async () => {
  const answer = await call("GET", "/api/tasks", {
    token: account.token,
    headers: { "Mindflow-Caller": 'kind="anonymous"', "Mindflow-Role": "admin", "Signature": "edge=:AAAA:", "Signature-Input": "edge=()" },
  });
  expect(answer.status, answer.text).toBe(200);
});
