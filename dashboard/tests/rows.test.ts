// What a list shows of changes under way, and which rows are meant together.
import { expect, test } from "vitest";
import type { Task } from "../src/api/client.ts";
import { overlaid } from "../src/logic/overlay.ts";
import { kept, neighbour, span, toggled } from "../src/logic/selection.ts";

const task = (id: string) => ({ id, title: id, priority: 3 }) as Task;
const rows = ["a", "b", "c", "d"];

test("a change is shown until the list was read after its answer", () => {
  const items = [task("a"), task("b")];
  const shown = (answered: number | null, readAt: number) => overlaid(items, [{ id: "a", as: { priority: 5 }, answered }], readAt)[0]?.priority;
  expect([shown(null, 100), shown(50, 50), shown(50, 40), shown(50, 60)]).toEqual([5, 5, 5, 3]);
});

test("a task that leaves the lists is gone at once, and later changes go over earlier ones", () => {
  const seen = [
    { id: "a", as: { priority: 4 as const }, answered: null },
    { id: "b", as: null, answered: null },
    { id: "a", as: { title: "A" }, answered: null },
    { id: "elsewhere", as: { title: "no row here" }, answered: null },
  ];
  expect(overlaid([task("a"), task("b")], seen, 0)).toEqual([{ id: "a", title: "A", priority: 4 }]);
});

test("a span has both its ends, whichever comes first, and none without them", () => {
  expect([span(rows, "b", "d"), span(rows, "d", "b"), span(rows, "c", "c"), span(rows, "gone", "b")]).toEqual([["b", "c", "d"], ["b", "c", "d"], ["c"], []]);
});

test("a row is in or out of a selection, and one that is gone is in none", () => {
  expect([...toggled(new Set(["a"]), "b")]).toEqual(["a", "b"]);
  expect([...toggled(new Set(["a"]), "a")]).toEqual([]);
  const selected = new Set(["a", "gone"]);
  expect([...kept(selected, rows)]).toEqual(["a"]);
  const all = new Set(["a"]);
  expect(kept(all, rows)).toBe(all);
});

test("keys go over to the next row that stays, or else to the one before", () => {
  expect([neighbour(rows, "b"), neighbour(rows, "d"), neighbour(["a"], "a"), neighbour(rows, "b", new Set(["b", "c", "d"]))]).toEqual(["c", "c", null, "a"]);
});
