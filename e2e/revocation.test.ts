// What ends a credential holds from the very next request on: with the gate as it is, forgotten by its Worker's memory,
// told by nobody but the origin's own redelivery, and with the origin away.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { open, type Socket } from "../edge-worker/tests/harness/socket.ts";
import { secret } from "./canaries.ts";
import { call, login, newAccount, remembered, type Account, type Answer, type Tokens } from "./client.ts";
import { nextMail, tokenOf } from "./mailbox.ts";
import { decide, inBrowser } from "./oauth/person.ts";
import { edgeSigner, hopRequest, send, sign } from "./signing.ts";
import { admin, edgeUrl, kill, restart } from "./stack.ts";

/** Sends a request to the Worker, or past it to the origin as a Worker would that dies before it can tell the gate. */
type Sender = (
  method: string,
  path: string,
  options: { token?: string; body?: unknown; form?: Record<string, string> },
) => Promise<{ status: number; text: string }>;

const formType = { "content-type": "application/x-www-form-urlencoded" };

const throughWorker: Sender = (method, path, { form, ...options }) =>
  call(method, path, form === undefined ? options : { raw: new URLSearchParams(form).toString(), headers: formType });

const pastTheGate: Sender = (method, path, { token, body, form }) => {
  const json = body === undefined ? "" : JSON.stringify(body);
  const text = form === undefined ? json : new URLSearchParams(form).toString();
  const headers: Record<string, string> = form !== undefined ? { ...formType } : text === "" ? {} : { "content-type": "application/json" };
  if (token !== undefined) {
    const parts = token.replace(/^mfk_/, "").split(".");
    const [header, claims] = parts.slice(0, 2).map((part) => JSON.parse(Buffer.from(part, "base64url").toString()) as Record<string, string>);
    const kind = header?.["typ"] === "key+jwt" ? "key" : "access";
    headers["authorization"] = `Bearer ${token}`;
    headers["mindflow-caller"] = `kind="${kind}", user="${claims?.["sub"] ?? ""}", credential="${claims?.["sid"] ?? ""}", scopes="${claims?.["scope"] ?? ""}"`;
  }
  return send(sign(hopRequest(method, path, text, headers), edgeSigner()));
};

/** An app that its operator has entered, as a Custom GPT's Action is. */
const callback = "https://chatgpt.com/aip/g-0123456789abcdef/oauth/callback";
let client: { client_id: string; client_secret: string };
beforeAll(async () => {
  const made = await admin("oauth-client", "add", "An assistant", "--without-pkce");
  const [, id, key] = /client_id=(\S+)\nclient_secret=(\S+)/.exec(made) ?? [];
  client = { client_id: id ?? "", client_secret: secret(key ?? "") };
});
afterAll(() => admin("oauth-client", "remove", client.client_id));

/** What an app is allowed by somebody, and how it came by that. */
interface Grant {
  id: string;
  exchange: Record<string, string>;
  tokens: Tokens;
}

async function allowApp(account: Account): Promise<Grant> {
  const address = new URL("/oauth/authorize", edgeUrl);
  const asked = { response_type: "code", client_id: client.client_id, redirect_uri: callback, scope: "tasks:read tasks:write", state: "s" };
  address.search = new URLSearchParams(asked).toString();
  const back = await decide(await inBrowser(account), address);
  const exchange = { grant_type: "authorization_code", code: back.searchParams.get("code") ?? "", redirect_uri: callback, ...client };
  const tokens = await tokensFor(exchange, throughWorker);
  const [app] = (await call("GET", "/api/apps", { token: account.token })).json() as { id: string }[];
  return { id: app?.id ?? "", exchange, tokens };
}

async function tokensFor(form: Record<string, string>, send: Sender): Promise<Tokens> {
  const answer = await send("POST", "/oauth/token", { form });
  expect(answer.status, answer.text).toBe(200);
  return remembered(JSON.parse(answer.text) as Tokens);
}

/** Somebody with two sessions, a key and an app. */
interface Person {
  account: Account;
  phone: Tokens;
  phoneSession: string;
  key: string;
  keyId: string;
  app: Grant;
}

