// An installation on HTTPS without a mail server: what needs mail says so, and everything else works. An origin and a
// Worker of their own stand beside the stack, over its database.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { secret } from "./canaries.ts";
import { call, newPerson, remembered, type Answer, type Options, type Problem, type Tokens } from "./client.ts";
import { freePort, repository } from "./stack-settings.ts";
import { data, database, postgresPort } from "./stack.ts";

const publicUrl = "https://tasks.example.com";
const run = promisify(execFile);
const folder = mkdtempSync(join(data, "no-mail-"));
let url: string;
let environment: NodeJS.ProcessEnv;

/** Runs a line with what starts and stops the parts of a stack (scripts/lib), told of another address and no mail. */
const withParts = (line: string): Promise<unknown> => {
  const script = `
    for name in common processes postgres stack; do source "scripts/lib/$name.sh"; done
    local_url=$mindflow_url mindflow_url=${publicUrl}
    origin_settings+=("PUBLIC_URL=$mindflow_url")
    is_healthy() { curl --fail --silent --max-time 3 "$local_url/health"; }
    ${line}`;
  return run("bash", ["-c", script], { cwd: repository, env: environment });
};

beforeAll(async () => {
  const [edgePort, originPort] = [await freePort(), await freePort()];
  url = `http://127.0.0.1:${edgePort}`;
  environment = {
    ...process.env,
    SMTP_URL: undefined,
    MINDFLOW_DATA: folder,
    MINDFLOW_PORT: String(edgePort),
    ORIGIN_PORT: String(originPort),
    POSTGRES_PORT: String(postgresPort),
    AUTH_REQUESTS_PER_MINUTE: "1000000",
  };
  // The stack's logs are looked at for secrets at the end of the run.
  for (const shared of ["logs", "secrets"]) symlinkSync(join(data, shared), join(folder, shared));
  await withParts("start_origin; start_edge");
}, 120_000);

afterAll(async () => {
  await withParts("stop_named edge; stop_named origin");
  rmSync(folder, { recursive: true });
});

const there = (method: string, path: string, options: Options = {}): Promise<Answer> => call(method, path, options, url);

function expectNotOffered(answer: Answer): void {
  expect(answer.status, answer.text).toBe(503);
  expect(answer.headers.get("Content-Type")).toBe("application/problem+json");
  expect(Number(answer.headers.get("Retry-After"))).toBeGreaterThan(0);
  expect((answer.json() as Problem).detail).toMatch(/sends no mail/);
}

test("what needs mail is 503 with Retry-After, whoever asks, and changes nothing", async () => {
  const person = newPerson();
  const registered = await there("POST", "/api/auth/register", { body: person });
  expect(registered.status, registered.text).toBe(201);
  for (const { email } of [person, newPerson()]) expectNotOffered(await there("POST", "/api/auth/forgot-password", { body: { email } }));

  const loggedIn = await there("POST", "/api/auth/login", { body: person });
  expect(loggedIn.status, loggedIn.text).toBe(200);
  const token = remembered(loggedIn.json() as Tokens).access_token;
  const { email } = newPerson();
  const change = { email, full_name: "Ada", current_password: person.password };
  expectNotOffered(await there("PATCH", "/api/auth/me", { token, body: change }));
  const me = await there("GET", "/api/auth/me", { token });
  expect(me.json()).toMatchObject({ email: person.email, email_confirmed: false, full_name: null });
  const { id } = registered.json() as { id: string };
  expect(await database(`SELECT count(*) FROM mails WHERE user_id = '${id}' OR email IN ('${person.email}', '${email}')`)).toBe("0");
});

test("everything else works, a change of the password too, and the cookie is for HTTPS alone", async () => {
  const person = newPerson();
  expect((await there("POST", "/api/auth/register", { body: person })).status).toBe(201);
  const login = await there("POST", "/api/auth/login", { body: person });
  const token = remembered(login.json() as Tokens).access_token;
  const password = secret(`other otters ${person.password}`);
  const changed = await there("PATCH", "/api/auth/me", { token, body: { password, current_password: person.password } });
  expect(changed.status, changed.text).toBe(200);
  remembered((changed.json() as { tokens: Tokens }).tokens);
  expect((await there("GET", "/api/auth/me", { token })).status).toBe(401);
  const cookie = await there("POST", "/api/auth/login", { body: { email: person.email, password, session: "cookie" } });
  expect(cookie.status, cookie.text).toBe(204);
  const field = cookie.headers.get("Set-Cookie") ?? "";
  secret(/=([^;]+)/.exec(field)?.[1] ?? "");
  expect(field).toMatch(/^__Host-mindflow=ey.*; Secure/);
  // A link is needed for these, and there is none.
  for (const [path, body] of [["reset-password", { token: "mfl_x", password }], ["confirm-email", { token: "mfl_x" }]] as const) {
    expect((await there("POST", `/api/auth/${path}`, { body })).status).toBe(422);
  }
  const health = await there("GET", "/health");
  expect(health.status, health.text).toBe(200);
});
