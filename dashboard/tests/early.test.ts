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
function asked(pathname: string, api = ""): string[] {
  const paths: string[] = [];
  const fetch = (path: string) => {
    paths.push(path);
    return Promise.resolve(new Response());
  };
  runInNewContext(source, { fetch, location: { pathname }, document: { querySelector: () => ({ content: api }) } });
  return paths;
}

test("who it is and when they work is asked early, and at the first page what is next; nothing by whoever signs in", () => {
  expect(asked("/")).toEqual(["/api/auth/me", "/api/preferences", "/api/tasks/best?limit=4"]);
  expect(asked("/today")).toEqual(["/api/auth/me", "/api/preferences"]);
  for (const path of ["/sign-in", "/sign-up", "/forgot-password", "/reset-password", "/confirm-email"]) expect(asked(path), path).toEqual([]);
  expect(asked("/", "https://api.example.com")).toEqual([]);
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
