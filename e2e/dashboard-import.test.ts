// Import in a real Chromium: a file is tried first, told of line by line, brought in, and taken back.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, quickAdd, signUp } from "./browser.ts";
import { look } from "./dashboard-looks.ts";
import { edgeUrl } from "./stack.ts";

const todoist = [
  "TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,AUTHOR,RESPONSIBLE,DATE,DATE_LANG,TIMEZONE",
  "task,Weed the beds @outside,,1,1,Ada (1),,tomorrow,en,Europe/Berlin",
  "task,Only the roses,,4,2,Ada (1),,,en,Europe/Berlin",
  "task,Order seeds,,2,1,Ada (1),,at the next full moon,en,Europe/Berlin",
].join("\n");
const taskwarrior = JSON.stringify([{ description: "Fix the tap", entry: "20261120T080000Z", status: "pending", uuid: "635de3e5-d5af-4140-9068-9e9080f7fbea", tags: ["home"], unknown_thing: "x" }]);

let browser: Browser;
beforeAll(async () => (browser = await launch()));
afterAll(() => browser.close());

async function choose(page: Page, name: string, content: string | Buffer): Promise<void> {
  await page.getByLabel("Choose a file").setInputFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(content) });
}

async function openImport(page: Page): Promise<void> {
  await page.goto(`${edgeUrl}/settings/import`);
  await page.getByLabel("Choose a file").waitFor({ state: "attached" });
}

async function titles(page: Page): Promise<string[]> {
  await page.goto(`${edgeUrl}/all`);
  await page.getByRole("heading", { level: 1, name: "All" }).waitFor();
  await page.locator(".tasks .title, .empty").first().waitFor();
  return (await page.locator(".tasks .title").allTextContents()).sort();
}

test("a project of Todoist is tried, brought in and taken back from its toast", async () => {
  const { context, page, faults } = await signUp(browser);
  await openImport(page);
  await choose(page, "Garden [2203306141].csv", todoist);
  await page.getByRole("heading", { name: "3 new tasks" }).waitFor();
  await expect.poll(() => page.evaluate("document.activeElement?.textContent")).toBe("3 new tasks");
  expect(await page.getByLabel("Project for these tasks").inputValue()).toBe("Garden");
  // What could not be read is told, by its line.
  await page.getByRole("row", { name: /^4 .*full moon/ }).waitFor();
  const told = await page.getByRole("row").count();
  await page.getByRole("checkbox", { name: /^Show every line/ }).check();
  await expect.poll(() => page.getByRole("row").count()).toBeGreaterThan(told);
  expect(await titles(page)).toEqual([]);

  await openImport(page);
  await choose(page, "Garden.csv", todoist);
  await page.getByRole("button", { name: "Import 3 tasks" }).click();
  await page.getByRole("heading", { name: "Imported 3 tasks." }).waitFor();
  await page.getByRole("link", { name: "See all tasks" }).click();
  await page.getByText("Weed the beds").waitFor();
  expect(await titles(page)).toEqual(["Only the roses", "Order seeds", "Weed the beds"]);

  // The same once more changes nothing, and says so.
  await openImport(page);
  await choose(page, "Garden.csv", todoist);
  await page.getByRole("heading", { name: "Nothing would change" }).waitFor();
  expect(await page.getByRole("button", { name: "Import", exact: true }).isDisabled()).toBe(true);
  expect(faults).toEqual([]);
  await context.close();
});