async function newPerson(): Promise<Person> {
  const account = await newAccount();
  const made = await call("POST", "/api/keys", { token: account.token, body: { name: "Script", scopes: ["tasks:read", "tasks:write"] } });
  expect(made.status, made.text).toBe(201);
  const key = made.json() as { id: string; secret: string };
  const phone = await login(account);
  const sessions = (await call("GET", "/api/sessions", { token: account.token })).json() as { id: string; current: boolean }[];
  const phoneSession = sessions.find((one) => !one.current)?.id ?? "";
  const person = { account, phone, phoneSession, key: secret(key.secret), keyId: key.id, app: await allowApp(account) };
  // Every gate and the origin know all four credentials before one of them ends.
  for (const token of credentials(person)) expect((await read(token)).status).toBe(200);
  return person;
}

const credentials = (person: Person): string[] => [
  person.account.token,
  person.phone.access_token,
  person.key,
  person.app.tokens.access_token,
];
const read = (token: string): Promise<Answer> => call("GET", "/api/tasks", { token });

/** What the very next request may be: answered from what is kept, by the origin alone, or a change. */
const requests: Record<string, (token: string) => Promise<Answer>> = {
  "a read that is kept": read,
  "a read that nobody asked before": (token) => call("GET", `/api/tasks/search?q=${randomUUID()}`, { token }),
  "a write": (token) => call("POST", "/api/tasks", { token, body: { title: "Too late" } }),
};

/** A socket for news. */
async function listen(token: string): Promise<Socket> {
  const { socket, status, text } = await open(edgeUrl, "/api/live", { authorization: `Bearer ${token}` });
  if (socket === undefined) throw new Error(`no socket: ${status} ${text}`);
  return socket;
}

interface End {
  /** Ends some credentials of a person; what is done at the origin alone goes there whoever sends. */
  by: (person: Person, send: Sender) => Promise<void>;
  /** Those that hold no more. */
  ended: (person: Person) => string[];
}

const appsToken = (person: Person): string[] => [person.app.tokens.access_token];

async function answered(expected: number, answer: Promise<{ status: number; text: string }>): Promise<void> {
  const { status, text } = await answer;
  expect(status, text).toBe(expected);
}

const ends: Record<string, End> = {
  logout: {
    by: (person, send) => answered(204, send("POST", "/api/auth/logout", { token: person.phone.access_token })),
    ended: (person) => [person.phone.access_token],
  },
  "revoking a session": {
    by: (person, send) => answered(204, send("DELETE", `/api/sessions/${person.phoneSession}`, { token: person.account.token })),
    ended: (person) => [person.phone.access_token],
  },
  "revoking a key": {
    by: (person, send) => answered(204, send("DELETE", `/api/keys/${person.keyId}`, { token: person.account.token })),
    ended: (person) => [person.key],
  },
  "revoking an app": {
    by: (person, send) => answered(204, send("DELETE", `/api/apps/${person.app.id}`, { token: person.account.token })),
    ended: appsToken,
  },
  "an app's giving back its token": {
    by: ({ app }, send) => answered(200, send("POST", "/oauth/revoke", { form: { token: app.tokens.refresh_token, ...client } })),
    ended: appsToken,
  },
  "reuse of an app's code": {
    by: ({ app }, send) => answered(400, send("POST", "/oauth/token", { form: app.exchange })),
    ended: appsToken,
  },
  "reuse of an app's refresh token": {
    by: async ({ app }, send) => {
      const refresh = (refresh_token: string) => ({ grant_type: "refresh_token", refresh_token, ...client });
      const next = await tokensFor(refresh(app.tokens.refresh_token), send);
      await tokensFor(refresh(next.refresh_token), send);
      await answered(400, send("POST", "/oauth/token", { form: refresh(app.tokens.refresh_token) }));
    },
    ended: appsToken,
  },
  "revoke-all": {
    by: (person, send) => answered(204, send("POST", "/api/auth/revoke-all", { token: person.account.token })),
    ended: credentials,
  },
  "a reset of the password on another device": {
    by: async ({ account }, send) => {
      await answered(202, send("POST", "/api/auth/forgot-password", { body: { email: account.email } }));
      const token = tokenOf(await nextMail(account.email, /new password/i), "reset-password");
      await answered(204, send("POST", "/api/auth/reset-password", { body: { token, password: secret(`new otters ${randomUUID()}`) } }));
    },
    ended: credentials,
  },
  "reuse of a refresh token": {
    by: async ({ phone }, send) => {
      const refresh = async (refresh_token: string): Promise<Tokens> => {
        const answer = await send("POST", "/api/auth/refresh", { body: { refresh_token } });
        expect(answer.status, answer.text).toBe(200);
        return remembered(JSON.parse(answer.text) as Tokens);
      };
      await refresh((await refresh(phone.refresh_token)).refresh_token);
      await answered(401, send("POST", "/api/auth/refresh", { body: { refresh_token: phone.refresh_token } }));
    },
    ended: (person) => [person.phone.access_token],
  },
  "the operator's disabling the user": {
    by: async ({ account }) => {
      await admin("user", "disable", account.id);
    },
    ended: credentials,
  },
  "deletion of the account": {
    by: (person, send) => answered(204, send("DELETE", "/api/auth/me", { token: person.account.token })),
    ended: credentials,
  },
};

