// Several people at work while the origin goes away and comes back: what each asked for, when, and what the answer was.
import { randomInt, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { call, createTask, newAccount, type Account, type Answer, type Options } from "./client.ts";

/** One request, from when to when (Unix milliseconds), and its answer; none when the Worker itself was not there. */
export interface Asked {
  person: Person;
  kind: "read" | "safe" | "unsafe";
  what: string;
  began: number;
  ended: number;
  answer: Answer | undefined;
  /** The tag that a read was asked on. */
  tag?: string;
}

/** A change that may wait: how its row in `history` is known, and how often it was asked for. */
export interface Change {
  person: Person;
  /** `create` and `update` by the title that they alone gave, the others by a task that only they did this to. */
  mark: string;
  began: number;
  /** When it was answered with 2xx; none when nobody knows whether it was made. */
  ended: number | undefined;
  /** What a 202 said. */
  pending: { id: string; acceptedAt: number } | undefined;
  task: string | undefined;
}

export interface Person {
  account: Account;
  name: string;
  /** Tasks that only the unsafe requests touch. */
  spare: string[];
}

interface Pace {
  people: number;
  /** Milliseconds between one change of a writer and its next. */
  pause: number;
}

const reads = ["/api/tasks", "/api/tasks/best", "/api/projects"];
const writersEach = 2;
const steps = ["complete", "snooze", "start", "not-now"] as const;

export class Load {
  readonly asked: Asked[] = [];
  readonly changes: Change[] = [];
  people: Person[] = [];
  readonly #pace: Pace;
  #stopped = false;
  #running: Promise<void>[] = [];

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  /** Everybody has tasks and has looked at everything once. */
  async prepare(): Promise<void> {
    this.people = await Promise.all(
      Array.from({ length: this.#pace.people }, async (_, number) => {
        const account = await newAccount();
        const spare: string[] = [];
        for (let n = 0; n < 6; n++) spare.push((await createTask(account, { title: `Spare ${n}`, project: "House" })).id);
        const person = { account, name: `p${number}`, spare };
        for (const path of reads) await this.#ask(person, "read", "GET", path);
        return person;
      }),
    );
  }

  start(): void {
    this.#running = this.people.flatMap((person) => [
      this.#read(person),
      this.#read(person),
      ...Array.from({ length: writersEach }, (_, number) => this.#write(person, `${person.name}-w${number}`)),
      this.#doUnsafeThings(person),
    ]);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#running);
  }

  async #ask(person: Person, kind: Asked["kind"], method: string, path: string, options: Options = {}, tag?: string): Promise<Answer | undefined> {
    const began = Date.now();
    // Also a request that outlasts its deadline is none that was answered; how long it took is noted and judged.
    const answer = await call(method, path, { token: person.account.token, ...options }).catch(() => undefined);
    this.asked.push({ person, kind, what: `${method} ${path}`, began, ended: Date.now(), answer, ...(tag === undefined ? {} : { tag }) });
    return answer;
  }

  async #read(person: Person): Promise<void> {
    const tags = new Map<string, string>();
    while (!this.#stopped) {
      const path = reads[randomInt(reads.length)] ?? "";
      const tag = randomInt(2) === 0 ? tags.get(path) : undefined;
      const answer = await this.#ask(person, "read", "GET", path, tag === undefined ? {} : { headers: { "If-None-Match": tag } }, tag);
      const newest = answer?.headers.get("ETag");
      if (newest) tags.set(path, newest);
      await sleep(100);
    }
  }

  async #write(person: Person, name: string): Promise<void> {
    /** What this writer has made, and what may still be done to it. */
    const made: { id: string; left: (typeof steps)[number][] }[] = [];
    for (let n = 0; !this.#stopped; n++) {
      const task = made.at(randomInt(made.length + 1));
      const title = `${name}-${n}`;
      const step = task?.left.splice(randomInt(Math.max(task.left.length, 1)), 1)[0];
      if (task === undefined || made.length < 3) {
        const change = await this.#change(person, `create ${title}`, "POST", "/api/tasks", { title, project: "House" });
        if (change.task !== undefined) made.push({ id: change.task, left: [...steps] });
      } else if (step === undefined || randomInt(4) === 0) {
        const change = await this.#change(person, `update ${title}`, "PATCH", `/api/tasks/${task.id}`, { title });
        if (change.ended === undefined) made.splice(made.indexOf(task), 1);
      } else {
        const query = step === "snooze" ? "?hours=3" : "";
        const mark = `${step.replace("-", "_")} ${task.id}`;
        const change = await this.#change(person, mark, "POST", `/api/tasks/${task.id}/${step}${query}`, undefined);
        if (change.ended === undefined || step === "complete") made.splice(made.indexOf(task), 1);
      }
      await sleep(this.#pace.pause);
    }
  }

  /** Makes a change; under a key of its own every other time, and then asks again until it is answered, and at times once more. */
  async #change(person: Person, mark: string, method: string, path: string, body: unknown): Promise<Change> {
    const key = randomInt(2) === 0 ? randomUUID() : undefined;
    const options = { ...(body === undefined ? {} : { body }), ...(key === undefined ? {} : { headers: { "Idempotency-Key": key } }) };
    const began = Date.now();
    let answer = await this.#ask(person, "safe", method, path, options);
    for (let again = 0; key !== undefined && again < 60 && !isDone(answer); again++) {
      await sleep(500);
      answer = await this.#ask(person, "safe", method, path, options);
    }
    const ended = isDone(answer) ? Date.now() : undefined;
    const said = answer?.status === 202 ? (answer.json() as { id: string; accepted_at: string }) : undefined;
    const pending = said && { id: said.id, acceptedAt: Date.parse(said.accepted_at) };
    const task = isDone(answer) ? (answer?.headers.get("Location") ?? path.replace(/\?.*/, "")).split("/")[3] : undefined;
    const change = { person, mark, began, ended, pending, task };
    this.changes.push(change);
    if (key !== undefined && isDone(answer) && randomInt(3) === 0) await this.#ask(person, "safe", method, path, options);
    return change;
  }

  async #doUnsafeThings(person: Person): Promise<void> {
    for (let n = 0; !this.#stopped; n++) {
      const spare = `/api/tasks/${person.spare[0] ?? ""}`;
      const gone = `/api/tasks/${person.spare[1 + (n % (person.spare.length - 1))] ?? ""}`;
      await [
        () => this.#ask(person, "unsafe", "DELETE", gone),
        () => this.#ask(person, "unsafe", "PATCH", spare, { body: { description: `${n}` }, headers: { "If-Match": '"1"' } }),
        () => this.#ask(person, "unsafe", "POST", `${spare}/reopen`),
        () => this.#ask(person, "unsafe", "PATCH", "/api/auth/me", { body: { full_name: `Name ${n}` } }),
      ][n % 4]?.();
      await sleep(700);
    }
  }
}

export const isDone = (answer: Answer | undefined): boolean => answer !== undefined && answer.status >= 200 && answer.status < 300;
