// The load of scripts/drills/containers: reads and writes through the Worker at a fixed rate, as a caller would make
// them; a write carries an Idempotency-Key. Every answer that is not the expected one is a failure; nothing is tried
// again. Ends when the file STOP appears, and then reads everything back: each acknowledged title must be there once.
//
//   node drill-load.ts URL RATE STOP
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const [url, rateText, stop] = process.argv.slice(2);
if (url === undefined || rateText === undefined || stop === undefined) throw new Error("URL RATE STOP");
const rate = Number(rateText);
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

async function call(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
  const given = body === undefined ? "" : JSON.stringify(body);
  return new Promise<{ status: number; text: string }>((settle, refuse) => {
    const sent = request(`${url ?? ""}${path}`, { method, agent, timeout: 30_000, headers: { ...headers, ...(body && { "content-type": "application/json", "content-length": Buffer.byteLength(given) }) } }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => (text += part));
      answer.on("end", () => { settle({ status: answer.statusCode ?? 0, text }); }).on("error", refuse);
    });
    sent.on("timeout", () => sent.destroy(new Error("no answer in 30 s"))).on("error", refuse);
    sent.end(given);
  });
}

const account = { email: `${randomUUID()}@example.com`, password: "quiet otters plan ahead" };
const registered = await call("POST", "/api/auth/register", account);
if (registered.status !== 201) throw new Error(`register: ${registered.status} ${registered.text}`);
const login = await call("POST", "/api/auth/login", account);
const token = (JSON.parse(login.text) as { access_token?: string; token?: string }).access_token;
if (token === undefined) throw new Error(`login: ${login.status}`);
const signedIn = { authorization: `Bearer ${token}` };

const acknowledged: string[] = [];
const failures: string[] = [];
let asked = 0;
let slowest = 0;

async function one(turn: number): Promise<void> {
  const started = performance.now();
  const title = `drill ${turn}`;
  try {
    const isWrite = turn % 2 === 0;
    const answer = isWrite
      ? await call("POST", "/api/tasks", { title }, { ...signedIn, "idempotency-key": randomUUID() })
      : await call("GET", "/api/tasks/best", undefined, { ...signedIn, "cache-control": "no-cache" });
    if (answer.status !== (isWrite ? 201 : 200)) failures.push(`${title}: ${answer.status} ${answer.text.slice(0, 200)}`);
    else if (isWrite) acknowledged.push(title);
  } catch (error) {
    failures.push(`${title}: ${String(error)}`);
  }
  slowest = Math.max(slowest, performance.now() - started);
}

const begun = performance.now();
const running = new Set<Promise<void>>();
while (!existsSync(stop)) {
  const due = Math.floor(((performance.now() - begun) / 1000) * rate);
  while (asked < due) {
    const turn = one(asked++).finally(() => running.delete(turn));
    running.add(turn);
  }
  await sleep(5);
}
const seconds = (performance.now() - begun) / 1000;
await Promise.all(running);

const found = new Map<string, number>();
let cursor = "";
do {
  const page = await call("GET", `/api/tasks?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`, undefined, signedIn);
  if (page.status !== 200) throw new Error(`reading back: ${page.status} ${page.text}`);
  const list = JSON.parse(page.text) as { items?: { title: string }[]; tasks?: { title: string }[]; next_cursor?: string | null };
  for (const { title } of list.items ?? list.tasks ?? []) found.set(title, (found.get(title) ?? 0) + 1);
  cursor = list.next_cursor ?? "";
} while (cursor !== "");
const lost = acknowledged.filter((title) => !found.has(title)).length;
const twice = [...found.values()].filter((times) => times > 1).length;
for (const failure of failures.slice(0, 5)) process.stderr.write(`${failure}\n`);
process.stdout.write(
  `asked=${asked} rate=${(asked / seconds).toFixed(0)} failed=${failures.length} written=${acknowledged.length} lost=${lost} twice=${twice} slowest_ms=${slowest.toFixed(0)}\n`,
);
agent.destroy();
