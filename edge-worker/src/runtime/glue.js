/**
 * What costs less as one call into JavaScript than as many.
 */
/* global Response */

/** A request's method and URL, and its fields as `name,value`, a line each. */
export function readRequest(request) {
  let text = `${request.method}\n${request.url}`;
  request.headers.forEach((value, name) => {
    text += `\n${name},${value}`;
  });
  return text;
}

/** A call's URL, and what the Worker says of the request. */
export function readCall(request) {
  return `${request.url}\n${request.headers.get("mindflow-forward") ?? ""}`;
}

/** Calls the object called `name`; a new one is put near `location`, if that is said. */
export function callObject(namespace, name, location, url, forward, isUpgrade, body) {
  const stub = location === undefined ? namespace.getByName(name) : namespace.getByName(name, { locationHint: location });
  const headers = forward === undefined ? {} : { "mindflow-forward": forward };
  if (isUpgrade) headers.upgrade = "websocket";
  // GET without a body, which costs less. A redirect would be followed by default, and must reach the caller instead.
  return stub.fetch(url, { method: body === undefined ? "GET" : "POST", headers, body, redirect: "manual" });
}

/** What `next` makes of the promise's value, or of what it failed with. */
export function settle(promise, next) {
  return promise.then(
    (value) => next(value, true),
    (error) => next(error, false),
  );
}

/** What the gate tells the Worker beside its answer. */
export function readNote(response) {
  return response.headers.get("mindflow-gate") ?? undefined;
}

/** The gate's answer with this `Server-Timing`, and without what only the Worker was to know. Its body passes through. */
export function passOn(response, timing, hasNote) {
  const answer = new Response(response.body, response);
  if (hasNote) answer.headers.delete("mindflow-gate");
  answer.headers.set("server-timing", timing);
  return answer;
}
