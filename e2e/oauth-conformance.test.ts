// The MCP conformance suite's scenarios for authorization servers, against the Worker.
import { spawn } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { decide, newPerson } from "./oauth/person.ts";
import { repository } from "./stack-settings.ts";
import { edgeUrl } from "./stack.ts";

/** A port for the suite's own callback server. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

async function register(port: number): Promise<string> {
  const body = { client_name: "Conformance", redirect_uris: [`http://127.0.0.1:${port}/callback`], token_endpoint_auth_method: "none" };
  const answer = await fetch(`${edgeUrl}/oauth/register`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  return ((await answer.json()) as { client_id: string }).client_id;
}

for (const version of ["2026-07-28", "2025-11-25"]) {
  // The second scenario goes by what the first has found, so they run together.
  test(`the metadata endpoint and the code grant of ${version} pass`, async () => {
    const person = await newPerson();
    const port = await freePort();
    const program = join(repository, "node_modules/@modelcontextprotocol/conformance/dist/index.js");
    const options = ["--url", edgeUrl, "--spec-version", version, "--client-id", await register(port), "--resource", `${edgeUrl}/mcp`];
    const child = spawn(process.execPath, [program, "authorization", ...options, "--port", String(port)], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    let visit: Promise<Response> | undefined;
    const take = (text: Buffer) => {
      output += text.toString();
      // Where the suite wants its user to go, the user goes.
      const [, address] = /(http:\S+\/oauth\/authorize\?\S+)\n/.exec(output) ?? [];
      if (address !== undefined) visit ??= decide(person, address).then((back) => fetch(back));
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    const status = await new Promise((done) => child.on("close", done));
    expect((await visit)?.status, output).toBe(200);
    expect(status, output).toBe(0);
    for (const scenario of ["authorization-server-metadata-endpoint", "authorization-code-grant"]) expect(output).toContain(scenario);
    expect(output).not.toMatch(/FAILURE|SKIPPED|[1-9]\d* failed/);
  });
}
