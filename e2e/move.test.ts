// Export and import through the Worker: what one account takes along, and what other task managers wrote.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { secret } from "./canaries.ts";
import { as, call, createTask, newAccount, refusedFields, type Account } from "./client.ts";
import { repository } from "./stack-settings.ts";

interface Report {
  dry_run: boolean;
  created: number;
  updated: number;
  skipped: number;
  lines: { line: number; outcome: string; because: string | null }[];
  change_id: string | null;
}

const fixture = (name: string): string => readFileSync(join(repository, "origin-api/tests/fixtures", name), "utf8");

async function imported(account: Account, body: Record<string, unknown>): Promise<Report> {
  const answer = await as(account)("POST", "/api/import", body);
  expect(answer.status, answer.text).toBe(200);
  return answer.json() as Report;
}

const counts = ({ created, updated, skipped }: Report): number[] => [created, updated, skipped];

/** A document with so many tasks, each of about 600 bytes. */
function large(tasks: number): Record<string, unknown> {
  const task = (number: number) => ({
    id: `0198c5a0-0000-7000-8000-${String(number).padStart(12, "0")}`,
    title: `Task ${number}`,
    description: "x".repeat(500),
    created_at: "2026-01-01T00:00:00.000Z",
  });
  return { format: "mindflow", format_version: 1, tasks: Array.from({ length: tasks }, (_, number) => task(number)) };
}

describe("an export", () => {
  test("goes into another account whole, and comes out the same", async () => {
    const [ada, bob] = [await newAccount(), await newAccount()];
    await as(ada)("PUT", "/api/preferences", { time_zone: "Europe/Berlin", work_start: "08:00" });
    const parent = await createTask(ada, { title: "Parent \"quoted\" 🎉", project: "Garden", tags: ["a"], due_date: "2031-01-31", recurrence: "FREQ=MONTHLY" });
    const child = await createTask(ada, { title: "Child", parent_id: parent.id });
    await createTask(ada, { title: "Waits", depends_on: [child.id], deadline: "2031-02-01T09:00" });
    await as(ada)("POST", `/api/tasks/${child.id}/complete`);
    const exported = await as(ada)("GET", "/api/export");
    expect(exported.status).toBe(200);
    expect(exported.headers.get("Content-Disposition")).toMatch(/^attachment; filename="mindflow-\d{4}-\d\d-\d\d\.json"$/);
    expect(exported.headers.get("Cache-Control")).toBe("private, no-cache");
    const document = exported.json() as Record<string, unknown>;
    expect(counts(await imported(bob, { format: "mindflow", document }))).toEqual([3, 0, 0]);
    const again = (await as(bob)("GET", "/api/export")).json() as Record<string, unknown>;
    expect({ ...again, account: document["account"] }).toEqual(document);
    expect((again["account"] as { email: string }).email).toBe(bob.email);
    expect(counts(await imported(bob, { format: "mindflow", document }))).toEqual([0, 0, 3]);
  });

  test("is not sent again to who has it, and not to who may not read", async () => {
    const ada = await newAccount();
    const first = await as(ada)("GET", "/api/export");
    const etag = first.headers.get("ETag") ?? "";
    expect((await as(ada)("GET", "/api/export", undefined, { "If-None-Match": etag })).status).toBe(304);
    const head = await as(ada)("HEAD", "/api/export");
    expect([head.status, head.text, head.headers.get("ETag")]).toEqual([200, "", etag]);
    expect((await call("GET", "/api/export")).status).toBe(401);
    const key = (await as(ada)("POST", "/api/keys", { name: "Writer", scopes: ["tasks:write"] })).json() as { secret: string };
    secret(key.secret);
    expect((await call("GET", "/api/export", { token: key.secret })).status).toBe(403);
    expect(refusedFields(await as(ada)("GET", "/api/export?format=csv"))).toEqual(["format"]);
  });

  test("of ten thousand tasks arrives whole", { timeout: 120_000 }, async () => {
    const ada = await newAccount();
    expect(counts(await imported(ada, { format: "mindflow", document: large(10_000) }))).toEqual([10_000, 0, 0]);
    const { tasks } = (await as(ada)("GET", "/api/export")).json() as { tasks: unknown[] };
    expect(tasks).toHaveLength(10_000);
  });
});

