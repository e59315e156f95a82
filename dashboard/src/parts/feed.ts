// The tasks of a page: asked for by a query and read to the last page, with the changes that are under way shown in them.
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { tasks, type Outcome, type Task, type TaskPage, type TaskQuery } from "../api/client.ts";
import { overlaid } from "../logic/overlay.ts";
import { forget, underWay } from "./changes.ts";

/** Words to search for, or what tasks have in common. */
export type Asked = { q: string } | TaskQuery;

const pageSize = 100;
/** How long to wait between two readings, for each page after the first: half of the requests that one may make go to it. */
const restMilliseconds = 1000;

export class Feed implements ReactiveController {
  refusal: string | null = null;
  readonly #host: ReactiveControllerHost;
  readonly #asked: () => Asked;
  #items: Task[] | null = null;
  #readAt = 0;
  /** What was asked when `#items` were read. */
  #answered = "";
  #running: { asked: string; times: number; whole: Promise<void> } | null = null;

  /** `asked` is called for each reading, so that it may follow what the page shows. */
  constructor(host: ReactiveControllerHost, asked: () => Asked) {
    this.#host = host;
    this.#asked = asked;
    host.addController(this);
  }

  hostConnected(): void {
    window.addEventListener("mf-seen", this.#seen);
    window.addEventListener("mf-waiting", this.#seen);
    void this.reload();
  }

  hostDisconnected(): void {
    window.removeEventListener("mf-seen", this.#seen);
    window.removeEventListener("mf-waiting", this.#seen);
    this.#running = null;
  }

  readonly #seen = (): void => {
    this.#host.requestUpdate();
  };

  /** Null until the first page is there. */
  get items(): readonly Task[] | null {
    return this.#items === null ? null : overlaid(this.#items, underWay(), this.#readAt);
  }

  /** Shows that something else is being read, in place of what was there. */
  clear(): void {
    this.#items = null;
    this.#host.requestUpdate();
  }

  /** Reads again. What is being read for the same question is read to its end first, so that news in a row cannot starve it. */
  reload(): Promise<void> {
    const asked = JSON.stringify(this.#asked());
    if (this.#running?.asked === asked) {
      this.#running.times++;
      return this.#running.whole;
    }
    const running = { asked, times: 1, whole: Promise.resolve() };
    this.#running = running;
    running.whole = this.#read(running);
    return running.whole;
  }

  async #read(running: { times: number }): Promise<void> {
    let read = 0;
    while (read < running.times && this.#running === running) {
      // All that was asked for until now is in what is read from now on.
      await this.#rest();
      read = running.times;
      await this.#once(() => this.#running === running);
    }
    if (this.#running === running) this.#running = null;
  }

  /** A long list that was read just now is not read again at once: own changes are shown all the same. */
  async #rest(): Promise<void> {
    if (this.#answered !== JSON.stringify(this.#asked())) return;
    const pages = Math.ceil((this.#items?.length ?? 0) / pageSize);
    const left = this.#readAt + (pages - 1) * restMilliseconds - performance.now();
    if (left > 0) await new Promise((done) => setTimeout(done, left));
  }

  /** An answer to a question that was asked otherwise since is dropped. */
  async #once(wanted: () => boolean): Promise<void> {
    const asked = this.#asked();
    const readAt = performance.now();
    const found = new Map<string, Task>();
    let cursor: string | null = null;
    do {
      const outcome = await page(asked, cursor, wanted);
      if (!wanted() || outcome.kind === "pending") return;
      if (outcome.kind === "refused") {
        // What was read before is better than nothing: the server may be away for a while.
        if (this.#items === null) this.refusal = outcome.message;
        this.#host.requestUpdate();
        return;
      }
      for (const task of outcome.value.items) found.set(task.id, task);
      cursor = outcome.value.next_cursor;
      if (this.#items === null || cursor === null) this.#show([...found.values()], asked, readAt);
    } while (cursor !== null);
    forget(readAt);
  }

  #show(items: Task[], asked: Asked, readAt: number): void {
    [this.#items, this.#answered, this.#readAt, this.refusal] = [items, JSON.stringify(asked), readAt, null];
    this.#host.requestUpdate();
  }
}

/** Too many requests are no reason to give up: the page is asked for again when it may be. */
async function page(asked: Asked, cursor: string | null, wanted: () => boolean): Promise<Outcome<TaskPage>> {
  for (;;) {
    const outcome = "q" in asked ? await tasks.search(asked.q, cursor) : await tasks.list({ ...asked, limit: pageSize, ...(cursor === null ? {} : { cursor }) });
    if (outcome.kind !== "refused" || outcome.status !== 429 || !wanted()) return outcome;
    await new Promise((done) => setTimeout(done, (outcome.retryAfter ?? 1) * 1000));
  }
}
