// What a list shows of changes under way, and which rows are meant together.
import { expect, test } from "vitest";
import type { Change, Task } from "../src/api/client.ts";
import { chord } from "../src/logic/keys.ts";
import { changeOf, madeBy } from "../src/logic/made.ts";
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

test("keys go on from the next row that is still there, or else from the one before", () => {
  const next = (id: string, ...there: string[]) => neighbour(rows, id, new Set(there));
  expect([next("b", "a", "c", "d"), next("d", "a", "b", "c"), next("a"), next("b", "a")]).toEqual(["c", "c", null, "a"]);
});

test("a change is known by its own id, or by its task and its instant", () => {
  expect(madeBy({ results: [], change_id: "c1" }, "3 moved")).toEqual({ message: "3 moved", by: ["c1"] });
  expect(madeBy({ change_ids: ["c2", "c1"] }, "many moved")).toEqual({ message: "many moved", by: ["c2", "c1"] });
  expect(madeBy({ id: "t1", updated_at: "2026-11-27T09:00:00.000Z" }, "done")).toEqual({ message: "done", by: { task: "t1", at: "2026-11-27T09:00:00.000Z" } });
  expect([madeBy(undefined, ""), madeBy({ change_id: null, results: [] }, ""), madeBy({ change_ids: [] }, "")]).toEqual([null, null, null]);
  const change = (id: string, at: string, task: string): Change => ({ id, at, task_ids: [task], by: "session", action: "update", before: {}, after: {}, undoes: null });
  const changes = [change("later", "10:00", "t1"), change("other", "09:00", "t2"), change("meant", "09:00", "t1")];
  expect(changeOf(changes, { task: "t1", at: "09:00" })?.id).toBe("meant");
  expect(changeOf(changes, { task: "t1", at: "08:00" })).toBeNull();
});

test("keys that are held together have one name", () => {
  const none = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
  expect(chord({ ...none, key: "j" })).toBe("j");
  expect(chord({ ...none, key: "J", shiftKey: true })).toBe("J");
  expect(chord({ ...none, key: "ArrowDown", shiftKey: true })).toBe("Shift+ArrowDown");
  expect(chord({ ...none, key: "ArrowUp", altKey: true })).toBe("Alt+ArrowUp");
  expect([chord({ ...none, key: "z", ctrlKey: true }), chord({ ...none, key: "z", metaKey: true }), chord({ ...none, key: "Z", ctrlKey: true, shiftKey: true })]).toEqual([
    "Ctrl+z", "Ctrl+z", "Ctrl+Shift+z",
  ]);
});
