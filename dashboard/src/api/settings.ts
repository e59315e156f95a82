// What the settings ask of the API, loaded with them.
import { api, outcome, type Outcome } from "./client.ts";
import { words } from "../strings-settings.ts";
import type { components } from "./schema.d.ts";

type Schemas = components["schemas"];
export type Preferences = Schemas["Preferences"];
export type Weights = Schemas["Weights"];
export type PreviewItem = Schemas["PreviewItem"];
export type ApiKey = Schemas["ApiKey"];
export type NewApiKey = Schemas["NewApiKey"];
export type Session = Schemas["Session"];
export type App = Schemas["App"];
export type CalendarToken = Schemas["CalendarToken"];
export type NewImport = Schemas["NewImport"];
export type ImportReport = Schemas["ImportReport"];
export type ReportLine = Schemas["ReportLine"];

/** Preferences with the tag under which they were read. */
export interface Held {
  preferences: Preferences;
  tag: string;
}

async function held(call: Promise<{ data?: unknown; error?: unknown; response: Response }>): Promise<Outcome<Held>> {
  const read = await outcome<Preferences>(call);
  if (read.kind === "refused" && read.status === 412) return { ...read, message: words.changedElsewhere };
  if (read.kind !== "done") return read;
  return { kind: "done", value: { preferences: read.value, tag: (await call).response.headers.get("ETag") ?? "" } };
}

export const preferences = {
  read: () => held(api.GET("/api/preferences")),
  /** All of them, with what is changed; only if nobody has changed them since they were read. */
  change: ({ preferences, tag }: Held, change: Partial<Preferences>) =>
    held(api.PUT("/api/preferences", { params: { header: { "If-Match": tag } }, body: { ...preferences, ...change } })),
  preview: (weights: Weights) => outcome<Schemas["Preview"]>(api.POST("/api/preferences/preview", { body: { weights, limit: 50 } })),
};

const path = (id: string) => ({ params: { path: { id } } });

/** What is gone already needs no revoking. */
async function revoked(call: Promise<{ data?: unknown; error?: unknown; response: Response }>): Promise<Outcome<undefined>> {
  const ended = await outcome<undefined>(call);
  return ended.kind === "refused" && ended.status === 404 ? { kind: "done", value: undefined } : ended;
}

export const keys = {
  list: () => outcome<ApiKey[]>(api.GET("/api/keys")),
  create: (body: NewApiKey) => outcome<ApiKey>(api.POST("/api/keys", { body })),
  revoke: (id: string) => revoked(api.DELETE("/api/keys/{id}", path(id))),
};

export const sessions = {
  list: () => outcome<Session[]>(api.GET("/api/sessions")),
  revoke: (id: string) => revoked(api.DELETE("/api/sessions/{id}", path(id))),
};

export const apps = {
  list: () => outcome<App[]>(api.GET("/api/apps")),
  revoke: (id: string) => revoked(api.DELETE("/api/apps/{id}", path(id))),
};

export const calendar = {
  read: () => outcome<CalendarToken>(api.GET("/api/calendar-token")),
  create: () => outcome<CalendarToken>(api.POST("/api/calendar-token")),
  revoke: () => revoked(api.DELETE("/api/calendar-token")),
};

export const transfer = {
  import: (body: NewImport) => outcome<ImportReport>(api.POST("/api/import", { body })),
  /** The file as text, and the number of its tasks. */
  export: async (): Promise<Outcome<string>> => outcome<string>(api.GET("/api/export", { parseAs: "text" })),
};
