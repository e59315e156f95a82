/**
 * What scripts/deploy-edge checks before anything is uploaded, where bash would be too blunt: the keys of the signed
 * hop and the public token keys. It prints no secret but into the pipe that asks for it.
 *
 *   node edge-settings.ts secrets SIGNING CALLBACK    the two files as {"SIGNING_KEYS": ..., "CALLBACK_KEYS": ...},
 *                                                    wrangler's form of a secrets file
 *   node edge-settings.ts public-keys <JWKS           prints nothing
 *
 * Both exit 1 with the remedy. The Worker and the origin judge the keys again when they start.
 */
import { readFileSync } from "node:fs";

class Unusable extends Error {}

/** `keyid=base64 of at least 32 bytes` lines, as `shared_types::signature::Keys` reads them; gives the secrets. */
function checkKeys(text: string, which: "signing" | "callback"): Set<string> {
  const ids = new Set<string>();
  const secrets = new Set<string>();
  for (const [index, line] of text.split("\n").entries()) {
    const content = line.trim();
    if (content === "") continue;
    const where = `line ${index + 1} of the ${which} keys`;
    const separator = content.indexOf("=");
    if (separator < 1) throw new Unusable(`${where} is not keyid=base64`);
    const id = content.slice(0, separator);
    const secret = content.slice(separator + 1);
    const bytes = Buffer.from(secret, "base64");
    if (bytes.toString("base64") !== secret || bytes.length < 32) {
      throw new Unusable(`${where} is not base64 of at least 32 bytes; scripts/make-secrets makes one`);
    }
    if (new Set(bytes).size < 16) throw new Unusable(`${where} is a placeholder; scripts/make-secrets makes a key`);
    if (ids.has(id) || secrets.has(secret)) throw new Unusable(`${where} repeats a name or a key`);
    ids.add(id);
    secrets.add(secret);
  }
  if (ids.size === 0) throw new Unusable(`the file of ${which} keys is empty; scripts/make-secrets makes one`);
  return secrets;
}

/** Whoever holds the key of one direction must not be able to send in the other. */
function secretsAsJson(signing: string, callback: string): string {
  const signs = checkKeys(signing, "signing");
  for (const secret of checkKeys(callback, "callback")) {
    if (signs.has(secret)) throw new Unusable("the callback keys have a secret of the signing keys; scripts/make-secrets makes another");
  }
  return JSON.stringify({ SIGNING_KEYS: signing, CALLBACK_KEYS: callback });
}

/** A JWKS of Ed25519 keys; one with its private part must never leave the origin. */
function checkPublicKeys(text: string): void {
  const remedy = "; TOKEN_PUBLIC_KEYS is what `origin-api admin keys public` prints";
  let set: unknown;
  try {
    set = JSON.parse(text);
  } catch {
    throw new Unusable(`TOKEN_PUBLIC_KEYS is not JSON${remedy}`);
  }
  const keys = (set as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys) || keys.length === 0) throw new Unusable(`TOKEN_PUBLIC_KEYS has no keys${remedy}`);
  for (const key of keys as Record<string, unknown>[]) {
    if ("d" in key) throw new Unusable(`TOKEN_PUBLIC_KEYS holds a PRIVATE key${remedy}`);
    const { kty, crv, kid, x } = key;
    const named = kty === "OKP" && crv === "Ed25519" && typeof kid === "string" && kid !== "";
    if (!named || typeof x !== "string" || Buffer.from(x, "base64url").length !== 32) {
      throw new Unusable(`TOKEN_PUBLIC_KEYS has a key that is not Ed25519 with a kid${remedy}`);
    }
  }
}

function main([what, signing, callback]: string[]): void {
  if (what === "secrets" && signing !== undefined && callback !== undefined) {
    process.stdout.write(secretsAsJson(readFileSync(signing, "utf8"), readFileSync(callback, "utf8")));
  } else if (what === "public-keys") {
    checkPublicKeys(readFileSync(0, "utf8"));
  } else {
    throw new Unusable("say secrets and two files, or public-keys");
  }
}

try {
  main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Unusable)) throw error;
  process.stderr.write(`deploy-edge: ${error.message}\n`);
  process.exitCode = 1;
}
