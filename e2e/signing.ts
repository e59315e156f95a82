// The signed hop from its specification (RFC 9421 hmac-sha256, RFC 9530), written apart from shared-types: a test
// that signs with this and is accepted shows that both read the specification alike.
import { createHash, createHmac, randomBytes, randomUUID } from "node:crypto";
import { request as plainRequest, type IncomingHttpHeaders } from "node:http";
import { request as tlsRequest } from "node:https";
import { keyOf, originAuthority, originPort } from "./stack.ts";

const always = ["content-digest", "x-request-id", "mindflow-caller", "mindflow-client-address", "mindflow-accepted-at"];
const whenPresent = [
  "authorization", "content-type", "idempotency-key", "if-match", "traceparent", "accept", "origin", "user-agent",
  "mcp-protocol-version", "mcp-method", "mcp-name", "cookie",
];

export interface HopRequest {
  method: string;
  path: string;
  /** With its `?`, or empty. */
  query: string;
  body: string;
  /** Lower-case names. */
  headers: Record<string, string>;
}

export interface Signer {
  keyId: string;
  key: Buffer;
  authority: string;
  createdSeconds: number;
  expiresSeconds: number;
  nonce: string;
  tag: string;
}

export function edgeSigner(changes: Partial<Signer> = {}): Signer {
  const { id, bytes } = keyOf("signing_keys");
  const createdSeconds = Math.floor(Date.now() / 1000);
  return {
    keyId: id,
    key: bytes,
    authority: originAuthority,
    createdSeconds,
    expiresSeconds: createdSeconds + 60,
    nonce: randomBytes(16).toString("base64url"),
    tag: "mindflow-edge",
    ...changes,
  };
}

/** A request as the Worker would send it, not yet signed. */
export function hopRequest(method: string, target: string, body = "", headers: Record<string, string> = {}): HopRequest {
  const [path = "", query] = target.split("?", 2);
  return {
    method,
    path,
    query: query === undefined ? "" : `?${query}`,
    body,
    headers: {
      "content-digest": contentDigest(body),
      "x-request-id": randomUUID(),
      "mindflow-caller": 'kind="anonymous"',
      "mindflow-client-address": "203.0.113.7",
      "mindflow-accepted-at": String(Date.now()),
      ...headers,
    },
  };
}

export const contentDigest = (body: string): string => `sha-256=:${createHash("sha256").update(body).digest("base64")}:`;

export function sign(request: HopRequest, signer: Signer): HopRequest {
  const fields = [...always, ...whenPresent.filter((name) => name in request.headers)];
  const covered = ["@method", "@authority", "@path", "@query", ...fields].map((name) => `"${name}"`).join(" ");
  const { createdSeconds, expiresSeconds, nonce, keyId, tag } = signer;
  const parameters = `(${covered});created=${createdSeconds};expires=${expiresSeconds};nonce="${nonce}";keyid="${keyId}";tag="${tag}"`;
  const base = [
    `"@method": ${request.method}`,
    `"@authority": ${signer.authority}`,
    `"@path": ${request.path}`,
    `"@query": ${request.query === "" ? "?" : request.query}`,
    ...fields.map((name) => `"${name}": ${request.headers[name] ?? ""}`),
    `"@signature-params": ${parameters}`,
  ].join("\n");
  const signature = createHmac("sha256", signer.key).update(base).digest("base64");
  return { ...request, headers: { ...request.headers, "signature-input": `edge=${parameters}`, signature: `edge=:${signature}:` } };
}

export interface HopAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export interface Tls {
  port: number;
  serverName: string;
  ca: string;
  key?: string;
  certificate?: string;
}

/** Sends exactly these headers (fetch would add its own, and an uncovered field is a refusal). */
export function send(request: HopRequest, tls?: Tls, port = tls?.port ?? originPort): Promise<HopAnswer> {
  const options = {
    host: "127.0.0.1",
    port,
    method: request.method,
    path: request.path + request.query,
    headers: { ...(tls ? { host: `${tls.serverName}:${tls.port}` } : {}), ...request.headers, "content-length": String(Buffer.byteLength(request.body)) },
    agent: false,
    timeout: 15_000,
  };
  return new Promise((resolve, reject) => {
    const outgoing = tls
      ? tlsRequest({ ...options, servername: tls.serverName, ca: tls.ca, ...(tls.key ? { key: tls.key, cert: tls.certificate } : {}) })
      : plainRequest(options);
    outgoing.on("error", reject);
    outgoing.on("timeout", () => outgoing.destroy(new Error("no answer before the deadline")));
    outgoing.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString("utf8") });
      });
    });
    outgoing.end(request.body);
  });
}
