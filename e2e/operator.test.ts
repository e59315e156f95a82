// What the operator does to an account, as its user sees it through the Worker. It is named by its id: an address would
// stand in the process list meanwhile.
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { secret } from "./canaries.ts";
import { call, createTask, login, newAccount, refusedFields, type Account, type Answer, type Problem } from "./client.ts";
import { nextMail, tokenOf } from "./mailbox.ts";
import { admin } from "./stack.ts";

const tryLogin = ({ email, password }: { email: string; password: string }): Promise<Answer> =>
  call("POST", "/api/auth/login", { body: { email, password } });
const me = (token: string): Promise<Answer> => call("GET", "/api/auth/me", { token });

async function expectEnded({ token, refresh }: Account): Promise<void> {
  expect((await me(token)).status).toBe(401);
  expect((await call("POST", "/api/auth/refresh", { body: { refresh_token: refresh } })).status).toBe(401);
}

test("a disabled account says so to whoever knows its password alone, and is as before once it is enabled", async () => {
  const ada = await newAccount();
  const task = await createTask(ada, { title: "Still here" });
  expect(await admin("user", "disable", ada.id)).toContain("The edge knows.");
  await expectEnded(ada);
  const refused = await tryLogin(ada);
  expect(refused.status).toBe(403);
  expect((refused.json() as Problem).detail).toMatch(/disabled/);
  expect((await tryLogin({ ...ada, password: secret(`wrong ${randomUUID()}`) })).status).toBe(401);
  await admin("user", "enable", ada.id);
  const { access_token } = await login(ada);
  expect((await call("GET", `/api/tasks/${task.id}`, { token: access_token })).status).toBe(200);
  // What ended stays ended.
  await expectEnded(ada);
});

test("a reset ends everything, the password too, and mails the one way back", async () => {
  const ada = await newAccount();
  const told = await admin("user", "reset", ada.id);
  expect(told).not.toContain("#token=");
  await expectEnded(ada);
  expect((await tryLogin(ada)).status).toBe(401);
  const token = tokenOf(await nextMail(ada.email, /new password/i), "reset-password");
  const password = secret(`new otters ${randomUUID()}`);
  const follow = (): Promise<Answer> => call("POST", "/api/auth/reset-password", { body: { token, password } });
  expect((await follow()).status).toBe(204);
  await login({ email: ada.email, password });
  expect(refusedFields(await follow())).toEqual(["token"]);
});

test("a deletion takes everything, and is asked for twice", async () => {
  const ada = await newAccount();
  await createTask(ada, { title: "Last words" });
  await expect(admin("user", "delete", ada.id)).rejects.toThrow("--yes");
  expect((await me(ada.token)).status).toBe(200);
  expect(await admin("user", "delete", ada.id, "--yes")).toContain("The edge knows.");
  await expectEnded(ada);
  expect((await tryLogin(ada)).status).toBe(401);
  await expect(admin("user", "list")).resolves.not.toContain(ada.id);
});

test("a program that is set up by hand is listed without its secret, and no more once it is removed", async () => {
  const name = `By hand ${randomUUID()}`;
  const made = await admin("oauth-client", "add", name, "--redirect-uri", "https://program.example/callback");
  const [, id = "", itsSecret = ""] = /client_id=(\S+)\nclient_secret=(\S+)/.exec(made) ?? [];
  expect([id, secret(itsSecret)]).not.toContain("");
  const listed = await admin("oauth-client", "list");
  expect(listed).toContain(id);
  expect(listed).toContain(name);
  expect(listed).not.toContain(itsSecret);
  await admin("oauth-client", "remove", id);
  expect(await admin("oauth-client", "list")).not.toContain(id);
});
