// How fast the dashboard is for somebody with 2,000 open tasks, on a slow machine and a slow line: Chromium slowed to a quarter,
// 1.6 Mbit/s, 150 ms there and back. What a page's largest text or image takes to show (LCP), and what the next frame takes after
// what a person does (INP): from the browser's own entries, and as both are defined, the 75th percentile of several visits; the
// INP of a visit is its slowest interaction, but for one of every fifty (web.dev/articles/inp).
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch } from "./browser.ts";
import { secret } from "./canaries.ts";
import { as, newAccount, type Account } from "./client.ts";
import { edgeUrl, giveWay } from "./stack.ts";

const openTasks = 2000;
/** `slowest` is for the one slowest interaction, which the definition leaves out: what web.dev calls good for all of them. */
const limits = { largestPaint: 1500, nextPaint: 100, slowest: 200 };
/** How long a practised hand takes from one key to the next. */
const handMilliseconds = 120;
const loads = 5;
const visits = 5;
/** How long a browser that has just been opened takes until it is at rest, with much to spare. */
const settleMilliseconds = 2000;

let browser: Browser;
let person: Account;
beforeAll(async () => {
  // A person's server is another machine.
  giveWay();
  browser = await launch();
  person = await newAccount();
  for (let from = 0; from < openTasks; from += 50) await addFifty(from);
}, 300_000);
afterAll(() => browser.close());

/** Tasks of all sorts: overdue, today, on the days to come and without a day; with and without a project, tags, an estimate. */
async function addFifty(from: number): Promise<void> {
  const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
  const items = Array.from({ length: 50 }, (_, index) => from + index).map((number) => ({
    op: "create",
    title: `Task ${number} of a person who writes everything down${number % 7 === 0 ? ", also what takes a longer line to say" : ""}`,
    priority: (number % 5) + 1,
    ...(number % 4 === 0 ? {} : { due_date: day((number % 60) - 3) }),
    ...(number % 3 === 0 ? { project: `Project ${number % 12}` } : {}),
    ...(number % 2 === 0 ? { effort_estimate_minutes: 15 * ((number % 8) + 1) } : {}),
    tags: number % 5 === 0 ? ["home", "phone"] : [],
  }));
  const answer = await as(person)("POST", "/api/tasks/batch", { items });
  expect(answer.status, answer.text).toBe(200);
}

