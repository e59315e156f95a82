/** The signed fetch: what the origin answers, whole, or a refusal that says it is away. */
import type { Forward } from "./forward.ts";
import { Refusal } from "./problem.ts";
import type { Settings } from "./settings.ts";
import { signedHeaders } from "./sign.ts";

const DEADLINE_MS = 10_000;

export interface FromOrigin {
  status: number;
  headers: Headers;
  body: ArrayBuffer;
  /** How long it took, for `Server-Timing`. */
  milliseconds: number;
}

export async function askOrigin(forward: Forward, body: ArrayBuffer | null, settings: Settings): Promise<FromOrigin> {
  const began = Date.now();
  const headers = await signedHeaders(forward, settings, began);
  const query = forward.query === "" ? "" : `?${forward.query}`;
  const abort = new AbortController();
  // Not `AbortSignal.timeout`: a timer that outlives the request keeps the object awake, and billed.
  const timer = setTimeout(() => {
    abort.abort();
  }, DEADLINE_MS);
  let answer: FromOrigin;
  try {
    const response = await fetch(`${settings.originUrl}${forward.path}${query}`, {
      method: forward.method,
      headers,
      body,
      redirect: "manual",
      cache: "no-store",
      signal: abort.signal,
    });
    answer = { status: response.status, headers: response.headers, body: await response.arrayBuffer(), milliseconds: Date.now() - began };
  } catch {
    throw Refusal.originAway("origin_no_answer");
  } finally {
    clearTimeout(timer);
  }
  const { status } = answer;
  const isProblem = answer.headers.get("content-type")?.startsWith("application/problem+json") === true;
  if (status < 200 || (status >= 502 && status <= 504 && !isProblem)) throw Refusal.originAway("origin_proxy_error");
  return answer;
}
