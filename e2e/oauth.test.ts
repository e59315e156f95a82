// The sign-in of each real client, as facts about them record it, through the Worker, by software that is not ours: the
// Action by Authlib and OAuthlib, ChatGPT's plugin by oauth4webapi, Claude and the inspector by the TypeScript SDK of MCP,
// Codex by its Python SDK.
import { auth } from "@modelcontextprotocol/client";
import * as oauth from "oauth4webapi";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { secret } from "./canaries.ts";
import { as, call, remembered, type Tokens } from "./client.ts";
import { callTool, send } from "./oauth/mcp-account.ts";
import { McpClient } from "./oauth/mcp-client.ts";
import { decide, newPerson, type Person } from "./oauth/person.ts";
import { runPython } from "./oauth/python.ts";
import { admin, edgeUrl } from "./stack.ts";
import { startWeb, type Web } from "./web.ts";

const mcp = `${edgeUrl}/mcp`;
let web: Web;
beforeAll(async () => {
  web = await startWeb();
});
afterAll(() => web.close());

interface App {
  id: string;
  client_name: string;
  scopes: string[];
}

async function apps(person: Person): Promise<App[]> {
  return (await as(person)("GET", "/api/apps")).json() as App[];
}

/** The statuses of a call to the MCP endpoint and to the API with a token. */
async function reach(token: string): Promise<[number, number]> {
  const [status, { result }] = await send(token, "tools/list");
  if (status === 200) expect(result?.tools?.map((tool) => tool.name)).toContain("capture_tasks");
  const elsewhere = await call("GET", "/api/tasks", { token });
  return [status, elsewhere.status];
}

/** What a sign-in is for: the app makes a task, and its user sees it, and through what it came. */
async function makeTask(token: string, person: Person, app: string): Promise<void> {
  const title = `A task of ${app}`;
  const made = await callTool(token, "capture_tasks", { tasks: [{ title }] });
  expect(made.structuredContent).toMatchObject({ results: [{ status: "captured", task: { title } }] });
  const tasks = (await as(person)("GET", "/api/tasks")).json() as { items: { title: string }[] };
  expect(tasks.items.map((task) => task.title)).toEqual([title]);
  const history = (await as(person)("GET", "/api/history")).json() as { items: { by: string }[] };
  expect(history.items.map((change) => change.by)).toEqual([`app ${app}`]);
}

/** A form sent to one of OAuth's endpoints. */
function post(path: string, form: Record<string, string>): Promise<Response> {
  return fetch(edgeUrl + path, { method: "POST", body: new URLSearchParams(form), redirect: "manual" });
}

describe("a Custom GPT's Action", () => {
  const gpt = "g-0123456789abcdef0123456789abcdef01234567";
  for (const program of ["action_authlib.py", "action_oauthlib.py"]) {
    for (const method of ["client_secret_post", "client_secret_basic"]) {
      for (const host of ["chat.openai.com", "chatgpt.com"]) {
        test(`signs in by ${program} with ${method} at ${host}, creates a task, refreshes, is revoked and refused`, async () => {
          const made = await admin("oauth-client", "add", "My tasks, a GPT", "--without-pkce");
          const [, id, key] = /client_id=(\S+)\nclient_secret=(\S+)/.exec(made) ?? [];
          const person = await newPerson();
          const settings = {
            url: edgeUrl,
            client_id: id ?? "",
            client_secret: secret(key ?? ""),
            method,
            redirect_uri: `https://${host}/aip/${gpt}/oauth/callback`,
          };
          const seen = await runPython(program, settings, async (address) => {
            const { searchParams } = new URL(address);
            expect([searchParams.get("code_challenge"), searchParams.get("resource")]).toEqual([null, null]);
            const back = await decide(person, address);
            expect(back.searchParams.get("state")).toBe(searchParams.get("state"));
            expect(back.searchParams.get("iss")).toBe(edgeUrl);
            return back;
          });
          expect(seen).toMatchObject({ token_type: "Bearer", created: 201, changed: true, listed: 200, revoked: 200, refused: 401 });
          const tasks = (await as(person)("GET", "/api/tasks")).json() as { items: { title: string }[] };
          expect(tasks.items.map((task) => task.title)).toEqual([seen["title"]]);
          expect(await apps(person)).toEqual([]);
          await admin("oauth-client", "remove", id ?? "");
        });
      }
    }
  }
});

