/** A request's body, its size and type checked. */
import { Refusal } from "./problem.ts";

const LIMIT_BYTES = 256 * 1024;
const JSON_TYPE = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

export async function readBody(request: Request): Promise<ArrayBuffer | null> {
  if (Number(request.headers.get("content-length") ?? 0) > LIMIT_BYTES) throw Refusal.tooLarge(LIMIT_BYTES);
  if (request.body === null) return null;
  const body = await request.arrayBuffer();
  if (body.byteLength > LIMIT_BYTES) throw Refusal.tooLarge(LIMIT_BYTES);
  if (body.byteLength === 0) return null;
  if (!JSON_TYPE.test(request.headers.get("content-type") ?? "")) throw Refusal.unsupportedMediaType();
  return body;
}
