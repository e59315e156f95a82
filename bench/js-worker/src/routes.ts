/** The routes that need a credential, as in edge-worker/src/route/table.rs. */

export type Scope = "tasks:read" | "tasks:write" | "account";
type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface Route {
  method: Method;
  /** For log lines: it names the route and holds no identifier. */
  template: string;
  /** The same for Hono. */
  path: string;
  scope: Scope;
}

const READ = "tasks:read";
const WRITE = "tasks:write";
const ACCOUNT = "account";

const TABLE: [template: string, methods: Partial<Record<Method, Scope>>][] = [
  ["/api/auth/logout", { POST: ACCOUNT }],
  ["/api/auth/revoke-all", { POST: ACCOUNT }],
  ["/api/auth/me", { GET: ACCOUNT, PATCH: ACCOUNT, DELETE: ACCOUNT }],
  ["/api/sessions", { GET: ACCOUNT }],
  ["/api/sessions/{id}", { DELETE: ACCOUNT }],
  ["/api/keys", { GET: ACCOUNT, POST: ACCOUNT }],
  ["/api/keys/{id}", { DELETE: ACCOUNT }],
  ["/api/preferences", { GET: READ, PUT: WRITE }],
  ["/api/preferences/preview", { POST: READ }],
  ["/api/projects", { GET: READ }],
  ["/api/projects/{name}", { GET: READ, PATCH: WRITE }],
  ["/api/tasks", { GET: READ, POST: WRITE }],
  ["/api/tasks/best", { GET: READ }],
  ["/api/tasks/{id}", { GET: READ, PUT: WRITE, PATCH: WRITE, DELETE: WRITE }],
  ["/api/tasks/{id}/start", { POST: WRITE }],
  ["/api/tasks/{id}/complete", { POST: WRITE }],
  ["/api/tasks/{id}/reopen", { POST: WRITE }],
  ["/api/tasks/{id}/snooze", { POST: WRITE }],
  ["/api/tasks/{id}/not-now", { POST: WRITE }],
  ["/api/tasks/{id}/occurrences", { GET: READ }],
];

const honoPath = (template: string): string => template.replace(/\{(\w+)\}/g, ":$1");

export const ROUTES: Route[] = TABLE.flatMap(([template, methods]) =>
  Object.entries(methods).map(([method, scope]) => ({ method: method as Method, template, path: honoPath(template), scope })),
);

/** What each path allows, as `Allow` says it. */
export function allowedMethods(): { path: string; template: string; allow: string }[] {
  return TABLE.map(([template, methods]) => {
    const names = Object.keys(methods).flatMap((name) => (name === "GET" ? ["GET", "HEAD"] : [name]));
    return { path: honoPath(template), template, allow: [...names, "OPTIONS"].join(", ") };
  });
}

/** Whether a user's gate may keep what this route reads. */
export const isCacheable = ({ method, scope }: Route): boolean => method === "GET" && scope === READ;
