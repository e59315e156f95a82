// The origin is killed under load: reads go on, marked; safe changes are accepted and made once and in order when it is
// back; whatever else goes wrong meanwhile.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { say } from "./away-checks.ts";
import { run, waiting, type Worker } from "./away-course.ts";
import type { Load } from "./away-load.ts";
import { LossyProxy } from "./lossy-proxy.ts";
import { originPort, restart } from "./stack.ts";

test("for a minute", async () => {
  await run({ people: 4, pause: 800, away: 60_000 });
});

test("with a Worker that starts while the origin is away and never saw it", async () => {
  await run({ people: 3, pause: 400, away: 20_000, meanwhile: (worker) => worker.crash() });
});

test("with lost answers before and after, and a Worker that crashes while changes wait and while they are sent", async () => {
  const proxy = new LossyProxy(originPort);
  const settings = { EDGE_ORIGIN_URL: await proxy.start() };
  afterAll(async () => {
    await restart("edge");
    await proxy.stop();
  });
  await restart("edge", settings);
  proxy.percentLost = 20;

  async function crashWhileSent(worker: Worker, load: Load): Promise<void> {
    const [person] = load.people;
    if (person === undefined) throw new Error("nobody is there");
    const before = (await waiting(person)).map(({ id }) => id);
    for (;;) {
      const left = (await waiting(person)).filter(({ id }) => before.includes(id)).length;
      if (left < before.length) {
        say(`${before.length - left} of ${before.length} of ${person.name} are sent`);
        expect(left, "workerd is killed too late").toBeGreaterThan(0);
        break;
      }
      await sleep(5);
    }
    await worker.crash(settings);
  }
  await run({
    people: 3,
    pause: 300,
    away: 15_000,
    meanwhile: (worker) => worker.crash(settings),
    whileSent: crashWhileSent,
    atTheEnd: () => (proxy.percentLost = 0),
  });
  say(`${proxy.lost} answers were lost`);
  expect(proxy.lost).toBeGreaterThan(10);
});
