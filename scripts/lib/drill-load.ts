// The load of scripts/drills/containers: reads and writes of some people through the Worker, RATE a second, each at its
// moment whether or not the former ones are answered, and its time counts from that moment. A write carries an
// Idempotency-Key. Every answer that is not the expected one is a failure; nothing is tried again. Ends when the file STOP
// appears, and then reads everything back: each acknowledged title must be there once. Says first that it has begun, then
// which requests were slow and where they spent their time, and last the sums.
//
//   node drill-load.ts URL RATE STOP
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const [url, rateText, stop] = process.argv.slice(2);
if (url === undefined || rateText === undefined || stop === undefined) throw new Error("URL RATE STOP");
const rate = Number(rateText);
const agent = new Agent({ keepAlive: true });
/** So many on their way say that nothing is answered any more (an answer may take the Worker ten seconds): the rest is
 *  not asked, which the rate then shows. */
const MOST_ON_THEIR_WAY = 20 * rate;
/** Enough that nobody's list grows long: that would be a test of the ranking. */
const PEOPLE = 20;

async function call(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
  const given = body === undefined ? "" : JSON.stringify(body);
  return new Promise<{ status: number; text: string; timing: string; id: string }>((settle, refuse) => {
    const sent = request(`${url ?? ""}${path}`, { method, agent, timeout: 30_000, headers: { ...headers, ...(body && { "content-type": "application/json", "content-length": Buffer.byteLength(given) }) } }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => (text += part));
      answer.on("end", () => { settle({ status: answer.statusCode ?? 0, text, timing: String(answer.headers["server-timing"] ?? ""), id: String(answer.headers["x-request-id"] ?? "") }); }).on("error", refuse);
    });
    sent.on("timeout", () => sent.destroy(new Error("no answer in 30 s"))).on("error", refuse);
    sent.end(given);
  });
}

const people: Record<string, string>[] = [];
for (let n = 0; n < PEOPLE; n++) {
  const account = { email: `${randomUUID()}@example.com`, password: "quiet otters plan ahead" };
  const registered = await call("POST", "/api/auth/register", account);
  if (registered.status !== 201) throw new Error(`register: ${registered.status} ${registered.text}`);
  const login = await call("POST", "/api/auth/login", account);
  const token = (JSON.parse(login.text) as { access_token?: string }).access_token;
  if (token === undefined) throw new Error(`login: ${login.status}`);
  people.push({ authorization: `Bearer ${token}` });
}

const acknowledged: string[] = [];
const failures: string[] = [];
let asked = 0;
let notAsked = 0;
const took: { ms: number; at: string; what: string }[] = [];

async function one(turn: number, due: number): Promise<void> {
  const at = new Date(performance.timeOrigin + due).toISOString();
  const title = `drill ${turn}`;
  const isWrite = turn % 2 === 0;
  const signedIn = people[Math.floor(turn / 2) % PEOPLE];
  let where = "-";
  try {
    const answer = isWrite
      ? await call("POST", "/api/tasks", { title }, { ...signedIn, "idempotency-key": randomUUID() })
      : await call("GET", "/api/tasks/best", undefined, { ...signedIn, "cache-control": "no-cache" });
    where = `${answer.id} ${answer.timing}`;
    if (answer.status !== (isWrite ? 201 : 200)) failures.push(`${title}: ${answer.status} ${answer.text.slice(0, 200)}`);
    else if (isWrite) acknowledged.push(title);
  } catch (error) {
    failures.push(`${title}: ${String(error)}`);
  }
  took.push({ ms: performance.now() - due, at, what: `${isWrite ? "write" : "read"} ${where}` });
}

process.stdout.write("begun\n");
const begun = performance.now();
const running = new Set<Promise<void>>();
let next = begun;
while (!existsSync(stop)) {
  for (; next <= performance.now(); next += 1000 / rate) {
    if (running.size >= MOST_ON_THEIR_WAY) {
      notAsked++;
      continue;
    }
    const turn = one(asked++, next).finally(() => running.delete(turn));
    running.add(turn);
  }
  await sleep(5);
}
const seconds = (performance.now() - begun) / 1000;
const { user, system } = process.cpuUsage();
const used = user + system;
await Promise.all(running);

const found = new Map<string, number>();
for (const signedIn of people) {
  let cursor = "";
  do {
    const page = await call("GET", `/api/tasks?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`, undefined, signedIn);
    if (page.status !== 200) throw new Error(`reading back: ${page.status} ${page.text}`);
    const list = JSON.parse(page.text) as { items?: { title: string }[]; tasks?: { title: string }[]; next_cursor?: string | null };
    for (const { title } of list.items ?? list.tasks ?? []) found.set(title, (found.get(title) ?? 0) + 1);
    cursor = list.next_cursor ?? "";
  } while (cursor !== "");
}
const lost = acknowledged.filter((title) => !found.has(title)).length;
const twice = [...found.values()].filter((times) => times > 1).length;
for (const failure of failures.slice(0, 5)) process.stderr.write(`${failure}\n`);
took.sort((a, b) => b.ms - a.ms);
for (const { ms, at, what } of took.slice(0, 5)) process.stdout.write(`slow ${at} ${ms.toFixed(0)} ms ${what}\n`);
const share = (part: number): string => (took[Math.floor(took.length * part)]?.ms ?? 0).toFixed(0);
process.stdout.write(
  `asked=${asked} rate=${(asked / seconds).toFixed(0)} not_asked=${notAsked} failed=${failures.length} written=${acknowledged.length} lost=${lost} twice=${twice} slowest_ms=${share(0)} p99_ms=${share(0.01)} median_ms=${share(0.5)} own_cpu_seconds=${(used / 1_000_000).toFixed(1)}\n`,
);
agent.destroy();