describe("ChatGPT's plugin", () => {
  const id = "https://chatgpt.com/oauth/client.json";
  const redirect = "https://chatgpt.com/connector_platform_oauth_redirect";
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the stack of these tests speaks plain HTTP, on this machine alone
  const insecure = { [oauth.allowInsecureRequests]: true };

  test("finds out where to go, is known by its document, and gets a token that holds at the MCP endpoint alone", async () => {
    web.documents.set("chatgpt.com/oauth/client.json", {
      client_id: id,
      client_name: "ChatGPT",
      redirect_uris: [redirect],
      grant_types: ["authorization_code", "refresh_token"],
      token_endpoint_auth_method: "private_key_jwt",
      token_endpoint_auth_methods: ["none", "private_key_jwt"],
    });
    const person = await newPerson();
    const challenge = await fetch(mcp, { method: "POST", body: "{}", headers: { "Content-Type": "application/json" } });
    expect(challenge.status).toBe(401);
    expect(challenge.headers.get("www-authenticate")).toBe(
      `Bearer resource_metadata="${edgeUrl}/.well-known/oauth-protected-resource/mcp", scope="tasks:read tasks:write"`,
    );
    const resource = await oauth.processResourceDiscoveryResponse(
      new URL(mcp),
      await oauth.resourceDiscoveryRequest(new URL(mcp), insecure),
    );
    const issuer = new URL(resource.authorization_servers?.[0] ?? "");
    const discovered = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...insecure });
    const server = await oauth.processDiscoveryResponse(issuer, discovered);
    expect(server.code_challenge_methods_supported).toEqual(["S256"]);
    expect(server["client_id_metadata_document_supported"]).toBe(true);
    expect(server.scopes_supported).toContain("offline_access");

    const client: oauth.Client = { client_id: id };
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    const address = new URL(server.authorization_endpoint ?? "");
    address.search = new URLSearchParams({
      response_type: "code",
      client_id: id,
      redirect_uri: redirect,
      scope: "tasks:read tasks:write offline_access",
      state,
      resource: resource.resource,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
    }).toString();
    const back = await decide(person, address);
    expect(back.origin + back.pathname).toBe(redirect);
    const answer = oauth.validateAuthResponse(server, client, back, state);
    const more = { additionalParameters: { resource: resource.resource }, ...insecure };
    const exchanged = await oauth.authorizationCodeGrantRequest(server, client, oauth.None(), answer, redirect, verifier, more);
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, exchanged);
    remembered(tokens as unknown as Tokens);
    expect(await reach(tokens.access_token)).toEqual([200, 401]);
    await makeTask(tokens.access_token, person, "ChatGPT");
    expect((await apps(person)).map((app) => [app.client_name, app.scopes])).toEqual([["ChatGPT", ["tasks:read", "tasks:write"]]]);

    const refresh = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), tokens.refresh_token ?? "", more);
    const next = await oauth.processRefreshTokenResponse(server, client, refresh);
    remembered(next as unknown as Tokens);
    expect(await reach(next.access_token)).toEqual([200, 401]);
    const revoked = await oauth.revocationRequest(server, client, oauth.None(), next.refresh_token ?? "", insecure);
    await oauth.processRevocationResponse(revoked);
    expect(await reach(next.access_token)).toEqual([401, 401]);
    expect(await reach(tokens.access_token)).toEqual([401, 401]);
  });
});

describe("an MCP client in TypeScript", () => {
  /** From the first question to tokens, as the SDK does it. */
  async function signIn(client: McpClient, person: Person): Promise<void> {
    expect(await auth(client, { serverUrl: mcp })).toBe("REDIRECT");
    const back = await decide(person, client.sentTo ?? "");
    expect(back.origin + back.pathname).toBe(client.redirectUrl);
    const answer = { authorizationCode: back.searchParams.get("code") ?? "", iss: back.searchParams.get("iss") ?? "" };
    expect(await auth(client, { serverUrl: mcp, ...answer })).toBe("AUTHORIZED");
    remembered(client.kept as unknown as Tokens);
  }

  const claude = "https://claude.ai/oauth/mcp-client-metadata";
  for (const [name, redirect, metadata] of [
    ["Claude", "https://claude.ai/api/mcp/auth_callback", claude],
    ["MCP Inspector", "http://localhost:6274/oauth/callback", undefined],
  ] as const) {
    test(`signs in as ${name}, refreshes, and is ended by its user`, async () => {
      const document = { client_id: claude, client_name: "Claude", redirect_uris: [redirect], token_endpoint_auth_method: "none" };
      web.documents.set("claude.ai/oauth/mcp-client-metadata", document);
      const person = await newPerson();
      const client = new McpClient(name, redirect, metadata);
      await signIn(client, person);
      if (metadata !== undefined) expect(client.information?.client_id).toBe(metadata);
      const first = client.kept;
      expect(await reach(first?.access_token ?? "")).toEqual([200, 401]);
      // With a refresh token the SDK goes on by itself.
      expect(await auth(client, { serverUrl: mcp })).toBe("AUTHORIZED");
      remembered(client.kept as unknown as Tokens);
      expect(client.kept?.refresh_token).not.toBe(first?.refresh_token);
      const token = client.kept?.access_token ?? "";
      expect(await reach(token)).toEqual([200, 401]);
      await makeTask(token, person, name);
      const [app] = await apps(person);
      expect(app?.client_name).toBe(name);
      expect((await as(person)("DELETE", `/api/apps/${app?.id ?? ""}`)).status).toBe(204);
      expect(await reach(token)).toEqual([401, 401]);
      const form = { grant_type: "refresh_token", client_id: client.information?.client_id ?? "", refresh_token: client.kept?.refresh_token ?? "" };
      const refused = await post("/oauth/token", form);
      expect([refused.status, ((await refused.json()) as { error: string }).error]).toEqual([400, "invalid_grant"]);
    });
  }

  test("is told when its user says no", async () => {
    const person = await newPerson();
    const client = new McpClient("Inspector", "http://localhost:6274/oauth/callback");
    expect(await auth(client, { serverUrl: mcp })).toBe("REDIRECT");
    const back = await decide(person, client.sentTo ?? "", "deny");
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ error: "access_denied", state: "a-state", iss: edgeUrl });
    expect(await apps(person)).toEqual([]);
  });
});