/** Signs in with nothing slowed down, and gives what a later visit begins with: the cookie, and nothing cached. */
async function signedIn(): ReturnType<BrowserContext["storageState"]> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${edgeUrl}/sign-in`);
  await page.getByLabel("E-mail address").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("article").waitFor();
  const state = await context.storageState();
  for (const cookie of state.cookies) secret(cookie.value);
  await context.close();
  return state;
}

/** A page of a browser that was never here, but is signed in; slow in all that it does. */
async function visit(storageState: Awaited<ReturnType<typeof signedIn>>): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ storageState, locale: "en-GB", timezoneId: "Europe/Berlin", viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  // A person's browser has long drawn itself. A new context's draws its own bars and menus first, in pages like any other.
  await page.waitForTimeout(settleMilliseconds);
  const protocol = await context.newCDPSession(page);
  await protocol.send("Network.enable");
  await protocol.send("Network.emulateNetworkConditions", {
    offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8,
  });
  await protocol.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  await page.addInitScript({ content: watching });
  return { context, page };
}

/** What was loaded, in its order, with when it was there. */
const whatCame = `[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .slice(0, 12).map(({ name, responseEnd }) => new URL(name).pathname + " " + Math.round(responseEnd)).join(", ")`;

const percentile75 = (values: number[]) => values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.75) - 1] ?? NaN;
const say = (line: string) => process.stdout.write(`${line}\n`);

interface Paint {
  at: number;
  what: string;
}

interface Interaction {
  id: number;
  duration: number;
  of: string;
}

/**
 * Runs in the page before its own scripts: keeps what the browser says. An interaction lasts until something is drawn; where it
 * changes nothing, as the end of a key does, that is whatever comes next, a second later or ten. So each one changes a dot, and
 * lasts until the next frame, which comes once all is done that the page does at once.
 */
const watching = `
  const dot = document.createElement("div");
  const blink = () => {
    if (!dot.isConnected) document.documentElement.append(dot);
    Object.assign(dot.style, { position: "fixed", top: "0", left: "0", width: "2px", height: "2px", pointerEvents: "none" });
    dot.style.backgroundColor = dot.style.backgroundColor === "black" ? "white" : "black";
  };
  for (const type of ["keydown", "keyup", "pointerdown", "pointerup", "click"]) addEventListener(type, blink, true);
  const keep = (type, more, read) => {
    const kept = [];
    const take = (entries) => kept.push(...entries.map(read));
    const observer = new PerformanceObserver((list) => take(list.getEntries()));
    observer.observe({ type, buffered: true, ...more });
    return () => { take(observer.takeRecords()); return kept.splice(0); };
  };
  window.seen = {
    paints: keep("largest-contentful-paint", {}, ({ startTime, element }) => ({
      at: startTime, what: (element?.tagName ?? "?") + " “" + (element?.textContent ?? "").trim().slice(0, 40) + "”",
    })),
    interactions: keep("event", { durationThreshold: 16 }, ({ interactionId, name, duration, startTime, processingStart, processingEnd }) => {
      const [waits, works] = [processingStart - startTime, processingEnd - processingStart].map(Math.round);
      return { id: interactionId, duration, of: name + ": waits " + waits + ", works " + works + ", shows " + (duration - waits - works) };
    }),
  };`;

describe(`with ${openTasks} open tasks, a quarter of the processor, 1.6 Mbit/s and 150 ms`, () => {
  test.each([
    ["/", "article h2"], ["/today", ".tasks .title"], ["/upcoming", ".tasks .title"], ["/all", ".tasks .title"],
  ])("the largest paint of %s comes in less than 1.5 s, with nothing cached", async (path, content) => {
    const state = await signedIn();
    const paints: Paint[] = [];
    let came = "";
    for (let load = 0; load < loads; load++) {
      const { context, page } = await visit(state);
      await page.goto(edgeUrl + path);
      await page.locator(content).first().waitFor();
      await page.waitForLoadState("networkidle");
      await painted(page);
      const largest = (await page.evaluate<Paint[]>("seen.paints()")).at(-1);
      if (largest) paints.push(largest);
      came = await page.evaluate<string>(whatCame);
      await context.close();
    }
    const value = percentile75(paints.map(({ at }) => at));
    say(`largest paint of ${path}: ${paints.map(({ at }) => at.toFixed(0)).join(", ")} ms; 75th percentile ${value.toFixed(0)} ms (${paints[0]?.what ?? ""})`);
    say(`  when it came, at the last of them: ${came}`);
    expect(paints.length).toBe(loads);
    expect(value).toBeLessThan(limits.largestPaint);
  });

  test("interaction to next paint is less than 100 ms, and the slowest of all is less than 200", async () => {
    const state = await signedIn();
    const hands: Hand[] = [];
    for (let round = 0; round < visits; round++) {
      const { context, page } = await visit(state);
      const hand = new Hand(page);
      await page.goto(`${edgeUrl}/`);
      await page.locator("article h2").waitFor();
      await course(page, hand);
      hands.push(hand);
      await context.close();
    }
    const all = hands.flatMap((hand) => hand.slowest());
    for (const what of new Set(all.map((one) => one.what))) {
      const worst = all.filter((one) => one.what === what).map((one) => one.worst);
      say(`  ${what}: ${worst.join(", ")} ms`);
    }
    for (const { what, worst, of } of all.toSorted((one, other) => other.worst - one.worst).slice(0, 5)) say(`  slowest: ${worst} ms, ${what} (${of})`);
    const values = hands.map(({ toNextPaint }) => toNextPaint);
    const value = percentile75(values);
    say(`interaction to next paint: ${values.join(", ")} ms; 75th percentile ${value} ms; slowest of each visit ${hands.map(({ worst }) => worst).join(", ")} ms of ${hands.map(({ count }) => count).join(", ")}`);
    expect(Math.min(...hands.map(({ count }) => count))).toBeGreaterThan(60);
    expect(value).toBeLessThan(limits.nextPaint);
    // More than the definition asks: nothing that is done is left out.
    expect(Math.max(...hands.map(({ worst }) => worst))).toBeLessThan(limits.slowest);
  }, 600_000);
});

/** What a person does in a few minutes, once through all of it. */
async function course(page: Page, hand: Hand): Promise<void> {
  const row = page.locator(".tasks li");
  await hand.click("open a menu of Next", page.locator(".best mf-menu button").first());
  await hand.keys("close a menu", "Escape");
  await hand.keys("begin the best task", "b");
  await hand.keys("do the best task", "e");

  const pages: [string, string][] = [["Today", "t"], ["Upcoming", "u"], ["All", "a"]];
  for (const [name, letter] of pages) {
    await hand.click(`go to ${name} by its link`, page.getByRole("navigation").getByRole("link", { name, exact: true }).first());
    await row.first().waitFor();
    await hand.keys("go to Next by key", "g", "n");
    await page.locator("article h2").waitFor();
    await hand.keys(`go to ${name} by key`, "g", letter);
    await row.first().waitFor();
    await hand.keys(`down the rows of ${name}`, "j", "j", "j", "j", "j", "j", "j", "j");
    await hand.keys(`up the rows of ${name}`, "k", "k");
    await hand.keys(`select on ${name}`, "x", "j", "x");
    await hand.keys("give the selection up", "Escape");
    await hand.keys(`open the dates on ${name}`, "j", "t");
    await hand.keys("close the dates", "Escape");
    await hand.keys(`open the snooze on ${name}`, "s");
    await hand.keys("close the snooze", "Escape");
    await hand.keys(`do tasks on ${name}`, "e", "e", "e");
    await hand.keys("undo", "z");
    await hand.click(`tick a task off on ${name}`, row.nth(4).locator(".check"));
    await hand.wheel(`scroll ${name}`);
  }
  await hand.keys("to the search", "/");
  await hand.type("search", "task 19");
  await hand.keys("leave the search", "Escape");
  await hand.keys("to quick add", "q");
  await hand.type("write a task", "Call Ada tomorrow 10am #phone +home 30m p4");
  await hand.keys("add it", "Enter");
  await hand.keys("leave quick add", "Escape");
  await hand.keys("open the palette", "Control+k");
  await page.getByRole("dialog").getByRole("combobox").waitFor();
  await hand.type("write in the palette", "task 12");
  await hand.keys("down the palette", "ArrowDown", "ArrowDown");
  await hand.keys("close the palette", "Escape");
  await hand.keys("open the sheet of keys", "?");
  await hand.keys("close the sheet of keys", "Escape");
}

/** Does what a person does, and keeps what the browser says of each interaction. */
class Hand {
  readonly #page: Page;
  readonly #known = new Map<number, Interaction & { what: string }>();
  count = 0;

  constructor(page: Page) {
    this.#page = page;
  }

  async keys(what: string, ...keys: string[]): Promise<void> {
    for (const key of keys) await this.#page.keyboard.press(key, { delay: handMilliseconds / 2 });
    await this.#took(what, keys.length);
  }

  async type(what: string, line: string): Promise<void> {
    await this.#page.keyboard.type(line, { delay: handMilliseconds });
    await this.#took(what, line.length);
  }

  async click(what: string, place: ReturnType<Page["locator"]>): Promise<void> {
    await place.click({ delay: handMilliseconds / 2 });
    await this.#took(what, 1);
  }

  /** No interaction by the browser's count, but what it does must not make the next one wait. */
  async wheel(what: string): Promise<void> {
    for (let turn = 0; turn < 5; turn++) await this.#page.mouse.wheel(0, 700);
    await this.#took(what, 0);
  }

  async #took(what: string, times: number): Promise<void> {
    await painted(this.#page);
    this.count += times;
    for (const one of await this.#page.evaluate<Interaction[]>("seen.interactions()")) {
      // An event without an id is part of no interaction, as a pointer that moves.
      if (one.id > 0 && (this.#known.get(one.id)?.duration ?? 0) < one.duration) this.#known.set(one.id, { ...one, what });
    }
  }

  get worst(): number {
    return this.#durations()[0] ?? 0;
  }

  /** INP as it is defined: the slowest, but for one of every fifty. */
  get toNextPaint(): number {
    return this.#durations()[Math.floor(this.count / 50)] ?? 0;
  }

  #durations(): number[] {
    return [...this.#known.values()].map(({ duration }) => duration).sort((one, other) => other - one);
  }

  /** By what was done, the slowest first. */
  slowest(): { what: string; worst: number; of: string }[] {
    const by = new Map<string, { what: string; worst: number; of: string }>();
    for (const { what, duration, of } of this.#known.values()) {
      if ((by.get(what)?.worst ?? 0) < duration) by.set(what, { what, worst: duration, of });
    }
    return [...by.values()].sort((one, other) => other.worst - one.worst);
  }
}

/** Until what was done is on the screen, and the browser has said so. */
async function painted(page: Page): Promise<void> {
  await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0))))");
}
