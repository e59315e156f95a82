/** What is sent on of a request: two allow-lists, and the exact spelling of path and query. */
import { Refusal } from "./problem.ts";

/** Everything about a request but its body, as the Worker hands it to the gate. */
export interface Forward {
  method: string;
  path: string;
  query: string;
  fields: [name: string, value: string][];
  requestId: string;
  caller: string;
  credential: string;
  generation: number;
  clientAddress: string;
  acceptedAt: number;
  contentDigest: string;
  isCacheable: boolean;
  /** The Worker refuses it: it is not sent, but it counts. */
  isRefused: boolean;
  ifNoneMatch: string | null;
}

export const EMPTY_DIGEST = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";

/** In the order in which they are signed. */
const FORWARDED = ["content-type", "idempotency-key", "if-match", "traceparent", "accept", "origin", "user-agent"];
/** Of those, the ones that only describe the caller: one that cannot be signed is left out. */
const DESCRIPTIVE = new Set(["traceparent", "accept", "user-agent"]);
const SIGNABLE = /^[\x20-\x7e]{1,4096}$/;

const RETURNED = [
  "content-type", "content-language", "content-disposition", "content-security-policy", "allow", "cache-control", "etag",
  "idempotency-replayed", "location", "referrer-policy", "retry-after", "vary", "www-authenticate",
];

/** `ownKey` is the idempotency key of a request that brings none. */
export function forwardedFields(headers: Headers, token: string, ownKey: string | null): [string, string][] {
  const fields: [string, string][] = [["authorization", `Bearer ${token}`]];
  for (const name of FORWARDED) {
    const value = headers.get(name) ?? (name === "idempotency-key" ? ownKey : null);
    if (value === null || value === "") continue;
    if (SIGNABLE.test(value)) fields.push([name, value]);
    else if (!DESCRIPTIVE.has(name)) throw Refusal.unusableField(name);
  }
  return fields;
}

export function returnedFields(headers: Headers): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const name of RETURNED) {
    const value = headers.get(name);
    if (value !== null) fields[name] = value;
  }
  return fields;
}

export function targetOf(url: string): { path: string; query: string } {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  const [target = ""] = url.slice(start).split("#", 1);
  const mark = target.indexOf("?");
  return mark < 0 ? { path: target, query: "" } : { path: target.slice(0, mark), query: encodeQuery(target.slice(mark + 1)) };
}

/** What the URL standard encodes in a query. */
const encodeQuery = (query: string): string => query.replace(/[^\x21\x24-\x26\x28-\x3b\x3d\x3f-\x7e]+/g, encodeURIComponent).replaceAll("'", "%27");

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The caller's request id if it is a UUID, else a new one (UUIDv7). */
export function requestId(headers: Headers, now: number): string {
  const given = headers.get("x-request-id");
  if (given !== null && UUID.test(given)) return given.toLowerCase();
  const time = now.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`;
}
