// A person with an assistant that they have allowed to work with their tasks: the sign-in of a client of MCP, for tests
// that are about what comes after it.
import { auth } from "@modelcontextprotocol/client";
import { remembered, type Tokens } from "../client.ts";
import { edgeUrl } from "../stack.ts";
import { McpClient } from "./mcp-client.ts";
import { decide, newPerson, type Person } from "./person.ts";

export const mcpUrl = `${edgeUrl}/mcp`;

export interface Assistant {
  person: Person;
  client: McpClient;
  /** Its access token, which holds at the MCP endpoint alone. */
  token: string;
}

/** Signs somebody new in to a client that registers itself. */
export async function newAssistant(name = "An assistant"): Promise<Assistant> {
  const person = await newPerson();
  const client = new McpClient(name, "http://127.0.0.1:49152/callback");
  await auth(client, { serverUrl: mcpUrl });
  const back = await decide(person, client.sentTo ?? "");
  const answer = { authorizationCode: back.searchParams.get("code") ?? "", iss: back.searchParams.get("iss") ?? "" };
  await auth(client, { serverUrl: mcpUrl, ...answer });
  remembered(client.kept as unknown as Tokens);
  return { person, client, token: client.kept?.access_token ?? "" };
}

export interface ToolResult {
  content: { type: string; text: string }[];
  structuredContent?: Record<string, unknown>;
  isError?: boolean;
}

interface Message {
  result?: ToolResult & { tools?: { name: string }[] };
  error?: { code: number; message: string };
}

/** Sends one message as a client of the time before 2026-07-28 would, and gives the status and the answer. */
export async function send(token: string, method: string, params: unknown = {}): Promise<[number, Message]> {
  const answer = await fetch(mcpUrl, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${token}`,
      "Content-Type": "application/json",
      Accept: "application/json, text/event-stream",
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const text = await answer.text();
  return [answer.status, text.startsWith("{") ? (JSON.parse(text) as Message) : {}];
}

/** Calls a tool, and gives its result. */
export async function callTool(token: string, name: string, args: Record<string, unknown>): Promise<ToolResult> {
  const [status, message] = await send(token, "tools/call", { name, arguments: args });
  if (message.result === undefined) throw new Error(`${name}: ${status} ${JSON.stringify(message)}`);
  return message.result;
}
