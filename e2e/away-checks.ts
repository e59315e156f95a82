// What has to hold of a course in which the origin was away (away-course.ts): of every answer while it was, and of every
// change afterwards, as PostgreSQL has it.
import { expect } from "vitest";
import { isDone, type Asked, type Change, type Load, type Person } from "./away-load.ts";
import { database } from "./stack.ts";

/** A stretch of time, in Unix milliseconds. */
export interface Span {
  from: number;
  to: number;
}

/** Nobody waits longer: the edge's own deadline. */
const longestMilliseconds = 10_000;
/** Nor longer than this once it is known that the origin is away. */
const longestOnceKnownMilliseconds = 1_500;
/** By then it is known: three requests have found it away. */
const knownAfterMilliseconds = 2_000;
const freshMilliseconds = 60_000;
/** A read may join one that the origin had answered just before it was killed. */
const joinedMilliseconds = 500;

const overlaps = (asked: Asked, spans: Span[]): boolean => spans.some(({ from, to }) => asked.ended >= from && asked.began <= to);
const brief = ({ person, what, answer, began, ended }: Asked): string =>
  `${person.name} ${what}: ${answer ? `${answer.status} ${answer.headers.get("Cache-Status") ?? ""} ${answer.text.slice(0, 200)}` : "no answer"} at ${began}, ${ended - began} ms`;
