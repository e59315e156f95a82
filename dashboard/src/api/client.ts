// The API as the dashboard calls it: same origin, by session cookie, typed by the OpenAPI document. What can come back
// is three things, so that no page forgets one: done, accepted for later (the server is away), refused with a sentence.
import createClient from "openapi-fetch";
import { text } from "../strings.ts";
import type { components, paths } from "./schema.d.ts";

type Schemas = components["schemas"];
export type Task = Schemas["Task"];
export type NewTask = Schemas["NewTask"];
export type TaskPatch = Schemas["TaskPatch"];
export type Best = Schemas["Best"];
export type Part = Schemas["Part"];
export type Hidden = Schemas["Hidden"];
export type User = Schemas["User"];
export type Project = Schemas["Project"];
export type Preferences = Schemas["Preferences"];
export type Snooze = Schemas["Snooze"];
type Problem = Schemas["Problem"];
export type TaskPage = Schemas["TaskPage"];
export type TaskQuery = NonNullable<paths["/api/tasks"]["get"]["parameters"]["query"]>;

export type Outcome<T> =
  | { kind: "done"; value: T }
  | { kind: "pending" }
  | { kind: "refused"; status: number; message: string; retryAfter?: number };

const api = createClient<paths>({ baseUrl: location.origin, credentials: "same-origin" });

async function outcome<T>(call: Promise<{ data?: unknown; error?: unknown; response: Response }>): Promise<Outcome<T>> {
  try {
    const { data, error, response } = await call;
    if (response.status === 202) return { kind: "pending" };
    if (response.ok) return { kind: "done", value: data as T };
    if (response.status === 401) window.dispatchEvent(new Event("mf-signed-out"));
    const seconds = Number(response.headers.get("Retry-After"));
    return { kind: "refused", status: response.status, message: sentence(error, response.status), ...(seconds > 0 ? { retryAfter: seconds } : {}) };
  } catch {
    return { kind: "refused", status: 0, message: text.offline };
  }
}

/** What a person reads: the fields that are wrong, or else what the API says. */
function sentence(error: unknown, status: number): string {
  if (status === 412) return text.changedElsewhere;
  const problem = typeof error === "object" && error !== null ? (error as Partial<Problem>) : {};
  const fields = (problem.errors ?? []).map(({ field, message }) => `${field.replaceAll("_", " ")} ${message}`);
  if (fields.length > 0) return `${fields.join("; ")}.`;
  return problem.detail ?? text.failed(status);
}

export const account = {
  me: () => outcome<User>(api.GET("/api/auth/me")),
  register: (body: Schemas["NewUser"]) => outcome<User>(api.POST("/api/auth/register", { body })),
  login: (email: string, password: string) =>
    outcome<undefined>(api.POST("/api/auth/login", { body: { email, password, session: "cookie" } })),
  /** The cookie is all that it needs; the document knows only the call with a token in its body. */
  renew: () => outcome<undefined>(fetch("/api/auth/refresh", { method: "POST" }).then((response) => ({ response }))),
  forgot: (email: string) => outcome<undefined>(api.POST("/api/auth/forgot-password", { body: { email } })),
  reset: (token: string, password: string) => outcome<undefined>(api.POST("/api/auth/reset-password", { body: { token, password } })),
  confirm: (token: string) => outcome<undefined>(api.POST("/api/auth/confirm-email", { body: { token } })),
  preferences: () => outcome<Preferences>(api.GET("/api/preferences")),
  logout: () => outcome<undefined>(api.POST("/api/auth/logout")),
};

const path = (id: string) => ({ params: { path: { id } } });

export const tasks = {
  best: (availableMinutes: number | null) =>
    outcome<Best>(api.GET("/api/tasks/best", { params: { query: { limit: 4, ...(availableMinutes === null ? {} : { available_minutes: availableMinutes }) } } })),
  create: (body: NewTask) => outcome<Task>(api.POST("/api/tasks", { body })),
  start: (id: string) => outcome<Task>(api.POST("/api/tasks/{id}/start", path(id))),
  complete: (id: string) => outcome<Task>(api.POST("/api/tasks/{id}/complete", { ...path(id), body: {} })),
  reopen: (id: string) => outcome<Task>(api.POST("/api/tasks/{id}/reopen", path(id))),
  notNow: (id: string) => outcome<Task>(api.POST("/api/tasks/{id}/not-now", path(id))),
  snooze: (id: string, body: Snooze) => outcome<Task>(api.POST("/api/tasks/{id}/snooze", { ...path(id), body })),
  undo: () => outcome<Schemas["Undone"]>(api.POST("/api/undo", { body: {} })),
  list: (query: TaskQuery) => outcome<TaskPage>(api.GET("/api/tasks", { params: { query } })),
  search: (q: string, cursor: string | null, limit = 100) =>
    outcome<TaskPage>(api.GET("/api/tasks/search", { params: { query: { q, limit, ...(cursor === null ? {} : { cursor }) } } })),
  /** Only if nobody has changed it since this version was read. */
  change: (task: Task, body: TaskPatch) =>
    outcome<Task>(api.PATCH("/api/tasks/{id}", { params: { path: { id: task.id }, header: { "If-Match": `"${task.version}"` } }, body })),
};

const named = (name: string) => ({ params: { path: { name } } });

export const projects = {
  list: () => outcome<Project[]>(api.GET("/api/projects")),
  get: (name: string) => outcome<Project>(api.GET("/api/projects/{name}", named(name))),
  change: (name: string, body: Schemas["ProjectPatch"]) => outcome<Project>(api.PATCH("/api/projects/{name}", { ...named(name), body })),
};
