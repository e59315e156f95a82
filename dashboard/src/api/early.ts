// What src/reads-early.js has asked for already. Each answer is given once, and only while the page begins: later it would be old.
declare global {
  var early: Map<string, Promise<Response | null>> | undefined;
}

const beginningMilliseconds = 10_000;

/** Forgets what was not taken, since it is no longer the same person who asks. */
export function forgetEarly(): void {
  globalThis.early?.clear();
}

/** In the place of `fetch`. */
export async function fetchOrEarly(request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const asked = globalThis.early?.get(pathname + search);
  globalThis.early?.delete(pathname + search);
  const wanted = request.method === "GET" && performance.now() < beginningMilliseconds;
  return (wanted ? await asked : null) ?? fetch(request);
}
