// Which program a file is from, by what is in it, and what is sent to import it.
import type { NewImport } from "../api/settings.ts";

/** What the API takes, as a body. */
export const mostBytes = 10 * 1024 * 1024;

export type Unfit = "empty" | "too-large" | "broken-json" | "other-json" | "other-csv" | "unknown";
export type Recognised = { kind: "ready"; body: NewImport; format: NewImport["format"] } | { kind: "unfit"; why: Unfit };

const unfit = (why: Unfit): Recognised => ({ kind: "unfit", why });

export function recognise(name: string, content: string): Recognised {
  const text = content.replace(/^\uFEFF/, "");
  if (text.trim() === "") return unfit("empty");
  const found = /^\s*[[{]/.test(text) ? fromJson(text) : fromCsv(name, text);
  return found.kind === "ready" && bytesOf(found.body) > mostBytes ? unfit("too-large") : found;
}

export function bytesOf(body: NewImport): number {
  return new TextEncoder().encode(JSON.stringify(body)).length;
}

function fromJson(text: string): Recognised {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return unfit("broken-json");
  }
  if (Array.isArray(document)) {
    const rows: unknown[] = document;
    const isTask = (row: unknown) => typeof row === "object" && row !== null && "uuid" in row && "description" in row;
    return rows.length > 0 && rows.every(isTask)
      ? { kind: "ready", format: "taskwarrior", body: { format: "taskwarrior", document: rows as Record<string, never>[] } }
      : unfit("other-json");
  }
  const isExport = typeof document === "object" && document !== null && "format" in document && document.format === "mindflow";
  return isExport ? { kind: "ready", format: "mindflow", body: { format: "mindflow", document: document as Record<string, never> } } : unfit("other-json");
}

function fromCsv(name: string, text: string): Recognised {
  const columns = (text.split(/\r?\n/, 1)[0] ?? "").split(",").map((column) => column.trim().replaceAll('"', "").toUpperCase());
  if (columns.includes("TYPE") && columns.includes("CONTENT")) {
    return { kind: "ready", format: "todoist-csv", body: { format: "todoist-csv", csv: text, project: projectOf(name) } };
  }
  return unfit(/\.csv$/i.test(name) ? "other-csv" : "unknown");
}

/** Todoist names the file after its project, at times with a number behind it. */
export function projectOf(fileName: string): string {
  const name = fileName.replace(/\.[^.]*$/, "").replace(/\s*\[[^\]]*\]\s*$/, "").trim();
  return Array.from(name).slice(0, 100).join("") || "Todoist";
}
