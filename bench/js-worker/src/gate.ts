/**
 * The user's gate: one Durable Object for each user. Refuses revoked credentials, counts, answers reads from what it
 * keeps, fetches a miss once however many wait, and lets no change leave before it is written down that it does.
 */
import { DurableObject } from "cloudflare:workers";
import { EMPTY_DIGEST, returnedFields, type Forward } from "./forward.ts";
import { Bucket } from "./limit.ts";
import { askOrigin, type FromOrigin } from "./origin.ts";
import { Refusal } from "./problem.ts";
import { settingsOf, type Env, type Settings } from "./settings.ts";
import { cacheKey, matches, Shelf } from "./shelf.ts";
import { LOST_MS, StateRow } from "./state.ts";

/** The field of the Worker's call that holds the `Forward`. */
export const GATE_FIELD = "mindflow-forward";
/** The field of the gate's answer that says why it refused, for the Worker's log line. */
export const GATE_REASON_FIELD = "mindflow-gate-reason";

const HIT = "mindflow-edge; hit";
const MISS = "mindflow-edge; fwd=miss";
const BYPASS = "mindflow-edge; fwd=bypass";

/** A read that is on its way. */
interface Flight {
  answered: number;
  isSure: boolean;
  answer: Promise<FromOrigin>;
}

interface GateState {
  generation: number;
  revoked: { id: string; until: number }[];
  version: number;
  epoch?: string;
}

