/**
 * What the Worker under test is configured with. The public address is not the one that the tests connect to, so a
 * Worker that trusted `Host` would be found out.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";

export const PUBLIC_URL = "https://mindflow.test";
export const ORIGIN_AUTHORITY = "origin.mindflow.test";

/** The first signs; a Worker that signed with the second would be found out too. */
export const SIGNING_KEYS = {
  "edge-2": "uyYwF9tsluc9VqV/0t0+PZIpbcILJdqqdFq6GPT5b4gGfMQQBB3Qhw==",
  "edge-1": "PhSI9BAeCQJmjgWsstUi9mbAGI+yN2xQ5tLgFjlcRgMm9dfba9NBeQ==",
};
export const SIGNING_KEY_ID = "edge-2";

/** What the origin signs its own calls with; both verify. */
export const CALLBACK_KEYS = {
  "origin-1": "j3lQ2hXeTQ4n7Cq5dC1p0l8mXg3lq4o0kQm5Zs1hB6E=",
  "origin-2": "0Q7uX1kqk1l9a8hUe8W2o5Jd3vZ4rT6yB9nM0pLsKfA=",
};

/** RFC 8032 section 7.1, test 1: a known key, so that every process of a run makes tokens of the same one. */
const SEED = Buffer.from("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "hex");
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

export const TOKEN_KEY_ID = "2026-11";
export const tokenKey: KeyObject = createPrivateKey({
  key: Buffer.concat([PKCS8_PREFIX, SEED]),
  format: "der",
  type: "pkcs8",
});
export const strangersKey: KeyObject = generateKeyPairSync("ed25519").privateKey;

export function publicKey(kid: string, key: KeyObject): object {
  return { kty: "OKP", crv: "Ed25519", kid, x: createPublicKey(key).export({ format: "jwk" }).x };
}

export function tokenPublicKeys(): string {
  return JSON.stringify({ keys: [publicKey(TOKEN_KEY_ID, tokenKey)] });
}

const lines = (keys: Record<string, string>) => Object.entries(keys).map(([id, key]) => `${id}=${key}`).join("\n");

export const signingKeys = (): string => lines(SIGNING_KEYS);
export const callbackKeys = (): string => lines(CALLBACK_KEYS);

/** All that a Worker needs, with the origin on this port. */
export const settings = (originPort: number): Record<string, string> => ({
  PUBLIC_URL,
  ORIGIN_AUTHORITY,
  ORIGIN_URL: `http://127.0.0.1:${originPort}`,
  SIGNING_KEYS: signingKeys(),
  CALLBACK_KEYS: callbackKeys(),
  TOKEN_PUBLIC_KEYS: tokenPublicKeys(),
  // Out of every test's way but those that are about it.
  USER_REQUESTS_PER_MINUTE: "1000000",
});
