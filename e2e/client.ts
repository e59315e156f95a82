// A caller of the public API: every request through the Worker, with a deadline, and the answer read whole.
import { randomUUID } from "node:crypto";
import { secret } from "./canaries.ts";
import { edgeUrl } from "./stack.ts";

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The body as JSON; throws where it is none. */
  json: () => unknown;
}

export interface Options {
  token?: string;
  body?: unknown;
  /** A body that is sent as it is, in place of one that is made JSON. */
  raw?: string;
  headers?: Record<string, string>;
}

/** No request of these tests may hang: one that takes longer than this fails its test. */
export const deadlineMilliseconds = 15_000;

export async function call(method: string, path: string, options: Options = {}, url = edgeUrl): Promise<Answer> {
  const headers = new Headers(options.headers);
  if (options.token !== undefined) headers.set("Authorization", `Bearer ${options.token}`);
  const init: RequestInit = { method, headers, redirect: "manual", signal: AbortSignal.timeout(deadlineMilliseconds) };
  if (options.body !== undefined) {
    headers.set("Content-Type", "application/json");
    init.body = JSON.stringify(options.body);
  }
  if (options.raw !== undefined) init.body = options.raw;
  const response = await fetch(url + path, init);
  const text = await response.text();
  if (response.status >= 400) expectNothingRepeated(text, options);
  return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) as unknown };
}

const confidential = new Set(["password", "current_password", "email", "token", "refresh_token"]);

/** A refusal repeats neither the credential nor what a person would not want to see in a screenshot. */
function expectNothingRepeated(text: string, { token, body }: Options): void {
  const fields = typeof body === "object" && body !== null ? Object.entries(body) : [];
  const given = fields.filter(([name]) => confidential.has(name)).map(([, value]) => value as unknown);
  for (const value of [token, ...given]) {
    if (typeof value === "string" && value.length > 8 && text.includes(value)) throw new Error(`repeated in an error: ${text}`);
  }
}

export interface Task {
  id: string;
  title: string;
  status: string;
  priority: number;
  due_date: string | null;
  snoozed_until: string | null;
  project: string | null;
  overdue: boolean;
  version: number;
}

/** A problem (RFC 9457) as the API gives it. */
export interface Problem {
  status: number;
  detail: string;
  errors?: { field: string; message: string }[];
}

export interface Best {
  task: Task | null;
  score: number | null;
  explanation: string;
  parts: { factor: string; points: number }[];
  alternatives: { task: Task }[];
}

export interface Account {
  id: string;
  email: string;
  password: string;
  /** An access token. */
  token: string;
  refresh: string;
}

/** What a login gives. */
export interface Tokens {
  access_token: string;
  refresh_token: string;
  token_type: string;
  expires_in: number;
}

/** An address and a password that nobody else has. */
export function newPerson(): { email: string; password: string } {
  return { email: secret(`${randomUUID()}@example.com`), password: secret(`quiet otters ${randomUUID()}`) };
}

/** Registers somebody new and logs in. */
export async function newAccount(): Promise<Account> {
  const person = newPerson();
  const registered = await call("POST", "/api/auth/register", { body: person });
  if (registered.status !== 201) throw new Error(`register: ${registered.status} ${registered.text}`);
  const tokens = await login(person);
  return { ...person, id: (registered.json() as { id: string }).id, token: tokens.access_token, refresh: tokens.refresh_token };
}

/** Another session of somebody who is registered. */
export async function login(person: { email: string; password: string }): Promise<Tokens> {
  const answer = await call("POST", "/api/auth/login", { body: { email: person.email, password: person.password } });
  if (answer.status !== 200) throw new Error(`login: ${answer.status} ${answer.text}`);
  return remembered(answer.json() as Tokens);
}

/** Tokens, remembered as secrets. */
export function remembered(tokens: Tokens): Tokens {
  secret(tokens.access_token);
  secret(tokens.refresh_token);
  return tokens;
}

export async function createTask(account: Account, body: Record<string, unknown>): Promise<Task> {
  const answer = await call("POST", "/api/tasks", { token: account.token, body });
  if (answer.status !== 201) throw new Error(`create: ${answer.status} ${answer.text}`);
  return answer.json() as Task;
}

/** Calls as somebody: `const ada = as(await newAccount()); await ada("GET", "/api/tasks")`. */
export function as(account: Account): (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer> {
  return (method, path, body, headers) =>
    call(method, path, {
      token: account.token,
      ...(body === undefined ? {} : { body }),
      ...(headers === undefined ? {} : { headers }),
    });
}

/** The names of the fields that a 422 refuses; any other answer fails the test that asks. */
export function refusedFields(answer: Answer): string[] {
  if (answer.status !== 422) throw new Error(`not 422 but ${answer.status}: ${answer.text}`);
  return ((answer.json() as Problem).errors ?? []).map((error) => error.field);
}
