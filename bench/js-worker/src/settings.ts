/** What the Worker is configured with, read once an isolate. */
import { createLocalJWKSet, type JSONWebKeySet } from "jose";
import type { UserGate } from "./gate.ts";

export interface Env {
  PUBLIC_URL: string;
  ORIGIN_URL: string;
  ORIGIN_AUTHORITY: string;
  TOKEN_PUBLIC_KEYS: string;
  SIGNING_KEYS: string;
  USER_REQUESTS_PER_MINUTE?: string;
  USER_GATE: DurableObjectNamespace<UserGate>;
}

export interface Settings {
  publicUrl: string;
  originUrl: string;
  originAuthority: string;
  /** Imports each key once. */
  tokenKeys: ReturnType<typeof createLocalJWKSet>;
  signingKeyId: string;
  signingKey: Promise<CryptoKey>;
  requestsPerMinute: number;
}

let settings: Settings | undefined;

export function settingsOf(env: Env): Settings {
  return (settings ??= read(env));
}

function read(env: Env): Settings {
  const [signing = ""] = env.SIGNING_KEYS.split("\n");
  const separator = signing.indexOf("=");
  const secret = Uint8Array.from(atob(signing.slice(separator + 1)), (char) => char.charCodeAt(0));
  return {
    publicUrl: env.PUBLIC_URL,
    originUrl: env.ORIGIN_URL,
    originAuthority: env.ORIGIN_AUTHORITY,
    tokenKeys: createLocalJWKSet(JSON.parse(env.TOKEN_PUBLIC_KEYS) as JSONWebKeySet),
    signingKeyId: signing.slice(0, separator),
    signingKey: crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]),
    requestsPerMinute: Number(env.USER_REQUESTS_PER_MINUTE ?? "120"),
  };
}
