/**
 * The origin's side of the signed hop, written from signing.md alone and independent of the Rust code: what it
 * accepts is right by the document and not merely by our own reading of it.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { ORIGIN_AUTHORITY, SIGNING_KEYS } from "./settings.ts";
import type { Seen } from "./origin.ts";

const ALWAYS = ["content-digest", "x-request-id", "mindflow-caller", "mindflow-client-address", "mindflow-accepted-at"];
const IF_PRESENT = [
  "authorization", "content-type", "idempotency-key", "if-match", "traceparent", "accept", "origin", "user-agent",
  "mcp-protocol-version", "mcp-method", "mcp-name", "cookie",
];
const DERIVED = ["@method", "@authority", "@path", "@query"];

export interface Parameters {
  created: number;
  expires: number;
  nonce: string;
  keyid: string;
}

/** Throws a sentence that says what is wrong; gives the signature's parameters when nothing is. */
export function verify(seen: Seen): Parameters {
  const values = new Map<string, string>();
  for (const [name, value] of seen.fields) {
    const covered = ALWAYS.includes(name) || IF_PRESENT.includes(name);
    if (name.startsWith("mindflow-") && !covered) throw new Error(`${name} is not in the profile`);
    if (values.has(name)) throw new Error(`${name} came twice`);
    values.set(name, value);
  }
  const field = (name: string): string => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`${name} is missing`);
    return value;
  };

  const input = field("signature-input");
  const parsed =
    /^edge=(\(([^)]*)\);created=(\d+);expires=(\d+);nonce="([A-Za-z0-9_-]{22})";keyid="([^"]+)";tag="mindflow-edge")$/.exec(input);
  if (parsed === null) throw new Error(`not the profile's parameters: ${input}`);
  const [, params = "", list = "", created = "", expires = "", nonce = "", keyid = ""] = parsed;

  const expected = [...DERIVED, ...ALWAYS, ...IF_PRESENT.filter((name) => values.has(name))];
  const covered = list.split(" ").map((name) => name.slice(1, -1));
  if (covered.join() !== expected.join()) throw new Error(`covers ${covered.join()}, should cover ${expected.join()}`);
  if (Number(expires) !== Number(created) + 60) throw new Error("does not live for 60 s");
  if (Math.abs(Date.now() / 1000 - Number(created)) > 30) throw new Error("not made now");

  const queryAt = seen.target.indexOf("?");
  const component = (name: string): string => {
    switch (name) {
      case "@method": return seen.method;
      case "@authority": return ORIGIN_AUTHORITY;
      case "@path": return queryAt < 0 ? seen.target : seen.target.slice(0, queryAt);
      case "@query": return queryAt < 0 ? "?" : seen.target.slice(queryAt);
      default: return field(name);
    }
  };
  const base = [...covered.map((name) => `"${name}": ${component(name)}`), `"@signature-params": ${params}`].join("\n");
  const key = (SIGNING_KEYS as Record<string, string>)[keyid];
  if (key === undefined) throw new Error(`no key ${keyid}`);
  const mac = createHmac("sha256", Buffer.from(key, "base64")).update(base).digest();
  const signature = /^edge=:([A-Za-z0-9+/]{43}=):$/.exec(field("signature"))?.[1] ?? "";
  const given = Buffer.from(signature, "base64");
  if (given.length !== mac.length || !timingSafeEqual(given, mac)) throw new Error(`the signature is of another base than\n${base}`);

  const digest = `sha-256=:${createHash("sha256").update(seen.body).digest("base64")}:`;
  if (field("content-digest") !== digest) throw new Error("the digest is of another body");
  return { created: Number(created), expires: Number(expires), nonce, keyid };
}
