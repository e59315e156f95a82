// Asks for what the first page shows while the code that shows it is still on its way: a round trip less on a slow line.
// src/api/early.ts gives each answer to the call that would have asked. Nobody is signed in by cookie where the API is elsewhere,
// or at the addresses below.
{
  const { document, fetch, location } = globalThis;
  const outside = /^\/(?:sign-in|sign-up|forgot-password|reset-password|confirm-email)$/.test(location.pathname);
  if (!outside && document.querySelector('meta[name="mindflow-api"]').content === "") {
    const list = "/api/tasks?status=pending&status=in_progress&status=snoozed&status=blocked&sort=";
    const dated = `${list}due_date&limit=100`;
    const shown = { "/": "/api/tasks/best?limit=4", "/today": dated, "/upcoming": dated, "/all": `${list}-created_at&limit=100` }[location.pathname];
    // What is filtered, only the page knows to ask for.
    const paths = ["/api/auth/me", "/api/preferences", ...(shown === undefined || location.search.length > 1 ? [] : [shown])];
    // Read to its end here, and given without another wait: the page that takes it shows it at once, not in a second frame.
    const read = async (answer) => {
      const body = await answer.text();
      return Object.assign(new globalThis.Response(body, answer), { text: async () => body, json: async () => JSON.parse(body) });
    };
    // A call that failed is made again by whoever wants its answer.
    const ask = (path) => fetch(path).then(read).catch(() => null);
    globalThis.early = new Map(paths.map((path) => [path, ask(path)]));
  }
}
