// The origin is killed under load: reads go on, marked; safe changes are accepted and made once and in order when it is
// back; whatever else goes wrong meanwhile.
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { say } from "./away-checks.ts";
import { run, waiting } from "./away-course.ts";
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
  await restart("edge", settings);
  try {
    await run({
      people: 3,
      pause: 300,
      away: 15_000,
      atTheStart: () => (proxy.percentLost = 20),
      meanwhile: (worker) => worker.crash(settings),
      whileSent: async (worker, load) => {
        await untilSomeAreSent(load);
        await worker.crash(settings);
      },
      atTheEnd: () => (proxy.percentLost = 0),
    });
    say(`${proxy.lost} answers were lost`);
    expect(proxy.lost).toBeGreaterThan(10);
  } finally {
    await restart("edge");
    await proxy.stop();
  }
});

/** Until some, and not all, of what the first person has waiting were sent. */
async function untilSomeAreSent({ people: [person] }: Load): Promise<void> {
  if (person === undefined) throw new Error("nobody is there");
  const before = (await waiting(person)).map(({ id }) => id);
  for (;;) {
    const left = (await waiting(person)).filter(({ id }) => before.includes(id)).length;
    if (left < before.length) {
      say(`${before.length - left} of ${before.length} of ${person.name} were sent`);
      expect(left, "the Worker is killed too late").toBeGreaterThan(0);
      return;
    }
    await sleep(5);
  }
}
