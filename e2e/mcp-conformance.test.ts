// The MCP conformance suite's scenarios for servers, against the Worker: those that need no tools, prompts or resources
// of the suite's own; and the inspector's look at every schema.
import { spawn } from "node:child_process";
import { createServer, request as send, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newAssistant, type Assistant } from "./oauth/mcp-account.ts";
import { repository } from "./stack-settings.ts";
import { edgeUrl } from "./stack.ts";

const modules = join(repository, "node_modules/@modelcontextprotocol");
let assistant: Assistant;
let url: string;

/** The suite signs nobody in: this stands between, and adds the credential. Its own name becomes the Worker's, as behind
 * any proxy; every other name is passed on as it is. */
const between = createServer((inbound: IncomingMessage, answer: ServerResponse) => {
  const own = new URL(url).host;
  const renamed = (value = "") => value.replace(own, new URL(edgeUrl).host);
  const { host, origin, ...others } = inbound.headers;
  const headers = { ...others, host: renamed(host), authorization: `Bearer ${assistant.token}`, ...(origin && { origin: renamed(origin) }) };
  const outbound = send(edgeUrl + (inbound.url ?? ""), { method: inbound.method ?? "GET", headers }, (response) => {
    answer.writeHead(response.statusCode ?? 500, response.headers);
    response.pipe(answer);
  });
  outbound.on("error", () => answer.destroy());
  inbound.pipe(outbound);
});

beforeAll(async () => {
  assistant = await newAssistant("Conformance");
  await new Promise<void>((done) => between.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${(between.address() as AddressInfo).port}/mcp`;
});
afterAll(() => between.close());

async function run(program: string, args: string[]): Promise<[number | null, string]> {
  const child = spawn(process.execPath, [join(modules, program), ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (data: Buffer) => (output += data.toString()));
  child.stderr.on("data", (data: Buffer) => (output += data.toString()));
  const status = await new Promise<number | null>((done) => child.on("close", done));
  return [status, output];
}

const scenarios: Record<string, string[]> = {
  "2025-06-18": ["server-initialize", "ping", "tools-list", "resources-list", "prompts-list"],
  "2025-11-25": ["server-initialize", "ping", "tools-list", "resources-list", "prompts-list", "dns-rebinding-protection"],
  "2026-07-28": [
    "server-stateless",
    "tools-list",
    "resources-list",
    "prompts-list",
    "sep-2164-resource-not-found",
    "dns-rebinding-protection",
    "caching",
    "http-header-validation",
  ],
};

interface Check {
  id: string;
  status: string;
  errorMessage?: string;
}

/** What the suite can only look at in tools of its own, each of which must say so, and what this server does not offer. */
const notLookedAt = [
  "FAILURE sep-2575-server-rejects-undeclared-capability",
  "FAILURE sep-2575-missing-capability-http-400",
  "FAILURE sep-2575-http-server-no-independent-requests-on-stream",
  "FAILURE sep-2575-server-no-log-without-loglevel",
  "SKIPPED sep-2575-server-sends-subscription-ack",
  "SKIPPED sep-2575-server-tags-subscription-id",
  "SKIPPED sep-2575-server-honors-notification-filter",
  "SKIPPED sep-2575-server-sends-prompts-list-changed-on-subscription",
  "SKIPPED sep-2575-server-sends-tools-list-changed-on-subscription",
];

for (const [version, names] of Object.entries(scenarios)) {
  describe(version, () => {
    for (const name of names) {
      test(`${name} passes`, async () => {
        const options = ["--url", url, "--scenario", name, "--spec-version", version, "--verbose"];
        const [status, output] = await run("conformance/dist/index.js", ["server", ...options]);
        const [, json] = /^(\[\n[^]*?\n\])$/m.exec(output) ?? [];
        const checks = JSON.parse(json ?? "[]") as Check[];
        const passed = checks.filter((check) => check.status === "SUCCESS");
        expect(passed.length, output).toBeGreaterThan(0);
        const others = checks.filter((check) => !["SUCCESS", "INFO"].includes(check.status));
        expect(others.map((check) => `${check.status} ${check.id}`)).toEqual(name === "server-stateless" ? notLookedAt : []);
        for (const { errorMessage } of others) expect(errorMessage ?? "").toMatch(/^$|^Not testable: .*'test_\w+'/);
        if (others.length === 0) expect(status, output).toBe(0);
      });
    }
  });
}

test("the inspector finds no fault in a schema", async () => {
  const [status, output] = await run("inspector/clients/launcher/build/index.js", [
    "--cli", url, "--transport", "http", "--method", "tools/list", "--strict",
  ]);
  expect(status, output).toBe(0);
  expect(output).toContain("what_next");
});
