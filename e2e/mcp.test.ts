// The official clients of MCP, of both eras, work with a user's tasks through the Worker once they are signed in: they
// find, capture, complete and undo. And what the edge itself says at /mcp.
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Client as OldClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as OldTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { describe, expect, test } from "vitest";
import { as, call, type Task } from "./client.ts";
import { callTool, mcpUrl, newAssistant, send, type Assistant, type ToolResult } from "./oauth/mcp-account.ts";
import { decide, newPerson, type Person } from "./oauth/person.ts";
import { runPython } from "./oauth/python.ts";
import { edgeUrl } from "./stack.ts";

type Call = (name: string, args: Record<string, unknown>) => Promise<ToolResult>;

interface Changed {
  change_id: string;
  tasks: Task[];
}

async function titles(person: Person, query = ""): Promise<[string, string][]> {
  const page = (await as(person)("GET", `/api/tasks${query}`)).json() as { items: Task[] };
  return page.items.map((task): [string, string] => [task.title, task.status]).sort();
}

/** Finds nothing, captures two tasks, finds one of them, completes it, and undoes that. */
async function work(tool: Call, person: Person): Promise<void> {
  const structured = async (name: string, args: Record<string, unknown>) => {
    const result = await tool(name, args);
    expect(result.isError ?? false, result.content[0]?.text).toBe(false);
    expect(result.content[0]?.text.length).toBeGreaterThan(5);
    return result.structuredContent as unknown;
  };
  expect(await structured("find_tasks", { query: "milk" })).toMatchObject({ tasks: [] });
  const captured = await structured("capture_tasks", { tasks: [{ title: "Buy milk" }, { title: "Pay rent", due_date: "2031-01-31" }] });
  expect(captured).toMatchObject({ results: [{ status: "captured" }, { status: "captured" }] });
  expect(await titles(person)).toEqual([["Buy milk", "pending"], ["Pay rent", "pending"]]);
  const found = (await structured("find_tasks", { query: "milk" })) as { tasks: Task[] };
  expect(found.tasks.map((task) => task.title)).toEqual(["Buy milk"]);
  const done = (await structured("complete_task", { id: found.tasks[0]?.id })) as Changed;
  expect(await titles(person, "?status=completed")).toEqual([["Buy milk", "completed"]]);
  const undone = (await structured("undo_change", { change_id: done.change_id })) as Changed;
  expect(undone.tasks.map((task) => task.status)).toEqual(["pending"]);
  expect(await titles(person, "?status=completed")).toEqual([]);
}

describe("the official clients", () => {
  const clients: Record<string, (assistant: Assistant) => Promise<{ tool: Call; version: string | undefined; close: () => Promise<void> }>> = {
    "JavaScript, before 2026-07-28": async ({ token }) => {
      const transport = new OldTransport(new URL(mcpUrl), { requestInit: { headers: { Authorization: `Bearer ${token}` } } });
      const client = new OldClient({ name: "old", version: "1" });
      await client.connect(transport);
      expect((await client.listTools()).tools.length).toBe(12);
      return {
        tool: async (name, args) => (await client.callTool({ name, arguments: args })) as ToolResult,
        version: transport.protocolVersion,
        close: () => client.close(),
      };
    },
    "JavaScript, 2026-07-28": async ({ client: authProvider }) => {
      const transport = new StreamableHTTPClientTransport(new URL(mcpUrl), { authProvider });
      const client = new Client({ name: "new", version: "1" }, { versionNegotiation: { mode: "auto" } });
      await client.connect(transport);
      expect((await client.listTools()).tools.length).toBe(12);
      return {
        tool: async (name, args) => (await client.callTool({ name, arguments: args })) as ToolResult,
        version: client.getNegotiatedProtocolVersion(),
        close: () => client.close(),
      };
    },
  };

  for (const [name, connect] of Object.entries(clients)) {
    test(`${name}: finds, captures, completes and undoes`, async () => {
      const assistant = await newAssistant(name);
      const { tool, version, close } = await connect(assistant);
      await work(tool, assistant.person);
      expect(version).toBe(name.includes("before") ? "2025-11-25" : "2026-07-28");
      await close();
    });
  }

  for (const mode of ["legacy", "auto"]) {
    test(`Python, ${mode}: signs in, finds, captures, completes and undoes`, async () => {
      const person = await newPerson();
      const seen = await runPython("tasks_mcp.py", { url: edgeUrl, mode }, (address) => decide(person, address));
      expect(seen).toEqual({
        version: mode === "legacy" ? "2025-11-25" : "2026-07-28",
        tools: 12,
        captured: ["captured", "captured"],
        found: ["Buy milk"],
        done: ["completed"],
        undone: ["pending"],
      });
      expect(await titles(person)).toEqual([["Buy milk", "pending"], ["Pay rent", "pending"]]);
    });
  }
});

describe("the Worker", () => {
  test("keeps what a reader has when a tool only reads, and not when one writes", async () => {
    const { person, token } = await newAssistant();
    const cached = async () => (await as(person)("GET", "/api/tasks")).headers.get("cache-status");
    await callTool(token, "capture_tasks", { tasks: [{ title: "x" }] });
    await cached();
    expect(await cached()).toContain("hit");
    for (const name of ["what_next", "plan_day", "find_tasks", "get_overview", "preferences"]) await callTool(token, name, {});
    expect(await cached()).toContain("hit");
    await callTool(token, "capture_tasks", { tasks: [{ title: "y" }] });
    expect(await cached()).toContain("fwd=miss");
    expect((await titles(person)).length).toBe(2);
  });

  test("makes a change once whose call comes again", async () => {
    const { person, token } = await newAssistant();
    const milk = { tasks: [{ title: "Buy milk" }] };
    const once = await callTool(token, "capture_tasks", milk);
    const again = await callTool(token, "capture_tasks", milk);
    expect([once, again].map(({ structuredContent }) => structuredContent?.["repeated"])).toEqual([false, true]);
    expect(again.structuredContent?.["change_id"]).toBe(once.structuredContent?.["change_id"]);
    expect(await titles(person)).toEqual([["Buy milk", "pending"]]);
  });

  test("counts a message against its user's limit, and refuses another page and another method", async () => {
    const { token } = await newAssistant();
    const body = { jsonrpc: "2.0", id: 1, method: "tools/list" };
    const accept = { Accept: "application/json, text/event-stream" };
    const allowed = await call("POST", "/mcp", { token, body, headers: { ...accept, Origin: edgeUrl } });
    expect([allowed.status, allowed.headers.has("ratelimit")]).toEqual([200, true]);
    const foreign = await call("POST", "/mcp", { token, body, headers: { ...accept, Origin: "https://evil.example" } });
    expect(foreign.status).toBe(403);
    for (const method of ["GET", "DELETE"]) expect((await call(method, "/mcp", { token })).status).toBe(405);
  });

  test("says 401 to a token that is none", async () => {
    const [status] = await send("nothing", "tools/list");
    expect(status).toBe(401);
  });
});
