/**
 * What must outlive a gate's memory, in one row: which credentials hold, the user's version, the changes on their way,
 * how far the limit was used.
 */
export interface State {
  /** Whether the origin was asked once how the user's credentials stand. */
  asked: boolean;
  generation: number;
  revoked: Record<string, number>;
  version: number;
  epoch: string;
  /** Answers kept in one era are current together. */
  era: number;
  /** When each change that is on its way began. */
  inFlight: Record<string, number>;
  /** Until when a change whose answer was lost may still be committed. */
  lostUntil: number;
  tat?: number;
}

/** After what time the origin commits no change any more: deadline, latest begin, skew of clocks, transaction. */
export const LOST_MS = 10_000 + 15_000 + 30_000 + 10_000;

export class StateRow {
  readonly value: State;
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage, now: number) {
    this.#sql = sql;
    sql.exec("CREATE TABLE IF NOT EXISTS state (id INTEGER PRIMARY KEY CHECK (id = 1), text TEXT NOT NULL)");
    const [row] = sql.exec<{ text: string }>("SELECT text FROM state").toArray();
    this.value =
      row === undefined
        ? { asked: false, generation: 0, revoked: {}, version: 0, epoch: "", era: now, inFlight: {}, lostUntil: 0 }
        : (JSON.parse(row.text) as State);
    const began = Object.values(this.value.inFlight);
    if (began.length > 0) {
      // The memory went while they were on their way: whether they were committed nobody knows.
      this.value.lostUntil = Math.max(this.value.lostUntil, ...began.map((at) => at + LOST_MS));
      this.value.inFlight = {};
      this.store();
    }
  }

  /** Durable before anything leaves the object: the runtime holds answers and requests back until then. */
  store(): void {
    this.#sql.exec("INSERT OR REPLACE INTO state (id, text) VALUES (1, ?)", JSON.stringify(this.value));
  }
}