describe("Codex", () => {
  test("registers itself, is answered at any port of its user's machine, refreshes, and is ended by a new password", async () => {
    const person = await newPerson();
    const ports: string[] = [];
    const seen = await runPython("codex_mcp.py", { url: edgeUrl }, async (address) => {
      expect(new URL(address).searchParams.get("resource")).toBe(mcp);
      const back = await decide(person, address);
      ports.push(back.port);
      return back;
    });
    expect(ports).toEqual(["49152", "50505"]);
    expect(seen).toMatchObject({ made: [200, "captured"], again: 200, refreshed: true });
    const [one, two] = (seen["tokens"] as Tokens[]).map(remembered);
    expect(await reach(one?.access_token ?? "")).toEqual([200, 401]);
    const tasks = (await as(person)("GET", "/api/tasks")).json() as { items: { title: string }[] };
    expect(tasks.items.map((task) => task.title)).toEqual(["A task of Codex"]);
    expect((await apps(person)).length).toBe(2);
    const body = { password: secret(`other otters ${crypto.randomUUID()}`), current_password: person.password };
    const changed = await as(person)("PATCH", "/api/auth/me", body);
    expect(changed.status).toBe(200);
    remembered((changed.json() as { tokens: Tokens }).tokens);
    for (const tokens of [one, two]) {
      expect(await reach(tokens?.access_token ?? "")).toEqual([401, 401]);
      const form = { grant_type: "refresh_token", client_id: seen["client_id"] as string, refresh_token: tokens?.refresh_token ?? "" };
      expect((await post("/oauth/token", form)).status).toBe(400);
    }
  });
});

describe("the edge", () => {
  test("passes a client's own authentication on to the token endpoint only, and the cookie to the page only", async () => {
    const basic = { Authorization: `Basic ${Buffer.from("nobody:x").toString("base64")}` };
    const refused = await fetch(`${edgeUrl}/oauth/token`, { method: "POST", headers: basic, body: new URLSearchParams({ grant_type: "refresh_token" }) });
    expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([401, 'Basic realm="MindFlow"']);
    expect(((await refused.json()) as { error: string }).error).toBe("invalid_client");
    const person = await newPerson();
    expect((await fetch(`${edgeUrl}/oauth/token`, { method: "POST", headers: { Cookie: person.cookie } })).status).toBe(400);
  });

  test("answers OAuth's endpoints in OAuth's own form, and says on every refusal how to be allowed in", async () => {
    const wrong = await fetch(`${edgeUrl}/oauth/token`, { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" });
    expect([wrong.status, ((await wrong.json()) as { error: string }).error]).toEqual([415, "invalid_request"]);
    const person = await newPerson();
    const api = await call("GET", "/api/tasks");
    expect(api.headers.get("www-authenticate")).toBe(
      `Bearer resource_metadata="${edgeUrl}/.well-known/oauth-protected-resource", scope="tasks:read tasks:write"`,
    );
    const key = await as(person)("POST", "/api/keys", { name: "reader", scopes: ["tasks:read"] });
    const token = secret((key.json() as { secret: string }).secret);
    const forbidden = await call("POST", "/api/tasks", { token, body: { title: "x" } });
    expect([forbidden.status, forbidden.headers.get("www-authenticate")]).toEqual([
      403,
      `Bearer error="insufficient_scope", scope="tasks:write", resource_metadata="${edgeUrl}/.well-known/oauth-protected-resource"`,
    ]);
    for (const method of ["GET", "DELETE"]) {
      const answer = await call(method, "/mcp", { token });
      expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST, OPTIONS"]);
    }
    expect(await reach(person.token)).toEqual([401, 200]);
    expect(await reach(token)).toEqual([401, 200]);
  });
});