describe("an import", () => {
  test("takes what Todoist and Taskwarrior have written, and says what of it not", async () => {
    const ada = await newAccount();
    const todoist = { format: "todoist-csv", csv: fixture("todoist.csv"), project: "Offers" };
    const taskwarrior = { format: "taskwarrior", document: JSON.parse(fixture("taskwarrior.json")) as unknown };
    for (const [body, created, skipped] of [[todoist, 9, 2], [taskwarrior, 11, 1]] as const) {
      const dry = await imported(ada, { ...body, dry_run: true });
      expect([dry.dry_run, dry.change_id, ...counts(dry)]).toEqual([true, null, created, 0, skipped]);
      const report = await imported(ada, body);
      expect(report.change_id).toMatch(/^[0-9a-f-]{36}$/);
      expect({ ...report, dry_run: true, change_id: null }).toEqual(dry);
      expect(counts(await imported(ada, body))).toEqual([0, 0, created + skipped]);
    }
    const page = (await as(ada)("GET", "/api/tasks?limit=100&project=Offers")).json() as { items: { title: string }[] };
    expect(page.items.map(({ title }) => title)).toContain("Water the plants");
  });

  test("is refused as a whole, with the place of what is wrong", async () => {
    const ada = await newAccount();
    const document = large(2) as { tasks: Record<string, unknown>[] };
    Object.assign(document.tasks[1] ?? {}, { priority: 9 });
    const send = (body: unknown) => as(ada)("POST", "/api/import", body);
    expect(refusedFields(await send({ format: "mindflow", document }))).toEqual(["document.tasks[1].priority"]);
    expect(refusedFields(await send({ format: "mindflow", document: large(10_001) }))).toEqual(["document.tasks"]);
    expect(refusedFields(await send({ format: "todoist-csv", csv: "a,b\n1,2\n" }))).toEqual(["csv"]);
    expect(refusedFields(await send({ format: "outlook" }))).toEqual(["format"]);
    expect(((await as(ada)("GET", "/api/tasks")).json() as { items: unknown[] }).items).toEqual([]);
    expect((await call("POST", "/api/import", { body: {} })).status).toBe(401);
  });

  test("may have ten mebibytes and no more, announced or not", { timeout: 120_000 }, async () => {
    const ada = await newAccount();
    const body = (bytes: number): string => {
      const text = JSON.stringify({ format: "mindflow", document: large(1) });
      return text + " ".repeat(bytes - text.length);
    };
    const send = (bytes: number) => call("POST", "/api/import", { token: ada.token, headers: { "Content-Type": "application/json" }, raw: body(bytes) });
    expect((await send(10 * 1024 * 1024)).status).toBe(200);
    expect((await send(10 * 1024 * 1024 + 1)).status).toBe(413);
  });

  test("is answered again under the same key", async () => {
    const ada = await newAccount();
    const send = () => as(ada)("POST", "/api/import", { format: "mindflow", document: large(1) }, { "Idempotency-Key": key });
    const key = randomUUID();
    const [first, again] = [await send(), await send()];
    expect(again.text).toBe(first.text);
    expect(again.headers.get("Idempotency-Replayed")).toBe("true");
  });

  test("is undone as one change, whatever it brought, and made again", async () => {
    const ada = await newAccount();
    await createTask(ada, { title: "Before" });
    const tasks = async () => {
      const page = (await as(ada)("GET", "/api/tasks?limit=100")).json() as { items: Record<string, unknown>[] };
      return page.items.map((task) => ({ ...task, version: null, updated_at: null }));
    };
    const before = await tasks();
    const report = await imported(ada, { format: "taskwarrior", document: JSON.parse(fixture("taskwarrior.json")) as unknown });
    const after = await tasks();
    expect(after).toHaveLength(12);
    const undo = async (change_id: string | null): Promise<string> => {
      const answer = await as(ada)("POST", "/api/undo", { change_id });
      expect(answer.status, answer.text).toBe(200);
      return (answer.json() as { change_id: string }).change_id;
    };
    const undone = await undo(report.change_id);
    expect(await tasks()).toEqual(before);
    await undo(undone);
    expect(await tasks()).toEqual(after);
  });
});
