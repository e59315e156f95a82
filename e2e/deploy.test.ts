// What an operator runs before anything is in production: the makers of secrets and roles, and the checks of
// scripts/deploy-edge. Nothing is uploaded; a dry run ends where the upload would begin.
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { repository } from "./stack-settings.ts";
import { data, postgresPort } from "./stack.ts";

let folder: string;
let signingKeys: string;
let callbackKeys: string;

beforeAll(() => {
  folder = mkdtempSync(join(data, "deploy-"));
  const secrets = join(folder, "secrets");
  execFileSync(join(repository, "scripts/make-secrets"), ["--dir", secrets]);
  signingKeys = join(secrets, "signing_keys");
  callbackKeys = join(secrets, "callback_keys");
});

test("secrets are made once, for their owner alone, and differ between two installations", () => {
  const secrets = join(folder, "secrets");
  const names = readdirSync(secrets);
  expect(names).toEqual(["callback_keys", "database_app_password", "database_backup_password", "database_owner_password", "postgres_password", "signing_keys", "token_keys"]);
  const before = names.map((name) => readFileSync(join(secrets, name), "utf8"));
  expect(names.map((name) => statSync(join(secrets, name)).mode & 0o777)).toEqual(names.map(() => 0o400));
  const again = execFileSync(join(repository, "scripts/make-secrets"), ["--dir", secrets], { encoding: "utf8" });
  expect(again).not.toContain("made");
  expect(names.map((name) => readFileSync(join(secrets, name), "utf8"))).toEqual(before);
  const other = join(folder, "other");
  execFileSync(join(repository, "scripts/make-secrets"), ["--dir", other]);
  for (const [index, name] of names.entries()) expect(readFileSync(join(other, name), "utf8")).not.toBe(before[index]);
});

const publicKeys = (more: object = {}) =>
  JSON.stringify({ keys: [{ kty: "OKP", crv: "Ed25519", kid: "token-1", x: Buffer.alloc(32, 7).toString("base64url"), ...more }] });

