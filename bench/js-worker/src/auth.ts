/** Who is calling: a bearer token, its signature checked by jose once and then remembered for the isolate's life. */
import { errors, jwtVerify, type JWTPayload } from "jose";
import { Refusal } from "./problem.ts";
import type { Scope } from "./routes.ts";
import type { Settings } from "./settings.ts";

export interface Identity {
  user: string;
  credential: string;
  generation: number;
  scopes: Set<string>;
  /** `Mindflow-Caller` as the origin is sent it. */
  caller: string;
  issuedAt: number;
  expires: number;
}

interface Claims extends JWTPayload {
  sid: string;
  gen: number;
  scope: string;
}

const REMEMBERED = 2_000;
const KEY_PREFIX = "mfk_";
const KINDS: Record<string, "access" | "key"> = { "at+jwt": "access", "key+jwt": "key" };
/** In the order in which the origin wants to read them. */
const SCOPES = ["tasks:read", "tasks:write", "account"];

const remembered = new Map<string, Identity>();

export async function verifyToken(
  authorization: string | null,
  settings: Settings,
  now: number,
): Promise<{ token: string; identity: Identity }> {
  const [scheme, token] = authorization?.trim().split(/ +/, 2) ?? [];
  if (scheme?.toLowerCase() !== "bearer" || token === undefined) throw Refusal.noCredential();
  const known = remembered.get(token);
  if (known !== undefined) return { token, identity: known };
  const identity = await verified(token, settings, now);
  if (remembered.size >= REMEMBERED) remembered.clear();
  remembered.set(token, identity);
  return { token, identity };
}

async function verified(token: string, { publicUrl, tokenKeys }: Settings, now: number): Promise<Identity> {
  const isKey = token.startsWith(KEY_PREFIX);
  try {
    const { payload, protectedHeader } = await jwtVerify<Claims>(isKey ? token.slice(KEY_PREFIX.length) : token, tokenKeys, {
      algorithms: ["EdDSA"],
      issuer: publicUrl,
      audience: publicUrl,
      requiredClaims: ["sub", "sid", "gen", "scope", "iat", "exp"],
      currentDate: new Date(now),
    });
    const kind = KINDS[protectedHeader.typ ?? ""];
    if (kind === undefined || isKey !== (kind === "key")) throw Refusal.credential("malformed");
    const { sub: user = "", sid: credential, gen: generation, scope, iat: issuedAt = 0, exp: expires = 0 } = payload;
    const scopes = new Set(scope.split(" "));
    const listed = SCOPES.filter((name) => scopes.has(name)).join(" ");
    const caller = `kind="${kind}", user="${user}", credential="${credential}", scopes="${listed}"`;
    return { user, credential, generation, scopes, caller, issuedAt, expires };
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw Refusal.credential(reasonOf(error));
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return "expired";
  if (error instanceof errors.JWSSignatureVerificationFailed) return "signature";
  if (error instanceof errors.JWKSNoMatchingKey) return "unknown_key";
  if (error instanceof errors.JOSEAlgNotAllowed) return "algorithm";
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === "aud") return "audience";
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === "iss") return "issuer";
  return "malformed";
}

/** What may change between two uses of a remembered token. */
export function checkTime(identity: Identity, now: number): void {
  if (now >= identity.expires * 1000) throw Refusal.credential("expired");
  if (identity.issuedAt * 1000 > now + 60_000) throw Refusal.credential("not_yet_valid");
}

export function checkScope(identity: Identity, scope: Scope): void {
  if (!identity.scopes.has(scope)) throw Refusal.missingScope(scope);
}

/** Adds where to get a credential (RFC 9728), and for which scopes, to an answer that asks for one. */
export function completeChallenge({ headers }: Response, { publicUrl }: Settings): void {
  const given = headers.get("www-authenticate");
  if (given === null) return;
  const metadata = `resource_metadata="${publicUrl}/.well-known/oauth-protected-resource"`;
  const field = `${given}${given.includes(" ") ? "," : ""} ${metadata}`;
  headers.set("www-authenticate", given.includes("scope=") ? field : `${field}, scope="tasks:read tasks:write"`);
}
