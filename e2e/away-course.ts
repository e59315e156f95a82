// The origin goes away under load and comes back: the course that all drills of it share.
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { checkAnswers, checkChanges, say, type Span } from "./away-checks.ts";
import { Load, type Person } from "./away-load.ts";
import { call } from "./client.ts";
import { edgeUrl, kill, restart } from "./stack.ts";

interface Course {
  people: number;
  /** Milliseconds between one change of a writer and its next: a person may have 200 waiting. */
  pause: number;
  /** For how long, in milliseconds. */
  away: number;
  /** What happens besides: as the load begins, a third of the way through, while what waits is sent, before the load ends. */
  atTheStart?: () => void;
  meanwhile?: (worker: Worker) => Promise<void>;
  whileSent?: (worker: Worker, load: Load) => Promise<void>;
  atTheEnd?: () => void;
}

/** The Worker, whose absences are noted: requests then have no answer, and nobody can ask more of them. */
export class Worker {
  readonly away: Span[] = [];

  async crash(settings: NodeJS.ProcessEnv = {}): Promise<void> {
    const span = { from: Date.now(), to: Infinity };
    this.away.push(span);
    kill("edge");
    // A process that was killed holds its port until it is gone.
    while (await fetch(edgeUrl, { signal: AbortSignal.timeout(1_000) }).then(() => true, isStillThere)) await sleep(50);
    await restart("edge", settings);
    span.to = Date.now();
    say(`workerd was killed, and was back after ${span.to - span.from} ms`);
  }
}

export async function run({ people, pause, away, atTheStart, meanwhile, whileSent, atTheEnd }: Course): Promise<void> {
  const load = new Load({ people, pause });
  const worker = new Worker();
  await load.prepare();
  atTheStart?.();
  load.start();
  await sleep(4_000);

  kill("origin");
  const killed = Date.now();
  await sleep(away / 3);
  await meanwhile?.(worker);
  await sleep(Math.max(0, killed + away - Date.now()));
  const listed = new Map<Person, string[]>();
  for (const person of load.people) listed.set(person, (await waiting(person)).map(({ id }) => id));

  const returned = Date.now();
  say(`away for ${returned - killed} ms; ${[...listed.values()].map((list) => list.length).join(" + ")} changes wait`);
  const back = restart("origin");
  await whileSent?.(worker, load);
  await back;
  const ready = Date.now();
  await Promise.all(
    load.people.map(async (person) => {
      await untilNothingOf(person, listed.get(person) ?? []);
    }),
  );
  say(`all of them were sent ${Date.now() - ready} ms after the origin was ready`);
  await sleep(3_000);
  atTheEnd?.();
  await load.stop();
  for (const person of load.people) await untilNothingOf(person);

  checkAnswers(load, { from: killed, to: returned }, worker.away);
  await checkChanges(load, listed);
}

const isStillThere = (error: unknown): boolean => !(error instanceof TypeError && JSON.stringify(error.cause).includes("ECONNREFUSED"));

export async function waiting(person: Person): Promise<{ id: string; state: string; because: string | null }[]> {
  const answer = await call("GET", "/api/pending", { token: person.account.token });
  expect(answer.status, answer.text).toBe(200);
  return (answer.json() as { items: { id: string; state: string; because: string | null }[] }).items;
}

/** Until none of these waits any more, or nothing at all; and nothing was refused. */
async function untilNothingOf(person: Person, ids?: string[]): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const items = await waiting(person);
    expect(items.filter(({ state }) => state === "refused")).toEqual([]);
    const left = items.filter(({ id }) => ids === undefined || ids.includes(id));
    if (left.length === 0) return;
    expect(Date.now(), `${left.length} changes of ${person.name} still wait`).toBeLessThan(deadline);
    await sleep(50);
  }
}