export class UserGate extends DurableObject<Env> {
  readonly #settings: Settings;
  readonly #row: StateRow;
  readonly #shelf: Shelf;
  readonly #bucket: Bucket;
  readonly #flights = new Map<string, Flight>();
  /** Counts whatever makes a read that is on its way unfit to be kept. */
  #turn = 0;
  /** Counts the changes that were answered: a read that begins later must show them. */
  #answered = 0;
  #changes = 0;
  #asking: Promise<void> | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const now = Date.now();
    this.#settings = settingsOf(env);
    this.#row = new StateRow(ctx.storage.sql, now);
    this.#shelf = new Shelf(ctx.storage.sql);
    this.#bucket = new Bucket(this.#row.value.asked ? this.#row.value.tat : null, this.#settings.requestsPerMinute, now);
  }

  override async fetch(request: Request): Promise<Response> {
    const forward = JSON.parse(request.headers.get(GATE_FIELD) ?? "") as Forward;
    const fields: Record<string, string> = {
      "x-request-id": forward.requestId,
      "x-content-type-options": "nosniff",
      "strict-transport-security": "max-age=31536000",
    };
    try {
      if (!this.#row.value.asked) await this.#ask(forward);
      this.#admit(forward);
      this.#count(fields);
      if (forward.isRefused) return new Response(null, { status: 204, headers: fields });
      if (forward.isCacheable) return await this.#read(forward, fields);
      const body = request.body === null ? null : await request.arrayBuffer();
      return await (forward.method === "GET" ? this.#pass(forward, fields) : this.#change(forward, body, fields));
    } catch (error) {
      const refusal = error instanceof Refusal ? error : Refusal.internal(error);
      const response = refusal.response(forward.requestId);
      for (const [name, value] of Object.entries(fields)) response.headers.set(name, value);
      response.headers.set(GATE_REASON_FIELD, refusal.reason);
      return response;
    }
  }

  #admit({ credential, generation }: Forward): void {
    const state = this.#row.value;
    if (generation < state.generation || credential in state.revoked) throw Refusal.credential("revoked");
  }

  #count(fields: Record<string, string>): void {
    const counted = this.#bucket.count(Date.now());
    fields["ratelimit-policy"] = this.#bucket.policy;
    fields["ratelimit"] = counted.field;
    if (!counted.allowed) throw Refusal.tooMany(counted.retryAfter);
    if (counted.keep !== undefined) {
      this.#row.value.tat = counted.keep;
      this.#row.store();
    }
  }

  #isUnsure(now: number): boolean {
    return now < this.#row.value.lostUntil;
  }

  async #read(forward: Forward, fields: Record<string, string>): Promise<Response> {
    const now = Date.now();
    const key = cacheKey(forward.path, forward.query);
    const kept = this.#shelf.find(key);
    if (kept?.era === this.#row.value.era && now < kept.freshUntil && !this.#isUnsure(now)) {
      return respond(forward, 200, kept.fields, kept.body, HIT, fields);
    }
    let flight = this.#flights.get(key);
    // Only one that began after the last change was answered: an older one may not show it.
    if (flight === undefined || !flight.isSure || flight.answered !== this.#answered) flight = this.#begin(forward, key, now);
    const answer = await flight.answer;
    return respond(forward, answer.status, returnedFields(answer.headers), answer.body, MISS, timed(fields, answer));
  }

  /** A read that goes on when the caller who began it has gone. */
  #begin(forward: Forward, key: string, now: number): Flight {
    const flight = { answered: this.#answered, isSure: !this.#isUnsure(now), answer: this.#fetchRead(forward, key, now) };
    const land = (): void => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    };
    this.#flights.set(key, flight);
    this.ctx.waitUntil(flight.answer.then(land, land));
    return flight;
  }

  async #fetchRead(forward: Forward, key: string, now: number): Promise<FromOrigin> {
    const state = this.#row.value;
    const isClear = !this.#isUnsure(now) && Object.keys(state.inFlight).length === 0;
    const turn = this.#turn;
    const era = state.era;
    const answer = await askOrigin(forward, null, this.#settings);
    const version = this.#see(answer.headers);
    // An answer that is news itself begins an era; whatever else happened meanwhile, it is not kept.
    const isAlone = turn + (state.era - era) === this.#turn;
    const maxAge = Number(/^max-age=(\d+)$/.exec(answer.headers.get("mindflow-cache") ?? "")?.[1] ?? "0");
    if (answer.status === 200 && maxAge > 0 && isClear && isAlone && version === state.version) {
      this.#shelf.keep(key, {
        era: state.era,
        freshUntil: now + Math.min(maxAge, 60) * 1000,
        etag: answer.headers.get("etag"),
        fields: returnedFields(answer.headers),
        body: answer.body,
      });
    }
    return answer;
  }

  /** A read that nobody may keep. */
  async #pass(forward: Forward, fields: Record<string, string>): Promise<Response> {
    const answer = await askOrigin(forward, null, this.#settings);
    this.#see(answer.headers);
    return respond(forward, answer.status, returnedFields(answer.headers), answer.body, BYPASS, timed(fields, answer));
  }

  async #change(forward: Forward, body: ArrayBuffer | null, fields: Record<string, string>): Promise<Response> {
    const state = this.#row.value;
    const id = String(++this.#changes);
    const began = Date.now();
    state.inFlight[id] = began;
    this.#turn++;
    this.#row.store();
    let answer: FromOrigin | undefined;
    let version: number | undefined;
    try {
      answer = await askOrigin(forward, body, this.#settings);
    } finally {
      this.#turn++;
      this.#answered++;
      // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- it is a list by id, kept as JSON
      delete state.inFlight[id];
      if (answer !== undefined) version = this.#see(answer.headers);
      if (version === undefined) state.lostUntil = Math.max(state.lostUntil, began + LOST_MS);
      this.#row.store();
    }
    return respond(forward, answer.status, returnedFields(answer.headers), answer.body, BYPASS, timed(fields, answer));
  }

  /** Ends everything older than what an answer says of the user's data; gives the version that it says. */
  #see(headers: Headers): number | undefined {
    const state = this.#row.value;
    const said = headers.get("mindflow-version");
    const version = said === null ? undefined : Number(said);
    const epoch = headers.get("mindflow-epoch") ?? state.epoch;
    if (epoch !== state.epoch || (version !== undefined && version > state.version)) {
      state.version = version ?? state.version;
      state.epoch = epoch;
      state.era++;
      this.#turn++;
      this.#row.store();
    }
    return version;
  }

  /** Asks the origin once how the user's credentials stand. */
  #ask(forward: Forward): Promise<void> {
    this.#asking ??= (async () => {
      try {
        const question: Forward = {
          ...forward,
          method: "GET",
          path: "/internal/gate-state",
          query: "",
          fields: forward.fields.filter(([name]) => name === "authorization"),
          acceptedAt: Date.now(),
          contentDigest: EMPTY_DIGEST,
        };
        const answer = await askOrigin(question, null, this.#settings);
        if (answer.status === 401) throw Refusal.credential("revoked");
        const told = JSON.parse(new TextDecoder().decode(answer.body)) as GateState;
        const state = this.#row.value;
        state.asked = true;
        state.generation = Math.max(state.generation, told.generation);
        for (const { id, until } of told.revoked) state.revoked[id] = until;
        state.version = Math.max(state.version, told.version);
        state.epoch = told.epoch ?? state.epoch;
        this.#row.store();
      } finally {
        this.#asking = undefined;
      }
    })();
    return this.#asking;
  }
}

/** The origin's answer, or 304 where the caller has it already. */
function respond(
  forward: Forward,
  status: number,
  returned: Record<string, string>,
  body: ArrayBuffer,
  cacheStatus: string,
  fields: Record<string, string>,
): Response {
  const headers: Record<string, string> = {
    ...returned,
    ...fields,
    "cache-control": "private, no-cache",
    "cache-status": cacheStatus,
  };
  const etag = returned["etag"];
  if (status === 200 && forward.ifNoneMatch !== null && etag !== undefined && matches(forward.ifNoneMatch, etag)) {
    delete headers["content-type"];
    return new Response(null, { status: 304, headers });
  }
  return new Response(status === 204 || status === 304 ? null : body, { status, headers });
}

function timed(fields: Record<string, string>, { headers, milliseconds }: FromOrigin): Record<string, string> {
  const database = /(?:^|,)\s*db;dur=([\d.]+)/.exec(headers.get("server-timing") ?? "")?.[1];
  const spans = `origin;dur=${milliseconds.toFixed(1)}`;
  return { ...fields, "server-timing": database === undefined ? spans : `${spans}, db;dur=${database}` };
}
