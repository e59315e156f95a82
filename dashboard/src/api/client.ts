// The API as the dashboard calls it, typed by the OpenAPI document; where.ts says at which address and by which credential.
// What can come back is three things, so that no page forgets one: done, accepted for later (the server is away), refused
// with a sentence.
import createClient from "openapi-fetch";
import { text } from "../strings.ts";
import { fetchOrEarly, forgetEarly } from "./early.ts";
import type { components, paths } from "./schema.d.ts";
import { apiBase, bearer } from "./where.ts";

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
export type Change = Schemas["Change"];
export type Pending = Schemas["Pending"];
export type BatchItem = Schemas["Batch"]["items"][number];
export type Undone = Schemas["Undone"];
type Problem = Schemas["Problem"];
export type TaskPage = Schemas["TaskPage"];
export type TaskQuery = NonNullable<paths["/api/tasks"]["get"]["parameters"]["query"]>;

export type Outcome<T> =
  | { kind: "done"; value: T }
  | { kind: "pending"; pending: Pending }
  | { kind: "refused"; status: number; message: string; retryAfter?: number };

const plain = { baseUrl: apiBase, credentials: bearer === null ? ("same-origin" as const) : ("omit" as const) };
/** Without a credential of its own: signing in, and what links in mails do. */
const open = createClient<paths>(plain);
export const api = createClient<paths>({ ...plain, fetch: bearer === null ? fetchOrEarly : bearer.fetch });

/** A 401 ends the session, but where the call has a credential of its own. */
export async function outcome<T>(call: Promise<{ data?: unknown; error?: unknown; response: Response }>, ofSession = true): Promise<Outcome<T>> {
  try {
    const { data, error, response } = await call;
    if (response.headers.has("Mindflow-Pending")) window.dispatchEvent(new Event("mf-pending"));
    if (response.status === 202 && isPending(data)) return { kind: "pending", pending: data };
    if (response.ok) return { kind: "done", value: data as T };
    if (response.status === 401 && ofSession) {
      forgetEarly();
      window.dispatchEvent(new Event("mf-signed-out"));
    }
    const seconds = Number(response.headers.get("Retry-After"));
    return { kind: "refused", status: response.status, message: sentence(error, response.status), ...(seconds > 0 ? { retryAfter: seconds } : {}) };
  } catch {
    return { kind: "refused", status: 0, message: text.offline };
  }
}

/** A 202 is also how forgot-password answers, without a body. */
function isPending(data: unknown): data is Pending {
  return typeof data === "object" && data !== null && "accepted_at" in data;
}

/** What a person reads: the fields that are wrong, or else what the API says. */
function sentence(error: unknown, status: number): string {
  if (status === 412) return text.changedElsewhere;
  const problem = typeof error === "object" && error !== null ? (error as Partial<Problem>) : {};
  const fields = (problem.errors ?? []).map(({ field, message }) => `${field.replaceAll("_", " ")} ${message}`);
  if (fields.length > 0) return `${fields.join("; ")}.`;
  return problem.detail ?? text.failed(status);
}

/** What a session goes on with, where that is tokens. */
function entered(outcome: Outcome<Schemas["Tokens"] | undefined>): Outcome<undefined> {
  if (outcome.kind !== "done") return outcome;
  if (outcome.value) bearer?.accept(outcome.value);
  return { kind: "done", value: undefined };
}

/** After what ends the session by itself. */
function left<T>(outcome: Outcome<T>): Outcome<T> {
  if (outcome.kind === "done") bearer?.forget();
  return outcome;
}

