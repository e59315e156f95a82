/**
 * The origin's own calls to the Worker, written from signing.md alone and independent of the Rust code. What a test wants
 * wrong about one is changed before or after it is signed.
 */
import { createHash, createHmac, randomBytes, randomUUID } from "node:crypto";
import { call, type Answer } from "./client.ts";
import { CALLBACK_KEYS, PUBLIC_URL } from "./settings.ts";

export interface Call {
  method: string;
  authority: string;
  path: string;
  query: string;
  body: string;
  fields: Record<string, string>;
  /** Covered components beyond the profile's, or fewer; the profile's own when not given. */
  covered?: string[];
  created: number;
  expires: number;
  nonce: string;
  keyid: string;
  tag: string;
  label: string;
  secret: string;
}

export const digest = (body: string) => `sha-256=:${createHash("sha256").update(body).digest("base64")}:`;

const ALWAYS = ["content-digest", "x-request-id", "mindflow-caller", "mindflow-client-address", "mindflow-accepted-at"];

/** A call that is right in everything, with these changes made before it is signed. */
export function prepare(body: unknown, changes: Partial<Call> = {}): Call {
  const created = Math.floor(Date.now() / 1000);
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return {
    method: "POST",
    authority: new URL(PUBLIC_URL).host,
    path: "/internal/invalidate",
    query: "",
    body: text,
    created,
    expires: created + 60,
    nonce: randomBytes(16).toString("base64url"),
    keyid: "origin-1",
    tag: "mindflow-origin",
    label: "edge",
    secret: CALLBACK_KEYS["origin-1"],
    ...changes,
    fields: {
      "content-digest": digest(text),
      "x-request-id": randomUUID(),
      "mindflow-caller": 'kind="origin"',
      "mindflow-client-address": "127.0.0.1",
      "mindflow-accepted-at": String(created * 1000),
      "content-type": "application/json",
      ...changes.fields,
    },
  };
}

/** The two fields of its signature. */
export function sign(prepared: Call): Record<string, string> {
  const covered = prepared.covered ?? ["@method", "@authority", "@path", "@query", ...ALWAYS, "content-type"];
  const derived: Record<string, string> = {
    "@method": prepared.method,
    "@authority": prepared.authority,
    "@path": prepared.path,
    "@query": `?${prepared.query}`,
  };
  const list = covered.map((name) => `"${name}"`).join(" ");
  const params =
    `(${list});created=${prepared.created};expires=${prepared.expires};nonce="${prepared.nonce}"` +
    `;keyid="${prepared.keyid}";tag="${prepared.tag}"`;
  const lines = covered.map((name) => `"${name}": ${derived[name] ?? prepared.fields[name] ?? ""}`);
  const base = [...lines, `"@signature-params": ${params}`].join("\n");
  const mac = createHmac("sha256", Buffer.from(prepared.secret, "base64")).update(base).digest("base64");
  return { "signature-input": `${prepared.label}=${params}`, signature: `${prepared.label}=:${mac}:` };
}

/** Sends it, with these changes made after it was signed; a field of `undefined` is left out. */
export function send(
  prepared: Call,
  changes: { fields?: Record<string, string | undefined>; body?: string; path?: string; edgeUrl?: string } = {},
): Promise<Answer> {
  const fields = { ...prepared.fields, ...sign(prepared), ...changes.fields };
  const headers = Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined));
  const query = prepared.query === "" ? "" : `?${prepared.query}`;
  return call(prepared.method, `${changes.path ?? prepared.path}${query}`, {
    headers,
    body: changes.body ?? prepared.body,
    ...(changes.edgeUrl === undefined ? {} : { edgeUrl: changes.edgeUrl }),
  });
}

export const invalidate = (body: unknown, edgeUrl?: string): Promise<Answer> =>
  send(prepare(body), edgeUrl === undefined ? {} : { edgeUrl });
