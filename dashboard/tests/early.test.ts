// What is asked for before the code that shows it is there: by which page, and who gets the answer.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { afterEach, expect, test, vi } from "vitest";
import { fetchOrEarly, forgetEarly } from "../src/api/early.ts";

const source = readFileSync(join(import.meta.dirname, "../src/reads-early.js"), "utf8");
afterEach(() => {
  globalThis.early = undefined;
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** What a page at this address asks for, where the API is at `api`, or at the page's own origin. */
function asked(pathname: string, search = "", api = ""): string[] {
  const paths: string[] = [];
  const fetch = (path: string) => {
    paths.push(path);
    return Promise.resolve(new Response());
  };
  runInNewContext(source, { fetch, location: { pathname, search }, document: { querySelector: () => ({ content: api }) }, Response });
  return paths;
}

test("who it is and when they work is asked early, and what the page shows first; nothing by whoever signs in", () => {
  const always = ["/api/auth/me", "/api/preferences"];
  expect(asked("/")).toEqual([...always, "/api/tasks/best?limit=4"]);
  const open = "/api/tasks?status=pending&status=in_progress&status=snoozed&status=blocked";
  for (const path of ["/today", "/upcoming"]) expect(asked(path), path).toEqual([...always, `${open}&sort=due_date&limit=100`]);
  expect(asked("/all")).toEqual([...always, `${open}&sort=-created_at&limit=100`]);
  for (const path of ["/projects", "/settings", "/foo"]) expect(asked(path), path).toEqual(always);
  expect(asked("/all", "?tag=home")).toEqual(always);
  for (const path of ["/sign-in", "/sign-up", "/forgot-password", "/reset-password", "/confirm-email"]) expect(asked(path), path).toEqual([]);
  expect(asked("/", "", "https://api.example.com")).toEqual([]);
});

test("the body of an early answer is there at once", async () => {
  const surroundings = { fetch: () => Promise.resolve(new Response("[1]", { status: 201 })), location: { pathname: "/", search: "" }, document: { querySelector: () => ({ content: "" }) }, Response };
  const { early } = runInNewContext(`${source}; globalThis`, surroundings) as { early: Map<string, Promise<Response>> };
  const answer = await early.get("/api/auth/me");
  expect([answer?.status, await answer?.text(), await answer?.json()]).toEqual([201, "[1]", [1]]);
});

test("an early answer is given once, to the same question, and to nobody after a sign-out", async () => {
  const ask = (path: string, method = "GET") => fetchOrEarly(new Request(`https://tasks.example.com${path}`, { method })).then((response) => response.text());
  vi.stubGlobal("fetch", () => Promise.resolve(new Response("later")));
  vi.spyOn(performance, "now").mockReturnValue(900);
  const begin = () => (globalThis.early = new Map<string, Promise<Response | null>>([["/a?b=1", Promise.resolve(new Response("early"))], ["/failed", Promise.resolve(null)]]));
  begin();
  expect([await ask("/a"), await ask("/a?b=1"), await ask("/a?b=1"), await ask("/failed")]).toEqual(["later", "early", "later", "later"]);
  begin();
  expect([await ask("/a?b=1", "POST"), await ask("/a?b=1")]).toEqual(["later", "later"]);
  begin();
  forgetEarly();
  expect(await ask("/a?b=1")).toBe("later");
  begin();
  vi.spyOn(performance, "now").mockReturnValue(60_000);
  expect(await ask("/a?b=1")).toBe("later");
});
