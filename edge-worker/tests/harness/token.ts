/** Tokens as the origin issues them, and everything that is wrong with others. */
import { createHmac, createPublicKey, randomUUID, sign, type KeyObject } from "node:crypto";
import { PUBLIC_URL, TOKEN_KEY_ID, tokenKey } from "./settings.ts";

export interface Claims {
  iss: string;
  sub: string;
  sid: string;
  gen: number;
  scope: string;
  aud: string;
  iat: number;
  exp: number;
}

export function claims(changes: Partial<Claims> = {}): Claims {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: PUBLIC_URL,
    sub: randomUUID(),
    sid: randomUUID(),
    gen: 1,
    scope: "tasks:read tasks:write account",
    aud: PUBLIC_URL,
    iat: now,
    exp: now + 3600,
    ...changes,
  };
}

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

export function token(
  said: Claims,
  header: Record<string, unknown> = {},
  key: KeyObject = tokenKey,
): string {
  const input = `${base64url({ alg: "EdDSA", kid: TOKEN_KEY_ID, typ: "at+jwt", ...header })}.${base64url(said)}`;
  return `${input}.${sign(null, Buffer.from(input), key).toString("base64url")}`;
}

/** The classic confusion: the public key, which everybody knows, used as an HMAC secret. */
export function tokenByHmacWithThePublicKey(said: Claims): string {
  const input = `${base64url({ alg: "HS256", kid: TOKEN_KEY_ID, typ: "at+jwt" })}.${base64url(said)}`;
  const secret = createPublicKey(tokenKey).export({ format: "der", type: "spki" }).subarray(-32);
  return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
}

/** The same signature under other claims. */
export function withOtherClaims(text: string, said: Claims): string {
  const [header = "", , signature = ""] = text.split(".");
  return `${header}.${base64url(said)}.${signature}`;
}

export const bearer = (text: string) => ({ authorization: `Bearer ${text}` });
