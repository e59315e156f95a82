/** RFC 9421 signatures with `hmac-sha256` and RFC 9530 digests, as signing.md has them. */
import type { Forward } from "./forward.ts";
import type { Settings } from "./settings.ts";

const encoder = new TextEncoder();
const base64 = (bytes: ArrayBuffer | Uint8Array): string => btoa(String.fromCharCode(...new Uint8Array(bytes)));

export async function contentDigest(body: ArrayBuffer): Promise<string> {
  return `sha-256=:${base64(await crypto.subtle.digest("SHA-256", body))}:`;
}

/** The header of the signed request. */
export async function signedHeaders(forward: Forward, settings: Settings, now: number): Promise<Record<string, string>> {
  const headers: Record<string, string> = {
    "content-digest": forward.contentDigest,
    "x-request-id": forward.requestId,
    "mindflow-caller": forward.caller,
    "mindflow-client-address": forward.clientAddress,
    "mindflow-accepted-at": String(forward.acceptedAt),
  };
  for (const [name, value] of forward.fields) headers[name] = value;

  let covered = '("@method" "@authority" "@path" "@query"';
  let base =
    `"@method": ${forward.method}\n"@authority": ${settings.originAuthority}\n"@path": ${forward.path}\n` +
    `"@query": ?${forward.query}\n`;
  for (const name in headers) {
    covered += ` "${name}"`;
    base += `"${name}": ${headers[name]}\n`;
  }
  const created = Math.floor(now / 1000);
  const nonce = base64(crypto.getRandomValues(new Uint8Array(16))).replaceAll("+", "-").replaceAll("/", "_").slice(0, 22);
  const params = `${covered});created=${created};expires=${created + 60};nonce="${nonce}";keyid="${settings.signingKeyId}";tag="mindflow-edge"`;
  const mac = await crypto.subtle.sign("HMAC", await settings.signingKey, encoder.encode(`${base}"@signature-params": ${params}`));
  headers["signature-input"] = `edge=${params}`;
  headers["signature"] = `edge=:${base64(mac)}:`;
  return headers;
}
