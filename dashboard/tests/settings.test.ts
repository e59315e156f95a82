// What the settings decide: files, weights, hours, devices, zones, looks.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import type { PreviewItem } from "../src/api/settings.ts";
import { deviceOf } from "../src/logic/devices.ts";
import { tasksIn } from "../src/logic/export-file.ts";
import { endFromField, endToField, faultOf, minutesAWeek } from "../src/logic/hours.ts";
import { mostBytes, projectOf, recognise } from "../src/logic/import-file.ts";
import { byOutcome, telling } from "../src/logic/import-report.ts";
import { densities, looksKey, readLooks, themes, writeLooks } from "../src/logic/theme.ts";
import { isSame, places, presetOf, presets, readWeight, weightsOf, type Preset } from "../src/logic/weights.ts";
import { regions } from "../src/logic/zones.ts";

const repository = resolve(import.meta.dirname, "../..");

describe("a file to import", () => {
  const ready = (name: string, content: string) => {
    const found = recognise(name, content);
    if (found.kind === "unfit") throw new Error(found.why);
    return found.body;
  };
  const why = (name: string, content: string) => {
    const found = recognise(name, content);
    return found.kind === "unfit" ? found.why : found.format;
  };

  test("is known by what is in it, whatever it is called", () => {
    expect(ready("backup.txt", '{"format":"mindflow","tasks":[]}')).toEqual({ format: "mindflow", document: { format: "mindflow", tasks: [] } });
    expect(ready("x.json", '\n [{"uuid":"1","description":"A"}]')).toEqual({ format: "taskwarrior", document: [{ uuid: "1", description: "A" }] });
    const csv = 'TYPE,"CONTENT",PRIORITY\ntask,Weed,1\n';
    expect(ready("Garden.csv", `\uFEFF${csv}`)).toEqual({ format: "todoist-csv", csv, project: "Garden" });
  });

  test("that is none says what is wrong with it", () => {
    expect(why("x.json", " \n ")).toBe("empty");
    expect(why("x.json", '{"format":"mindflow","tasks":[')).toBe("broken-json");
    for (const other of ["[]", "{}", '[{"uuid":"1"}]', "[1]", '{"format":"other"}', "[null]"]) expect(why("x.json", other), other).toBe("other-json");
    expect(why("x.csv", "name,date\na,b")).toBe("other-csv");
    expect(why("x.docx", "PK")).toBe("unknown");
  });

  test("is too large by what is sent, not by what lies on the disk", () => {
    const quotes = '"'.repeat(mostBytes / 2);
    expect(why("x.csv", `TYPE,CONTENT\ntask,${quotes}`)).toBe("too-large");
    expect(why("x.csv", `TYPE,CONTENT\ntask,${quotes.slice(200)}`)).toBe("todoist-csv");
  });

  test("of Todoist is named after its project", () => {
    expect(["Garden.csv", "Garden [2203306141].csv", "My. plan.csv", ".csv", "a".repeat(120) + ".csv"].map(projectOf)).toEqual(["Garden", "Garden", "My. plan", "Todoist", "a".repeat(100)]);
  });

  test("is reported in short, and line by line where there is something to tell", () => {
    const lines = [
      { line: 1, outcome: "created" as const, because: null }, { line: 2, outcome: "created" as const, because: "no end" },
      { line: 3, outcome: "skipped" as const, because: null }, { line: 4, outcome: "merged" as const, because: null },
    ];
    expect(byOutcome(lines)).toEqual([{ outcome: "created", count: 2 }, { outcome: "merged", count: 1 }, { outcome: "skipped", count: 1 }]);
    expect(telling(lines).map(({ line }) => line)).toEqual([2, 3]);
  });
});

test("an export that broke off is none", () => {
  expect([tasksIn('{"tasks":[{},{}]}'), tasksIn('{"tasks":[{}'), tasksIn("{}"), tasksIn("null")]).toEqual([2, null, null, null]);
});

