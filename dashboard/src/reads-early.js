// Asks for what the first page shows while the code that shows it is still on its way: a round trip less on a slow line.
// src/api/early.ts gives each answer to the call that would have asked. Nobody is signed in by cookie where the API is elsewhere,
// or at the addresses below.
{
  const { document, fetch, location } = globalThis;
  const outside = /^\/(?:sign-in|sign-up|forgot-password|reset-password|confirm-email)$/.test(location.pathname);
  if (!outside && document.querySelector('meta[name="mindflow-api"]').content === "") {
    const paths = ["/api/auth/me", "/api/preferences", ...(location.pathname === "/" ? ["/api/tasks/best?limit=4"] : [])];
    // A call that failed is made again by whoever wants its answer.
    globalThis.early = new Map(paths.map((path) => [path, fetch(path).catch(() => null)]));
  }
}