function deployEdge(settings: Record<string, string>, keys: string, ...options: string[]): { status: number | null; output: string } {
  const file = join(folder, "settings");
  const all = {
    PUBLIC_URL: "https://tasks.example.com",
    ORIGIN_URL: "https://origin.example.com",
    ORIGIN_AUTHORITY: "origin.example.com",
    TOKEN_PUBLIC_KEYS: publicKeys(),
    GATE_LOCATION_HINT: "weur",
    USER_REQUESTS_PER_MINUTE: "120",
    ...settings,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(file, lines.join(""));
  const { status, stdout, stderr } = spawnSync(
    join(repository, "scripts/deploy-edge"),
    ["--callback-keys", callbackKeys, ...options, "--settings", file, "--signing-keys", keys],
    { encoding: "utf8", env: { ...process.env, CLOUDFLARE_API_TOKEN: "", CLOUDFLARE_API_TOKEN_FILE: "" } },
  );
  return { status, output: stdout + stderr };
}

const production = ["--env", "production"];

/** Refused by a line that names what is wrong. */
function expectRefusal(answer: { status: number | null; output: string }, because: string): void {
  expect(answer.output).toContain(because);
  expect(answer.status).toBe(1);
}

test("the Worker passes every check and is built, and no secret is shown", () => {
  const settings = { CORS_ORIGINS: "https://app.example.com, https://b.example.com:8443" };
  const { status, output } = deployEdge(settings, signingKeys, ...production, "--dry-run");
  expect(status, output).toBe(0);
  expect(output).toContain("env.SIGNING_KEYS");
  expect(output).toContain("env.CALLBACK_KEYS");
  expect(output).toContain("env.USER_GATE (UserGate)");
  for (const file of [signingKeys, callbackKeys]) expect(output).not.toContain(readFileSync(file, "utf8").trim().split("=")[1]);
});

test("a bare call, another environment and a missing token deploy nothing", () => {
  for (const options of [[], ["--env", "staging"], ["--dry-run"]]) {
    expectRefusal(deployEdge({}, signingKeys, ...options), "--env production");
  }
  expectRefusal(deployEdge({}, signingKeys, ...production), "CLOUDFLARE_API_TOKEN");
});

test.each([
  ["PUBLIC_URL", "http://tasks.example.com"],
  ["PUBLIC_URL", "https://tasks.example.com/api"],
  ["ORIGIN_URL", "http://origin.example.com"],
  ["ORIGIN_URL", ""],
  ["ORIGIN_AUTHORITY", "https://origin.example.com"],
  ["TOKEN_PUBLIC_KEYS", ""],
  ["TOKEN_PUBLIC_KEYS", publicKeys({ d: Buffer.alloc(32, 9).toString("base64url") })],
  ["TOKEN_PUBLIC_KEYS", publicKeys({ x: "AA" })],
  ["TOKEN_PUBLIC_KEYS", publicKeys({ crv: "X25519" })],
  ["USER_REQUESTS_PER_MINUTE", "0"],
  ["GATE_LOCATION_HINT", ""],
  ["GATE_LOCATION_HINT", "fra1"],
  ["CORS_ORIGINS", "*"],
  ["CORS_ORIGINS", "https://app.example.com/"],
  ["CORS_ORIGINS", "https://app.example.com https://b.example.com"],
])("%s=%s stops a deployment by its name", (name, value) => {
  expectRefusal(deployEdge({ [name]: value }, signingKeys, ...production, "--dry-run"), name);
});

test.each([
  ["empty", () => ""],
  ["not a key", () => "change-me\n"],
  ["short", () => `a=${Buffer.from("short").toString("base64")}\n`],
  ["a placeholder", () => `a=${Buffer.alloc(32, 65).toString("base64")}\n`],
  ["repeated", (made: string) => made + made],
  ["one key under two names", (made: string) => `${made}other=${made.slice(made.indexOf("=") + 1)}`],
])("a file of signing keys that is %s stops a deployment", (_, content) => {
  const file = join(folder, "keys");
  writeFileSync(file, content(readFileSync(signingKeys, "utf8")), { mode: 0o600 });
  expectRefusal(deployEdge({}, file, ...production, "--dry-run"), "signing keys");
});

test("callback keys that are missing, weak, or the signing keys once more stop a deployment", () => {
  const weak = join(folder, "weak");
  writeFileSync(weak, `a=${Buffer.from("short").toString("base64")}\n`, { mode: 0o600 });
  for (const [file, because] of [
    [join(folder, "nowhere"), "--callback-keys"],
    [weak, "callback keys"],
    [signingKeys, "a secret of the signing keys"],
  ] as const) {
    expectRefusal(deployEdge({}, signingKeys, ...production, "--dry-run", "--callback-keys", file), because);
  }
});

test("a file of signing keys that others may read stops a deployment", () => {
  const file = join(folder, "readable");
  writeFileSync(file, readFileSync(signingKeys));
  chmodSync(file, 0o644);
  expectRefusal(deployEdge({}, file, ...production, "--dry-run"), "chmod 0600");
});

const shell = (script: string, secrets: string) =>
  spawnSync("bash", ["-c", `source scripts/lib/common.sh && source scripts/lib/postgres.sh && PATH=$(pg_programs):$PATH && ${script}`], {
    cwd: repository,
    encoding: "utf8",
    env: {
      ...process.env,
      PGHOST: "127.0.0.1",
      PGPORT: String(postgresPort),
      POSTGRES_PASSWORD_FILE: join(data, "secrets/postgres_password"),
      DATABASE_OWNER_PASSWORD_FILE: join(secrets, "database_owner_password"),
      DATABASE_APP_PASSWORD_FILE: join(secrets, "database_app_password"),
    },
  });

const asTheApplication = (statement: string) =>
  shell(
    `PGPASSWORD=$(<"$DATABASE_APP_PASSWORD_FILE") psql -U mindflow_app -d mindflow -v ON_ERROR_STOP=1 -Atc ${JSON.stringify(statement)}`,
    join(data, "secrets"),
  );

test("the application's role reads and writes rows, changes no schema, and is bound in time", () => {
  for (const statement of ["CREATE TABLE mine ()", "DROP TABLE users", "TRUNCATE users", "DELETE FROM refinery_schema_history", "CREATE ROLE more"]) {
    const refused = asTheApplication(statement);
    expect(refused.status, statement).not.toBe(0);
    expect(refused.stderr).toMatch(/permission denied|must be owner/);
  }
  expect(asTheApplication("SELECT count(*) >= 0 FROM users").stdout.trim()).toBe("t");
  expect(asTheApplication("SHOW transaction_timeout").stdout.trim()).toBe("10s");
  expect(asTheApplication("SHOW statement_timeout").stdout.trim()).toBe("5s");
});

test("roles.sh runs again over a database in use, and refuses a password that a person made up", () => {
  const again = shell("deploy/postgres/roles.sh", join(data, "secrets"));
  expect(again.status, again.stderr).toBe(0);
  expect(asTheApplication("SELECT 1").status).toBe(0);
  const weak = mkdtempSync(join(folder, "weak-"));
  for (const made of ["short", "change-me-change-me-change-me", ""]) {
    writeFileSync(join(weak, "database_owner_password"), made);
    writeFileSync(join(weak, "database_app_password"), made);
    const { status, stderr } = shell("deploy/postgres/roles.sh", weak);
    expectRefusal({ status, output: stderr }, "DATABASE_OWNER_PASSWORD_FILE");
  }
});