describe("weights", () => {
  test("of a preset are those of the server", () => {
    const source = readFileSync(join(repository, "shared-types/src/weights.rs"), "utf8");
    const arms = /pub fn weights\(self\)[\s\S]*?\n {4}}/.exec(source)?.[0] ?? "";
    const names: Record<Preset, string> = { balanced: "Balanced", "deadlines-first": "DeadlinesFirst", "important-first": "ImportantFirst", "quick-wins": "QuickWins" };
    expect([...source.matchAll(/=> "([a-z-]+)",/g)].map((match) => match[1]).filter((name) => Object.values(names).some((known) => source.includes(`Self::${known} => "${name ?? ""}"`)))).toEqual(Object.keys(presets));
    for (const [preset, name] of Object.entries(names) as [Preset, string][]) {
      const arm = new RegExp(`Self::${name} => &\\[([\\s\\S]*?)\\],\\n`).exec(arms)?.[1];
      expect(arm, name).toBeDefined();
      const there = [...(arm ?? "").matchAll(/Factor::(\w+), (\d+)/g)].map((match) => [(match[1] ?? "").replaceAll(/(?<!^)[A-Z]/g, "_$&").toLowerCase(), Number(match[2]) / 100]);
      expect(Object.fromEntries(there), name).toEqual(presets[preset]);
      expect(presetOf(weightsOf(preset))).toBe(preset);
    }
    expect(presetOf({ ...weightsOf("balanced"), age: 0.5 })).toBeNull();
    expect(isSame(weightsOf("balanced"), weightsOf("quick-wins"))).toBe(false);
  });

  test("are read as typed, within their bounds and to two decimals", () => {
    expect(["1.234", "0,5", "-1", "7", " ", "x"].map(readWeight)).toEqual([1.23, 0.5, 0, 3, null, null]);
  });

  test("show who gains places and who loses some", () => {
    const item = (id: string, was: number): PreviewItem => ({ task: { id, title: id } as PreviewItem["task"], score: 0, was });
    expect(places([item("c", 1), item("a", 3), item("b", 2)], 2)).toEqual([{ id: "c", title: "c", up: 2 }, { id: "a", title: "a", up: -1 }]);
    expect(places([], 5)).toEqual([]);
  });
});

test("working hours may end at midnight, and are refused before they are sent", () => {
  expect([endToField("24:00"), endFromField("00:00"), endToField("17:30"), endFromField("17:30")]).toEqual(["00:00", "24:00", "17:30", "17:30"]);
  const hours = { start: "09:00", end: "24:00", days: [1, 2] };
  expect([faultOf(hours), minutesAWeek(hours)]).toEqual([null, 1800]);
  expect(faultOf({ ...hours, end: "09:00" })).toBe("order");
  expect(faultOf({ ...hours, days: [] })).toBe("no-day");
  expect(faultOf({ ...hours, start: "" })).toBe("no-time");
});

test("a device is known by its browser and its system", () => {
  const chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
  expect(deviceOf(chrome)).toEqual(["Chrome", "Linux"]);
  expect(deviceOf(`${chrome} Edg/140.0`)).toEqual(["Edge", "Linux"]);
  expect(deviceOf("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1")).toEqual(["Safari", "iPhone"]);
  expect(deviceOf("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0")).toEqual(["Firefox", "Windows"]);
  expect(deviceOf("curl/8.5.0")).toEqual(["curl", null]);
  expect([deviceOf(null), deviceOf(" ")]).toEqual([[null, null], [null, null]]);
});

test("zones stand under their regions, and the present one always does", () => {
  expect(regions(["Europe/Berlin", "America/Argentina/Buenos_Aires"], "Asia/Oslo_Nowhere", "Other")).toEqual([
    { name: "America", zones: [{ value: "America/Argentina/Buenos_Aires", label: "Argentina, Buenos Aires" }] },
    { name: "Asia", zones: [{ value: "Asia/Oslo_Nowhere", label: "Oslo Nowhere" }] },
    { name: "Europe", zones: [{ value: "Europe/Berlin", label: "Berlin" }] },
    { name: "Other", zones: [{ value: "UTC", label: "UTC" }] },
  ]);
});

test("looks are kept as two words, and the script before the first paint reads the same", () => {
  for (const theme of themes) for (const density of densities) expect(readLooks(writeLooks({ theme, density }))).toEqual({ theme, density });
  for (const other of [null, "", "neon", "<script>"]) expect(readLooks(other)).toEqual({ theme: "system", density: "comfortable" });
  const source = readFileSync(join(repository, "dashboard/src/theme-early.js"), "utf8");
  const early = (kept: string | null) => {
    const dataset: Record<string, string> = {};
    const meta = { content: "light dark" };
    const localStorage = { getItem: (key: string) => (key === looksKey ? kept : null) };
    runInNewContext(source, { localStorage, document: { documentElement: { dataset }, querySelector: () => meta } });
    return { ...dataset, scheme: meta.content };
  };
  expect(early(writeLooks({ theme: "dark", density: "compact" }))).toEqual({ theme: "dark", density: "compact", scheme: "dark" });
  expect(early(writeLooks({ theme: "light", density: "comfortable" }))).toEqual({ theme: "light", scheme: "light" });
  expect([early("system comfortable"), early(null), early("neon")]).toEqual(Array(3).fill({ scheme: "light dark" }));
});
