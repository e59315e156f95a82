/**
 * The answers that a gate keeps: all in memory, and in SQLite for the time after an eviction. The least recently used
 * one goes first; that order is in memory only, so a hit writes nothing.
 */
export interface Kept {
  /** Current only in the era in which it was fetched. */
  era: number;
  freshUntil: number;
  etag: string | null;
  fields: Record<string, string>;
  body: ArrayBuffer;
}

interface Row extends Record<string, SqlStorageValue> {
  key: string;
  era: number;
  fresh_until: number;
  fields: string;
  body: ArrayBuffer;
}

const MOST = 64;
const MOST_BYTES = 1024 * 1024;

export class Shelf {
  readonly #sql: SqlStorage;
  /** The least recently used one first. */
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec("CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, era INTEGER, fresh_until INTEGER, fields TEXT, body BLOB)");
    for (const row of sql.exec<Row>("SELECT key, era, fresh_until, fields, body FROM answers ORDER BY fresh_until")) {
      const fields = JSON.parse(row.fields) as Record<string, string>;
      this.#hold(row.key, { era: row.era, freshUntil: row.fresh_until, etag: fields["etag"] ?? null, fields, body: row.body });
    }
  }

  find(key: string): Kept | undefined {
    const kept = this.#kept.get(key);
    if (kept !== undefined) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
    }
    return kept;
  }

  keep(key: string, kept: Kept): void {
    if (kept.body.byteLength > MOST_BYTES) return;
    this.#drop(key);
    this.#hold(key, kept);
    this.#sql.exec(
      "INSERT OR REPLACE INTO answers (key, era, fresh_until, fields, body) VALUES (?, ?, ?, ?, ?)",
      key, kept.era, kept.freshUntil, JSON.stringify(kept.fields), kept.body,
    );
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST && this.#bytes <= MOST_BYTES) return;
      this.#drop(oldest);
      this.#sql.exec("DELETE FROM answers WHERE key = ?", oldest);
    }
  }

  #hold(key: string, kept: Kept): void {
    this.#kept.set(key, kept);
    this.#bytes += kept.body.byteLength;
  }

  #drop(key: string): void {
    this.#bytes -= this.#kept.get(key)?.body.byteLength ?? 0;
    this.#kept.delete(key);
  }
}

/** The key of a read: the path, and the query with its parameters in the order of their names. */
export function cacheKey(path: string, query: string): string {
  if (query === "") return path;
  const name = (parameter: string): string => parameter.split("=", 1)[0] ?? "";
  const parameters = query.split("&").filter((parameter) => parameter !== "");
  parameters.sort((a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0));
  return `${path}?${parameters.join("&")}`;
}

/** Whether `If-None-Match` names this tag: whole tags, compared weakly. */
export function matches(ifNoneMatch: string, etag: string): boolean {
  const opaque = (tag: string): string => tag.trim().replace(/^W\//, "");
  return ifNoneMatch.trim() === "*" || ifNoneMatch.split(",").some((tag) => opaque(tag) === opaque(etag));
}
