// Pictures of every page and state of the dashboard, on a desk and on a telephone, by day and by night, to be looked at by a
// person: in target/pictures, or in the folder that MINDFLOW_PICTURES names. MINDFLOW_STATES chooses states by their names,
// MINDFLOW_SCALE says how sharp the pictures are. It fails where something is wider than the screen, where axe finds a
// barrier, and where a state cannot be reached; whatever fails, the other states are gone through.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, signUp } from "./browser.ts";
import { secret } from "./canaries.ts";
import { newPerson } from "./client.ts";
import { barriers } from "./dashboard-looks.ts";
import { aWeek, type Scene } from "./dashboard-scene.ts";
import { empty, full, odd, outside, type State } from "./dashboard-states.ts";
import { repository } from "./stack-settings.ts";
import { edgeUrl } from "./stack.ts";

const pictures = process.env["MINDFLOW_PICTURES"] ?? join(repository, "target/pictures");
const deviceScaleFactor = Number(process.env["MINDFLOW_SCALE"] ?? 1);
// Each with a domain of its own for addresses that can be looked at.
const screens = [
  { name: "desktop", width: 1280, height: 900, light: "example.com", dark: "example.org" }, { name: "mobile", width: 390, height: 844, light: "example.net", dark: "example.edu" },
] as const;
const wanted = new RegExp(process.env["MINDFLOW_STATES"] ?? "");
let browser: Browser;
beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  browser = await launch();
});
afterAll(() => browser.close());

/** Scrolls what is longer than the screen to its end; whether there is something, and nothing open that lies over it. */
const toTheEnd = `(() => {
  if (document.querySelector("[popover]:popover-open, dialog:modal") !== null) return false;
  const part = document.querySelector("dialog.panel[open]") ?? document.scrollingElement;
  const more = part.scrollHeight - part.clientHeight;
  part.scrollTo({ top: part.scrollHeight, behavior: "instant" });
  return more > 40;
})()`;
const sideways = "document.documentElement.scrollWidth - document.documentElement.clientWidth";

for (const colorScheme of ["light", "dark"] as const) {
  for (const { name, width, height, ...domains } of screens) {
    const screen = { colorScheme, viewport: { width, height }, reducedMotion: "reduce", deviceScaleFactor } as const;

    /** Goes through states one after the other, and gives what is wrong with them. */
    const look = async (scene: Scene, states: readonly State[]): Promise<string[]> => {
      const wrong: string[] = [];
      const { page } = scene;
      for (const { name: what, open, leave, busy } of states.filter((state) => wanted.test(state.name))) {
        try {
          await open(scene);
          if (!busy) await page.waitForLoadState("networkidle");
          // As it is seen, and not as a page without end: bars that stick lie where they lie for a person.
          const picture = (part: string) => page.screenshot({ path: join(pictures, `${what}${part}-${name}-${colorScheme}.png`), animations: "disabled" });
          await picture("");
          const by = await page.evaluate<number>(sideways);
          if (by > 0) wrong.push(`${what} is wider than the screen by ${by}`);
          wrong.push(...(await barriers(page)).map((barrier) => `${what}: ${barrier}`));
          if (await page.evaluate<boolean>(toTheEnd)) await picture("-end");
        } catch (error) {
          wrong.push(`${what}: ${String(error)}`);
        } finally {
          await leave?.(scene).catch((error: unknown) => wrong.push(`${what}, on leaving: ${String(error)}`));
        }
      }
      return wrong;
    };

    test(`pictures for ${name} in ${colorScheme}`, async () => {
      const wrong: string[] = [];
      for (const [who, ...rounds] of [["ada", empty, full], ["noor", odd, outside]] as const) {
        const email = secret(`${who}@${domains[colorScheme]}`);
        const { context, page } = await signUp(browser, screen, edgeUrl, { ...newPerson(), email });
        context.setDefaultTimeout(20_000);
        const scene: Scene = { context, page, ids: new Map() };
        wrong.push(...(await look(scene, rounds[0])));
        if (rounds[1] === full) await aWeek(scene);
        wrong.push(...(await look(scene, rounds[1])));
        await context.close();
      }
      expect(wrong).toEqual([]);
    });
  }
}
