// The widget in a real Chromium, under the reference host of MCP Apps: it is read from the server as a host reads it, its
// buttons call the tools through the Worker, and each press changes the task in PostgreSQL. And how it looks.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { build } from "esbuild";
import { chromium, type Browser, type FrameLocator, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { as, type Task } from "./client.ts";
import { mcpUrl, newAssistant, callTool, type Assistant } from "./oauth/mcp-account.ts";
import { data, database } from "./stack.ts";

const pictures = process.env["MINDFLOW_PICTURES"] ?? join(data, "pictures");
let browser: Browser;
let hostScript: string;

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  const entry = fileURLToPath(new URL("../widget/test/host.ts", import.meta.url));
  const built = await build({ entryPoints: [entry], bundle: true, format: "esm", write: false });
  hostScript = built.outputFiles[0]?.text ?? "";
  browser = await chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
});

afterAll(async () => {
  await browser.close();
});

interface Shown {
  assistant: Assistant;
  page: Page;
  widget: FrameLocator;
  /** What a page's own policy has blocked, and errors. */
  wrong: string[];
}

/** Reads the widget as a host does. */
async function widgetOf(token: string): Promise<string> {
  const answer = await fetch(mcpUrl, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json", Accept: "application/json, text/event-stream" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "resources/read", params: { uri: "ui://mindflow/next" } }),
  });
  const message = (await answer.json()) as { result: { contents: { mimeType: string; text: string }[] } };
  const [content] = message.result.contents;
  expect(content?.mimeType).toBe("text/html;profile=mcp-app");
  return content?.text ?? "";
}

/** Opens the widget for somebody new who has `titles`, the first of them the most urgent. */
async function show(titles: string[], theme: "light" | "dark" = "light", width = 720): Promise<Shown> {
  const assistant = await newAssistant("A host");
  const api = as(assistant.person);
  for (const [at, title] of titles.entries()) {
    const body = { title, priority: Math.max(1, 5 - at), effort_estimate_minutes: 25, project: "Home", tags: ["finance"] };
    expect((await api("POST", "/api/tasks", body)).status).toBe(201);
  }
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  const wrong: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") wrong.push(message.text());
  });
  page.on("pageerror", (error) => wrong.push(error.message));
  const background = theme === "dark" ? "#111" : "#eee";
  await page.setContent(`<style>body{margin:0;background:${background}}iframe{border:0;width:100%}</style><body></body>`);
  await page.exposeFunction("callTool", (name: string, args: Record<string, unknown>) => callTool(assistant.token, name, args));
  await page.addScriptTag({ type: "module", content: hostScript });
  const html = await widgetOf(assistant.token);
  await page.evaluate(`host.open(${JSON.stringify(html)}, "${theme}", {})`);
  const widget = page.frameLocator("iframe");
  await widget.getByRole("heading", { level: 1 }).waitFor();
  return { assistant, page, widget, wrong };
}

const stored = (person: Assistant["person"], title: string) =>
  database(`select status || ' ' || (snoozed_until is not null) || ' ' || (not_now_at is not null)
    from tasks where user_id = '${person.id}' and title = '${title}' and deleted_at is null`);

const heading = (widget: FrameLocator) => widget.getByRole("heading", { level: 1 });

const steps: [button: string, said: string, after: string, next: string][] = [
  ["Start", "Started: First", "in_progress false false", "First"],
  ["Done", "Done: First", "completed false false", "Second"],
  ["Snooze 3 h", "Snoozed for 3 hours: First", "pending true false", "Second"],
  ["Not now", "Put off: First", "pending false true", "Second"],
];

test.each(steps)("%s changes the task in the database, shows what is next, and can be undone", async (button, said, after, next) => {
  const { assistant, page, widget, wrong } = await show(["First", "Second", "Third"]);
  expect(await heading(widget).textContent()).toBe("First");
  expect(await stored(assistant.person, "First")).toBe("pending false false");
  await widget.getByRole("button", { name: button }).click();
  await widget.getByText(said).waitFor();
  await expect.poll(() => heading(widget).textContent()).toBe(next);
  expect(await stored(assistant.person, "First")).toBe(after);
  expect(await page.evaluate("host.told.length")).toBe(1);
  await widget.getByRole("button", { name: "Undo" }).click();
  await widget.getByText("Undone").waitFor();
  await expect.poll(() => heading(widget).textContent()).toBe("First");
  expect(await stored(assistant.person, "First")).toBe("pending false false");
  expect(wrong).toEqual([]);
  await page.close();
});

test("it is worked by keyboard alone, and says a refusal in words", async () => {
  const { assistant, page, widget, wrong } = await show(["Parent"]);
  const parent = (await callTool(assistant.token, "what_next", {})).structuredContent as unknown as { task: Task };
  const child = { title: "Child", parent_id: parent.task.id };
  expect((await as(assistant.person)("POST", "/api/tasks", child)).status).toBe(201);
  await widget.getByRole("button", { name: "Start" }).focus();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await widget.locator(".failed").getByText(/subtask/).waitFor();
  expect(await stored(assistant.person, "Parent")).toBe("pending false false");
  expect(wrong).toEqual([]);
  await page.close();
});

test("it says why there is nothing to do", async () => {
  const { page, widget, wrong } = await show([]);
  expect(await heading(widget).textContent()).toBe("Nothing to do now");
  expect(await widget.getByRole("button").count()).toBe(0);
  expect(wrong).toEqual([]);
  await page.close();
});

const scheme = "getComputedStyle(document.documentElement).colorScheme";

const looks: ["light" | "dark", number][] = [["light", 320], ["dark", 320], ["light", 720], ["dark", 720]];

test.each(looks)("%s at %i pixels: the host's theme, and nothing wider than the frame", async (theme, width) => {
  const titles = ["Pay the electricity bill before the discount ends", "Call the dentist", "Write the quarterly report"];
  const { page, widget, wrong } = await show(titles, theme, width);
  const frame = page.frames()[1];
  expect(await frame?.evaluate("document.documentElement.scrollWidth")).toBe(width);
  expect(await frame?.evaluate(scheme)).toBe(theme);
  await widget.getByText("Then").waitFor();
  await page.screenshot({ path: join(pictures, `widget-${theme}-${width}.png`), fullPage: true });
  const other = theme === "light" ? "dark" : "light";
  await page.evaluate(`host.setTheme("${other}")`);
  await expect.poll(() => frame?.evaluate(scheme)).toBe(other);
  expect(wrong).toEqual([]);
  await page.close();
});
