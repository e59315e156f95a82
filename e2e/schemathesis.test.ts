// Schemathesis calls every operation of /openapi.json through the Worker, with data that the document allows and with
// data that it rules out, and holds each answer against the document. Nothing is drawn: every run is the same.
//
// SCHEMATHESIS_EXAMPLES says how many requests an operation gets at most in the fuzzing phase; scripts/test --all sets
// more. A failure prints the request as a curl command.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { createTask, newAccount } from "./client.ts";
import { edgeUrl } from "./stack.ts";
import { repository } from "./stack-settings.ts";

const run = promisify(execFile);
const examples = Number(process.env["SCHEMATHESIS_EXAMPLES"] ?? 10);

test("every operation does what the document says", { timeout: 1_800_000 }, async () => {
  const account = await newAccount();
  for (const title of ["Water the plants", "Write the report"]) await createTask(account, { title, tags: ["work"], project: "Garden" });
  const configuration = join(repository, "e2e/schemathesis/schemathesis.toml");
  const call = ["--config-file", configuration, "run", `${edgeUrl}/openapi.json`, "--no-color", "--exclude-path", "/api/live", "--max-examples", String(examples)];
  const environment = { ...process.env, MINDFLOW_TOKEN: account.token, MINDFLOW_URL: edgeUrl, PYTHONDONTWRITEBYTECODE: "1" };
  const options = { cwd: repository, env: environment, maxBuffer: 64 * 1024 * 1024 };
  const failed = await run("schemathesis", call, options).then(
    ({ stdout }) => {
      // All but the socket, which no client of HTTP alone can open.
      const [, selected, all, tested] = /Selected: (\d+)\/(\d+)\s+Tested: (\d+)/.exec(stdout) ?? [];
      expect([Number(selected), tested]).toEqual([Number(all) - 1, selected]);
      expect(Number(tested)).toBeGreaterThan(20);
      return "";
    },
    (error: unknown) => {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      // One that could not be started says nothing there.
      return stdout + stderr || String(error);
    },
  );
  expect(failed).toBe("");
});