export const account = {
  me: () => outcome<User>(api.GET("/api/auth/me")),
  register: (body: Schemas["NewUser"]) => outcome<User>(open.POST("/api/auth/register", { body })),
  login: async (email: string, password: string) =>
    entered(await outcome(open.POST("/api/auth/login", { body: { email, password, session: bearer === null ? "cookie" : "token" } }))),
  /** The cookie is all that it needs; the document knows only the call with a token in its body. Tokens renew themselves. */
  renew: async (): Promise<Outcome<undefined>> =>
    bearer === null
      ? outcome(fetch("/api/auth/refresh", { method: "POST" }).then((response) => ({ response })))
      : { kind: "done", value: undefined },
  forgot: (email: string) => outcome<undefined>(open.POST("/api/auth/forgot-password", { body: { email } })),
  reset: (token: string, password: string) => outcome<undefined>(open.POST("/api/auth/reset-password", { body: { token, password } })),
  confirm: (token: string) => outcome<undefined>(open.POST("/api/auth/confirm-email", { body: { token } })),
  preferences: () => outcome<Preferences>(api.GET("/api/preferences")),
  logout: async () => left(await outcome<undefined>(api.POST("/api/auth/logout"))),
  /** Ends every other session, key and app where the password is a new one. */
  change: async (body: Schemas["ChangeUser"]): Promise<Outcome<User>> => {
    const changed = await outcome<Schemas["ChangedUser"]>(api.PATCH("/api/auth/me", { body }));
    if (changed.kind === "done" && changed.value.tokens) bearer?.accept(changed.value.tokens);
    return changed;
  },
  remove: async () => left(await outcome<undefined>(api.DELETE("/api/auth/me"))),
  /** Whether it is the password, without a change of the session: the login that shows it is ended at once. */
  prove: async (email: string, password: string): Promise<Outcome<boolean>> => {
    const call = open.POST("/api/auth/login", { body: { email, password } });
    const login = await outcome<Schemas["Tokens"]>(call, false);
    if (login.kind === "refused" && login.status === 401) return { kind: "done", value: false };
    if (login.kind !== "done") return login;
    await outcome(open.POST("/api/auth/logout", { headers: { Authorization: `Bearer ${login.value.access_token}` } }), false);
    return { kind: "done", value: true };
  },
};

const path = (id: string) => ({ params: { path: { id } } });

export const tasks = {
  best: (availableMinutes: number | null) =>
    outcome<Best>(api.GET("/api/tasks/best", { params: { query: { limit: 4, ...(availableMinutes === null ? {} : { available_minutes: availableMinutes }) } } })),
  get: (id: string) => outcome<Task>(api.GET("/api/tasks/{id}", path(id))),
  create: (body: NewTask) => outcome<Task>(api.POST("/api/tasks", { body })),
  start: (id: string) => outcome<Task>(api.POST("/api/tasks/{id}/start", path(id))),
  complete: (id: string) => outcome<Task>(api.POST("/api/tasks/{id}/complete", { ...path(id), body: {} })),
  reopen: (id: string) => outcome<Task>(api.POST("/api/tasks/{id}/reopen", path(id))),
  notNow: (id: string) => outcome<Task>(api.POST("/api/tasks/{id}/not-now", path(id))),
  snooze: (id: string, body: Snooze) => outcome<Task>(api.POST("/api/tasks/{id}/snooze", { ...path(id), body })),
  pending: () => outcome<Schemas["PendingList"]>(api.GET("/api/pending")),
  undo: (change_id: string) => outcome<Undone>(api.POST("/api/undo", { body: { change_id } })),
  history: (cursor: string | null) =>
    outcome<Schemas["ChangePage"]>(api.GET("/api/history", { params: { query: { limit: 100, ...(cursor === null ? {} : { cursor }) } } })),
  list: (query: TaskQuery) => outcome<TaskPage>(api.GET("/api/tasks", { params: { query } })),
  search: (q: string, cursor: string | null, limit = 100) =>
    outcome<TaskPage>(api.GET("/api/tasks/search", { params: { query: { q, limit, ...(cursor === null ? {} : { cursor }) } } })),
  /** All of them, or none. */
  batch: (items: BatchItem[]) => outcome<Schemas["BatchAnswer"]>(api.POST("/api/tasks/batch", { body: { items } })),
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