const median = (sorted: number[], part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

/** Every answer, as to its status and fields, and how long it took; `away` is when nobody could reach the origin for sure. */
export function checkAnswers(load: Load, away: Span, workerAway: Span[]): void {
  const answered = load.asked.filter((asked) => !overlaps(asked, workerAway));
  const whileAway = answered.filter((asked) => asked.began >= away.from && asked.ended <= away.to);
  const phases = {
    before: answered.filter((asked) => asked.ended < away.from),
    "just away": answered.filter((asked) => asked.ended >= away.from && asked.began < away.from + knownAfterMilliseconds),
    "known away": whileAway.filter((asked) => asked.began >= away.from + knownAfterMilliseconds),
    "back again": answered.filter((asked) => asked.ended > away.to),
  };
  for (const [name, asked] of Object.entries(phases)) {
    const times = asked.map(({ began, ended }) => ended - began).sort((a, b) => a - b);
    say(`${name}: ${times.length} requests, p50 ${median(times, 0.5)} ms, p99 ${median(times, 0.99)} ms, longest ${times.at(-1) ?? 0} ms; ${counted(asked)}`);
  }
  const tooSlow = (asked: Asked[], most: number): string[] => asked.filter(({ began, ended }) => ended - began > most).map(brief);
  expect(tooSlow(answered, longestMilliseconds)).toEqual([]);
  expect(tooSlow(phases["known away"], longestOnceKnownMilliseconds)).toEqual([]);

  const bad = (kind: Asked["kind"], asked: Asked[], isRight: (one: Asked) => boolean): string[] =>
    asked.filter((one) => one.kind === kind && !isRight(one)).map(brief);
  expect(bad("read", whileAway, (one) => isReadWhileAway(one, load, away))).toEqual([]);
  expect(bad("safe", whileAway, isAcceptance)).toEqual([]);
  expect(bad("unsafe", whileAway, isUnavailable)).toEqual([]);
  // And at all other times nobody is refused what he may do.
  expect(bad("read", answered, ({ answer }) => answer?.status === 200 || answer?.status === 304)).toEqual([]);
  expect(bad("safe", answered, ({ answer }) => isDone(answer))).toEqual([]);
  const allowed = [200, 204, 404, 412];
  expect(bad("unsafe", answered, (one) => allowed.includes(one.answer?.status ?? 0) || isUnavailable(one))).toEqual([]);
  for (const kind of ["read", "safe", "unsafe"]) expect(whileAway.filter((one) => one.kind === kind).length, kind).toBeGreaterThan(0);
}

function isReadWhileAway({ person, answer, began, tag }: Asked, load: Load, away: Span): boolean {
  if (answer === undefined || (answer.status !== 200 && !(answer.status === 304 && answer.headers.get("ETag") === tag))) return false;
  const status = answer.headers.get("Cache-Status");
  const age = answer.headers.get("Age");
  if (status === "mindflow-edge; fwd=miss" && began < away.from + joinedMilliseconds) return true;
  const isFresh = status === "mindflow-edge; hit" && began < away.from + freshMilliseconds;
  const isStale = status === "mindflow-edge; hit; detail=stale-if-error" && age !== null && /^\d+$/.test(age);
  // What was accepted by then, since it is away, waits; what was accepted meanwhile, or before, may be counted too.
  const waiting = load.changes.filter((change) => change.person === person && change.pending && change.began >= away.from && (change.ended ?? Infinity) < began);
  const told = Number(answer.headers.get("Mindflow-Pending") ?? 0);
  return (isFresh || isStale) && told >= waiting.length;
}

function isAcceptance({ what, answer }: Asked): boolean {
  if (answer?.status !== 202) return false;
  const pending = answer.json() as { method: string; path: string; state: string; because: string | null };
  const [method, path = ""] = what.split(" ");
  return (
    pending.method === method && pending.path === path.replace(/\?.*/, "") && pending.state === "waiting" && pending.because === null &&
    /^\/api\/tasks\/[0-9a-f-]{36}$/.test(answer.headers.get("Location") ?? "") && Number(answer.headers.get("Retry-After")) > 0
  );
}

function isUnavailable({ answer }: Asked): boolean {
  return answer?.status === 503 && answer.headers.get("Content-Type") === "application/problem+json" && Number(answer.headers.get("Retry-After")) > 0;
}

interface HistoryRow {
  task: string;
  action: string;
  at: number;
  title: string | null;
}

interface TaskRow {
  id: string;
  title: string;
  created: number;
  updated: number;
}

/** Every change, as PostgreSQL has it: once, in the order in which they were answered, of the instant of its acceptance. */
export async function checkChanges(load: Load, listed: Map<Person, string[]>): Promise<void> {
  let applied = 0;
  let accepted = 0;
  for (const person of load.people) {
    const changes = load.changes.filter((change) => change.person === person);
    const history = await rows<HistoryRow>(
      `SELECT task_id AS task, action, (extract(epoch FROM at) * 1000)::bigint AS at, after ->> 'title' AS title
       FROM history WHERE user_id = '${person.account.id}' ORDER BY change_id`,
    );
    const tasks = await rows<TaskRow>(
      `SELECT id, title, (extract(epoch FROM created_at) * 1000)::bigint AS created, (extract(epoch FROM updated_at) * 1000)::bigint AS updated
       FROM tasks WHERE user_id = '${person.account.id}'`,
    );
    const marks = history.map(({ task, action, title }) => `${action} ${action === "create" || action === "update" ? title ?? "" : task}`);
    const places = new Map<string, number[]>();
    marks.forEach((mark, place) => places.set(mark, [...(places.get(mark) ?? []), place]));
    const times = (change: Change): number => places.get(change.mark)?.length ?? 0;

    const wrong = changes.filter((change) => (change.ended === undefined ? times(change) > 1 : times(change) !== 1));
    expect(wrong.map((change) => `${change.mark}: ${times(change)} times, ${change.pending ? "accepted" : "answered"}`), `${person.name}: once`).toEqual([]);
    const made = changes.filter((change) => change.mark.startsWith("create ") && change.task !== undefined);
    expect(made.filter((change) => tasks.filter(({ id }) => id === change.task).length !== 1).map(({ mark }) => mark), "rows of tasks").toEqual([]);

    // Whatever was answered before another was asked for comes before it.
    const inOrder = changes.filter((change) => change.ended !== undefined).sort((a, b) => placeOf(a) - placeOf(b));
    function placeOf(change: Change): number {
      return places.get(change.mark)?.[0] ?? -1;
    }
    let latest: Change | undefined;
    const late: string[] = [];
    for (const change of inOrder) {
      if (latest && (change.ended ?? Infinity) < latest.began) late.push(`${change.mark} after ${latest.mark}, ${latest.began - (change.ended ?? 0)} ms`);
      if (latest === undefined || change.began > latest.began) latest = change;
    }
    expect(late, `${person.name}: order of answers`).toEqual([]);
    // And all that waited when the origin came back, as the person could see it.
    const byPending = new Map(changes.map((change) => [change.pending?.id, placeOf(change)]));
    const seen = (listed.get(person) ?? []).map((id) => byPending.get(id)).filter((place) => place !== undefined);
    expect(seen, `${person.name}: order of acceptance`).toEqual(seen.toSorted((a, b) => a - b));

    const waited = changes.filter((change) => change.pending);
    const offBy = waited.filter((change) => history[placeOf(change)]?.at !== change.pending?.acceptedAt);
    expect(offBy.map(({ mark }) => mark), `${person.name}: history.at`).toEqual([]);
    const off: string[] = [];
    for (const task of tasks) {
      const own = inOrder.filter((change) => change.task === task.id);
      const first = own.find(({ mark }) => mark.startsWith("create "));
      const last = own.at(-1);
      if (first?.pending && task.created !== first.pending.acceptedAt) off.push(`${first.mark}: created_at`);
      if (last?.pending && task.updated !== last.pending.acceptedAt) off.push(`${last.mark}: updated_at`);
    }
    expect(off, `${person.name}: instants`).toEqual([]);
    applied += inOrder.length;
    accepted += waited.length;
  }
  expect(accepted).toBeGreaterThan(0);
  say(`changes: ${applied} answered, of them ${accepted} by 202; each once in PostgreSQL and in its order; ${load.changes.length - applied} that nobody knows of, at most once`);
}

async function rows<Row>(select: string): Promise<Row[]> {
  return JSON.parse(await database(`SELECT coalesce(json_agg(found), '[]') FROM (${select}) AS found`)) as Row[];
}

function counted(asked: Asked[]): string {
  const counts = new Map<string, number>();
  for (const { kind, answer } of asked) {
    const how = answer?.headers.get("Cache-Status")?.replace("mindflow-edge; ", "");
    const name = `${kind} ${answer?.status ?? "none"}${kind === "read" && how ? ` (${how})` : ""}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].sort().map(([name, count]) => `${count} ${name}`).join(", ");
}

export function say(text: string): void {
  process.stdout.write(`  ${text}\n`);
}
