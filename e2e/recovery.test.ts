// Kill -9 under load: what may wait is accepted with 202, within a deadline and never with a hang; the service is back
// within five seconds of the part; and everything that was answered or accepted is there, once.
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { call, deadlineMilliseconds, newAccount, type Account, type Answer } from "./client.ts";
import { kill, restart, type Part } from "./stack.ts";

const writers = 6;
const backWithinMilliseconds = 5_000;

interface Outcome {
  at: number;
  milliseconds: number;
  answer: Answer;
}

/** Writers that create tasks one after another until told to stop; each has an account of its own. */
class Load {
  readonly outcomes: Outcome[] = [];
  readonly answered: { account: Account; id: string }[] = [];
  #stopped = false;
  #running: Promise<void>[] = [];

  start(accounts: Account[]): void {
    this.#running = accounts.map((account) => this.#write(account));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#running);
  }

  async #write(account: Account): Promise<void> {
    for (let n = 0; !this.#stopped; n++) {
      const started = performance.now();
      const answer = await call("POST", "/api/tasks", { token: account.token, body: { title: `Task ${n}` } });
      this.outcomes.push({ at: performance.now(), milliseconds: performance.now() - started, answer });
      if (answer.status === 201) this.answered.push({ account, id: (answer.json() as { id: string }).id });
      if (answer.status === 202) this.answered.push({ account, id: answer.headers.get("Location")?.split("/").at(-1) ?? "" });
    }
  }

  /** Resolves at the first outcome, from now on, that the condition holds for; the test's time-out bounds it. */
  async until(condition: (status: number) => boolean, count = 1): Promise<number> {
    const from = this.outcomes.length;
    for (;;) {
      const matching = this.outcomes.slice(from).filter((one) => condition(one.answer.status));
      if (matching.length >= count) return matching[0]?.at ?? Number.NaN;
      await sleep(5);
    }
  }
}

test.each<Part>(["postgres", "origin"])("%s is killed under load and nothing that was answered is lost", async (part) => {
  const accounts = await Promise.all(Array.from({ length: writers }, newAccount));
  const load = new Load();
  load.start(accounts);
  await load.until((status) => status === 201, 5 * writers);

  kill(part);
  await load.until((status) => status === 202, writers);
  const health = await call("GET", "/health");
  expect(health.status).toBe(503);
  expect(health.json()).toMatchObject({ status: "degraded" });

  await restart(part);
  const restarted = performance.now();
  const back = await load.until((status) => status === 201);
  expect(back - restarted).toBeLessThan(backWithinMilliseconds);
  await load.until((status) => status === 201, 5 * writers);
  await load.stop();

  for (const { answer, milliseconds } of load.outcomes) {
    expect(milliseconds).toBeLessThan(deadlineMilliseconds);
    if (answer.status === 201) continue;
    if (answer.status === 202) {
      expect(answer.json()).toMatchObject({ method: "POST", path: "/api/tasks", state: "waiting", because: null });
      expect(Number(answer.headers.get("Retry-After"))).toBeGreaterThan(0);
      continue;
    }
    expect(answer.status, answer.text).toBe(503);
    expect(answer.headers.get("Content-Type")).toBe("application/problem+json");
    expect(Number(answer.headers.get("Retry-After"))).toBeGreaterThan(0);
    expect(answer.json()).toMatchObject({ status: 503, detail: expect.any(String) as unknown });
  }
  for (const account of accounts) {
    await nothingWaits(account);
    const kept = await allTaskIds(account);
    const mine = load.answered.filter((one) => one.account === account);
    expect(mine.filter((one) => !kept.has(one.id)), "tasks that were answered and are not there").toEqual([]);
    const titles = await allTitles(account);
    expect(new Set(titles).size, "tasks that are there twice").toBe(titles.length);
  }
});

/** Everything that was accepted has been applied, and nothing was refused. */
async function nothingWaits(account: Account): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const pending = await call("GET", "/api/pending", { token: account.token });
    const { items } = pending.json() as { items: { state: string }[] };
    expect(items.filter((item) => item.state === "refused")).toEqual([]);
    if (items.length === 0) return;
    expect(Date.now(), `${items.length} changes wait`).toBeLessThan(deadline);
    await sleep(100);
  }
}

const allTaskIds = async (account: Account) => new Set((await allTasks(account)).map(({ id }) => id));
const allTitles = async (account: Account) => (await allTasks(account)).map(({ title }) => title);

async function allTasks(account: Account): Promise<{ id: string; title: string }[]> {
  const tasks: { id: string; title: string }[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const page = await call("GET", `/api/tasks?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`, { token: account.token });
    expect(page.status, page.text).toBe(200);
    const { items, next_cursor } = page.json() as { items: { id: string; title: string }[]; next_cursor: string | null };
    tasks.push(...items);
    cursor = next_cursor;
  }
  return tasks;
}