const all = Object.entries(ends);
const people = async (): Promise<[string, Person, End][]> => {
  const made: [string, Person, End][] = [];
  for (const [name, end] of all) made.push([name, await newPerson(), end]);
  return made;
};

/** Each ended credential is refused, whichever of these requests is the next: none waits for another. Those that did not end are not, or are shown what the gate has kept. */
async function expectRefused(name: string, person: Person, end: End, originIsAway = false): Promise<void> {
  const ended = end.ended(person);
  const next = ended.flatMap((token) => Object.entries(requests).map(async ([what, request]) => [what, await request(token)] as const));
  for (const [what, answer] of await Promise.all(next)) {
    expect(answer.status, `${name}, ${what}: ${answer.text}`).toBe(401);
    expect(answer.headers.get("WWW-Authenticate")).toMatch(/^Bearer/);
  }
  for (const token of credentials(person).filter((one) => !ended.includes(one))) {
    const { status, headers } = await read(token);
    if (originIsAway && status === 200) expect(headers.get("Cache-Status")).toContain("hit");
    else expect(status, `${name}: what did not end`).toBe(originIsAway ? 503 : 200);
  }
}

/** The Worker may hold connections to an origin that is no more; each costs one request that cannot be sent twice. */
async function isReached(): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (let served = 0; served < 3; ) {
    const { status } = await call("POST", "/api/auth/confirm-email", { body: { token: "none" } });
    served = status === 503 ? 0 : served + 1;
    expect(Date.now(), "the Worker does not reach the origin").toBeLessThan(deadline);
    if (status === 503) await sleep(100);
  }
}

describe("the very next request is refused after", () => {
  test.each(all)("%s", async (name, end) => {
    const person = await newPerson();
    const ended = end.ended(person);
    const sockets = await Promise.all(credentials(person).map(async (token) => [token, await listen(token)] as const));
    await end.by(person, throughWorker);
    await expectRefused(name, person, end);
    for (const [token, socket] of sockets) {
      if (ended.includes(token)) await expect.poll(() => socket.code, { timeout: 5_000 }).toBe(1008);
      else expect(socket.code).toBeUndefined();
      socket.drop();
    }
  });
});

describe("also", () => {
  afterEach(async () => {
    await restart("origin"); // whatever a test has left stopped
    await isReached();
  });

  test("when every gate was evicted in between", async () => {
    const everyone = await people();
    for (const [, person, end] of everyone) await end.by(person, throughWorker);
    await restart("edge");
    for (const [name, person, end] of everyone) await expectRefused(name, person, end);
  }, 180_000);

  test("when the origin is away and every gate was evicted", async () => {
    const everyone = await people();
    for (const [, person, end] of everyone) await end.by(person, throughWorker);
    await restart("edge");
    kill("origin");
    for (const [name, person, end] of everyone) await expectRefused(name, person, end, true);
  }, 180_000);

  test("when the Worker died before it told the gate: at once by the origin, then by the gate itself", async () => {
    const everyone = await people();
    for (const [, person, end] of everyone) await end.by(person, pastTheGate);
    for (const [name, person, end] of everyone) await expectRefused(name, person, end);

    // A credential whose use since then told the gate nothing: the origin has to have called.
    const later = await people();
    for (const [, person, end] of later) await end.by(person, pastTheGate);
    await sleep(8_000); // the origin sends again what the answer may not have brought; two seconds after the change
    kill("origin");
    for (const [name, person, end] of later) await expectRefused(name, person, end, true);
  }, 240_000);
});
