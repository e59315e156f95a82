/**
 * What a JavaScript engineer would put in the place of edge-worker: Hono for the routes, jose for the tokens, WebCrypto
 * for the signatures. scripts/bench compares the two, so this one does the same steps with a request of a user's, in the
 * same order, and answers the same; same-steps.test.ts shows it.
 *
 * It leaves out what no measured request meets: routes for everybody, the session cookie, limits by address, health,
 * the live channel, and what happens while the origin is away.
 */
import { Hono, type Context } from "hono";
import { checkScope, checkTime, completeChallenge, verifyToken } from "./auth.ts";
import { readBody } from "./body.ts";
import { EMPTY_DIGEST, forwardedFields, requestId, targetOf, type Forward } from "./forward.ts";
import { GATE_FIELD, GATE_REASON_FIELD, type UserGate } from "./gate.ts";
import { Refusal } from "./problem.ts";
import { allowedMethods, isCacheable, ROUTES, type Route } from "./routes.ts";
import { settingsOf, type Env } from "./settings.ts";
import { contentDigest } from "./sign.ts";

export { UserGate } from "./gate.ts";

/** What of an answer the log line needs. */
interface Answered {
  response: Response;
  reason?: string;
}

const app = new Hono<{ Bindings: Env }>();

for (const route of ROUTES) {
  app.on(route.method, route.path, (context) => logged(context, route.template, (id, at) => answer(context, route, id, at)));
}
for (const { path, template, allow } of allowedMethods()) {
  app.all(path, (context) =>
    logged(context, template, () => {
      if (context.req.method !== "OPTIONS") throw Refusal.methodNotAllowed(allow);
      return Promise.resolve({ response: new Response(null, { status: 204, headers: { allow } }) });
    }),
  );
}
app.notFound((context) => logged(context, "unmatched", () => Promise.reject(Refusal.notFound())));

export default app;

/** The fields that every answer carries, and one line about it. */
async function logged(
  context: Context<{ Bindings: Env }>,
  template: string,
  serve: (id: string, at: number) => Promise<Answered>,
): Promise<Response> {
  const at = Date.now();
  const id = requestId(context.req.raw.headers, at);
  let answered: Answered;
  try {
    answered = await serve(id, at);
  } catch (error) {
    const refusal = error instanceof Refusal ? error : Refusal.internal(error);
    answered = { response: refusal.response(id), reason: refusal.reason };
  }
  const { response, reason } = answered;
  if (response.status === 401 || response.status === 403) completeChallenge(response, settingsOf(context.env));
  if (!response.headers.has("server-timing")) {
    response.headers.set("x-request-id", id);
    response.headers.set("server-timing", `edge;dur=${(Date.now() - at).toFixed(1)}`);
    response.headers.set("x-content-type-options", "nosniff");
    response.headers.set("strict-transport-security", "max-age=31536000");
  }
  console.log(
    JSON.stringify({
      level: response.status >= 500 ? "error" : "info",
      msg: "request",
      request_id: id,
      method: context.req.method,
      route: template,
      status: response.status,
      dur_ms: Date.now() - at,
      reason,
    }),
  );
  return response;
}

/** Who is calling, what is sent on, and the gate of the user. */
async function answer({ req, env }: Context<{ Bindings: Env }>, route: Route, id: string, at: number): Promise<Answered> {
  const settings = settingsOf(env);
  const request = req.raw;
  const { headers } = request;
  const { token, identity } = await verifyToken(headers.get("authorization"), settings, at);
  checkTime(identity, at);

  const { path, query } = targetOf(request.url);
  const forward: Forward = {
    method: route.method,
    path,
    query,
    fields: [["authorization", `Bearer ${token}`]],
    requestId: id,
    caller: identity.caller,
    credential: identity.credential,
    generation: identity.generation,
    clientAddress: headers.get("cf-connecting-ip") ?? "0.0.0.0",
    acceptedAt: at,
    contentDigest: EMPTY_DIGEST,
    isCacheable: isCacheable(route),
    isRefused: false,
    ifNoneMatch: headers.get("if-none-match"),
  };
  const gate = env.USER_GATE.getByName(identity.user);
  let body: ArrayBuffer | null = null;
  try {
    checkScope(identity, route.scope);
    const isSafe = route.method === "GET";
    if (!isSafe) body = await readBody(request);
    if (body !== null) forward.contentDigest = await contentDigest(body);
    forward.fields = forwardedFields(headers, token, isSafe ? null : `gate:${crypto.randomUUID()}`);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return await refuse(error, gate, forward);
  }

  const called = Date.now();
  const fromGate = await callGate(gate, forward, body);
  const now = Date.now();
  const response = new Response(fromGate.body, fromGate);
  const within = response.headers.get("server-timing");
  const own = `edge;dur=${(now - at).toFixed(1)}, gate;dur=${(now - called).toFixed(1)}`;
  response.headers.set("server-timing", within === null ? own : `${own}, ${within}`);
  if (response.ok || response.status === 304) return { response };
  const reason = response.headers.get(GATE_REASON_FIELD);
  response.headers.delete(GATE_REASON_FIELD);
  return reason === null ? { response } : { response, reason };
}

/** One field of JSON, and the body. */
function callGate(gate: DurableObjectStub<UserGate>, forward: Forward, body: ArrayBuffer | null): Promise<Response> {
  return gate.fetch("https://object/forward", {
    method: body === null ? "GET" : "POST",
    headers: { [GATE_FIELD]: JSON.stringify(forward) },
    body,
    redirect: "manual",
  });
}

/** Also what is refused here counts, and a revoked credential or the limit comes first. */
async function refuse(refusal: Refusal, gate: DurableObjectStub<UserGate>, forward: Forward): Promise<Answered> {
  const counted = await callGate(gate, { ...forward, isRefused: true }, null);
  const comesFirst = counted.status !== 204 && !(counted.status === 429 && refusal.status === 403);
  if (comesFirst) return { response: new Response(counted.body, counted) };
  const response = refusal.response(forward.requestId);
  for (const name of ["ratelimit-policy", "ratelimit"]) response.headers.set(name, counted.headers.get(name) ?? "");
  return { response, reason: refusal.reason };
}
