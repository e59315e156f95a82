// The conversation of docs/conversation.md, through the Worker: the same turns, on the day that it is.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { as, type Task } from "./client.ts";
import { callTool, newAssistant } from "./oauth/mcp-account.ts";

interface Turn {
  user: string;
  tool: string;
  arguments: Record<string, unknown>;
  keep?: Record<string, string>;
}

const turns = JSON.parse(readFileSync(join(import.meta.dirname, "conversation.json"), "utf8")) as Turn[];

function day(ahead: number): string {
  const date = new Date();
  date.setUTCDate(date.getUTCDate() + ahead);
  return date.toISOString().slice(0, 10);
}

/** `$report` is what was kept under that name, `$day+1T08:00` eight o'clock tomorrow. */
function putIn(value: unknown, kept: Map<string, string>): unknown {
  if (typeof value === "string" && value.startsWith("$")) {
    const [, ahead, time] = /^\$day(?:\+(\d+))?(T.*)?$/.exec(value) ?? [];
    return value.startsWith("$day") ? day(Number(ahead ?? 0)) + (time ?? "") : kept.get(value.slice(1));
  }
  if (Array.isArray(value)) return value.map((item) => putIn(item, kept));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, putIn(field, kept)]));
}

/** What a JSON pointer without escapes leads to. */
function at(value: unknown, pointer: string): unknown {
  return pointer
    .split("/")
    .slice(1)
    .reduce((found, name) => (found as Record<string, unknown>)[name], value);
}

test("twenty turns leave the tasks as their user has said", async () => {
  const { person, token } = await newAssistant("Conversation");
  const kept = new Map<string, string>();
  expect(turns.length).toBe(20);
  for (const turn of turns) {
    const result = await callTool(token, turn.tool, putIn(turn.arguments, kept) as Record<string, unknown>);
    expect(result.isError, `${turn.user} ${result.content[0]?.text ?? ""}`).toBe(false);
    for (const [name, pointer] of Object.entries(turn.keep ?? {})) kept.set(name, String(at(result.structuredContent, pointer)));
  }
  const page = (await as(person)("GET", "/api/tasks?sort=created_at&limit=100")).json() as { items: Task[] };
  const state = page.items.map((task) => [task.title, task.status]).sort();
  expect(state).toEqual([
    ["Call the dentist", "in_progress"],
    ["Present for Mia", "pending"],
    ["Quarterly report", "pending"],
    ["Read the article on composting", "pending"],
    ["Tax return", "snoozed"],
    ["Water the plants", "completed"],
    ["Water the plants", "pending"],
  ]);
});