test("an import is undone as one, by its toast or by its own button, whatever came after", async () => {
  const { context, page, faults } = await signUp(browser);
  await openImport(page);
  await choose(page, "Garden.csv", todoist);
  await page.getByRole("button", { name: "Import 3 tasks" }).click();
  await page.locator(".toast").getByRole("button", { name: "Undo" }).click();
  await page.getByText("Undone.").waitFor();
  expect(await titles(page)).toEqual([]);
  await openImport(page);
  await choose(page, "tap.json", taskwarrior);
  await page.getByText("Taskwarrior", { exact: true }).waitFor();
  await page.getByText("unknown_thing").waitFor();
  await page.getByRole("button", { name: "Import 1 task" }).click();
  await page.getByRole("heading", { name: "Imported 1 task." }).waitFor();
  await quickAdd(page, "Something else");
  await page.getByRole("button", { name: "Undo this import" }).click();
  await page.locator(".toast").getByText("The import is undone.").waitFor();
  expect(await titles(page)).toEqual(["Something else"]);
  expect(faults).toEqual([]);
  await context.close();
});

test("an export of MindFlow comes in at another account", async () => {
  const giver = await signUp(browser);
  await quickAdd(giver.page, "Water the plants every friday p2 5m");
  await giver.page.goto(`${edgeUrl}/settings/export`);
  const arriving = giver.page.waitForEvent("download");
  await giver.page.getByRole("button", { name: "Download export" }).click();
  const chunks: Buffer[] = [];
  for await (const chunk of await (await arriving).createReadStream()) chunks.push(chunk as Buffer);
  await giver.page.locator(".toast").getByText("in your downloads").waitFor();
  const { context, page, faults } = await signUp(browser);
  await openImport(page);
  await choose(page, "mindflow.json", Buffer.concat(chunks));
  await page.getByRole("button", { name: "Import 1 task" }).click();
  await page.getByRole("heading", { name: "Imported 1 task." }).waitFor();
  expect(await titles(page)).toEqual(["Water the plants"]);
  expect([...faults, ...giver.faults]).toEqual([]);
  await Promise.all([context.close(), giver.context.close()]);
});

test("a file that cannot come in says what to do, and nothing is sent", async () => {
  const { context, page, faults } = await signUp(browser);
  await openImport(page);
  const sent: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/api/import")) sent.push(request.url());
  });
  for (const [name, content, remedy] of [
    ["notes.docx", "PK\u0003\u0004", "MindFlow does not know this kind of file"],
    ["empty.csv", "", "Export again"],
    ["cut.json", '{"format":"mindflow","tasks":[', "breaks off or is damaged"],
    ["other.json", '{"lists":[]}', "from another program"],
    ["bank.csv", "date,amount\n1,2", "exported as a template"],
    ["huge.csv", Buffer.alloc(10 * 1024 * 1024 + 1, "x"), "larger than 10 MiB"],
  ] as const) {
    await choose(page, name, content);
    await page.getByRole("alert").getByText(remedy).waitFor();
    await page.getByText(name).waitFor();
  }
  expect(sent).toEqual([]);
  // What only the server can know is said by it.
  await choose(page, "wrong.json", '{"format":"mindflow","format_version":1,"tasks":[{"title":7}]}');
  await page.getByRole("alert").getByText(/tasks\[0\]/).waitFor();
  expect(sent).toHaveLength(1);
  expect(faults.filter((fault) => !fault.includes("422"))).toEqual([]);
  await context.close();
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const [name, width, height] of [["desktop", 1280, 900], ["mobile", 390, 844]] as const) {
    test(`the report fits ${name} in ${colorScheme}, without a barrier that axe knows`, async () => {
      const { context, page } = await signUp(browser, { colorScheme, viewport: { width, height }, reducedMotion: "reduce" });
      const see = (what: string) => look(page, `import-${what}-${name}-${colorScheme}`);
      await openImport(page);
      await choose(page, "bank.csv", "date,amount\n1,2");
      await page.getByRole("alert").waitFor();
      await see("refused");
      await choose(page, "Garden.csv", todoist);
      await page.getByRole("heading", { name: "3 new tasks" }).waitFor();
      await page.getByRole("checkbox", { name: /^Show every line/ }).check();
      await see("tried");
      await page.getByRole("button", { name: "Import 3 tasks" }).click();
      await page.getByRole("heading", { name: "Imported 3 tasks." }).waitFor();
      await see("done");
      await context.close();
    }, 120_000);
  }
}
