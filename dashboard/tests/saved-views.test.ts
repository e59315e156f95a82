// Views with names, as they are kept.
import { expect, test } from "vitest";
import { readViews, viewsKey, withoutView, withView, writeViews, type View } from "../src/logic/saved-views.ts";

const views: View[] = [{ name: "Phone", query: "?tag=phone" }, { name: "Work", query: "?project=Work&sort=due" }];

test("what is kept is read as it was written", () => {
  expect(readViews(writeViews(views))).toEqual(views);
  expect(readViews(null)).toEqual([]);
});

test.each([
  "", "not json", "null", "42", '{"name":"Work"}', '[null, 1, [], {"name": 5, "query": "?tag=x"}, {"name": "No query"}, {"name": "  ", "query": ""}]',
])("what is no view is left out: %s", (kept) => {
  expect(readViews(kept)).toEqual([]);
});

test("an address that was tampered with leads to no other page, and says only what the page knows", () => {
  expect(readViews('[{"name":"Odd","query":"//example.com/?tag=x&evil=1&sort=nonsense"}]')).toEqual([{ name: "Odd", query: "" }]);
  expect(readViews('[{"name":"Odd","query":"?tag=x&evil=1&sort=nonsense"}]')).toEqual([{ name: "Odd", query: "?tag=x" }]);
});

test("a name is used once, whatever its case and accents, and its spaces do not count", () => {
  expect(withView(views, { name: " phoné ", query: "" })).toBe("taken");
  expect(withView(views, { name: "  ", query: "" })).toBe("unnamed");
  expect(withView(views, { name: " Not   started ", query: "?status=pending" })).toEqual([{ name: "Not started", query: "?status=pending" }, ...views]);
});

test("one is renamed in its place, also to its own name in other letters", () => {
  expect(withView(views, { name: "WORK", query: "?project=Work&sort=due" }, "Work")).toEqual([views[0], { name: "WORK", query: "?project=Work&sort=due" }]);
  expect(withView(views, { name: "Phone", query: "" }, "Work")).toBe("taken");
});

test("there is an end to them, in what is read, too", () => {
  const many = Array.from({ length: 60 }, (_, index) => ({ name: `View ${index}`, query: "?tag=x" }));
  const read = readViews(writeViews(many));
  expect(read).toHaveLength(50);
  expect(withView(read, { name: "More", query: "" })).toBe("full");
  expect(withoutView(read, "View 0")).toHaveLength(49);
});

test("each person has their own", () => {
  expect(viewsKey("a")).not.toBe(viewsKey("b"));
});
