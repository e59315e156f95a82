// Finding one's way: which page an address has, and what the command palette finds.
import { expect, test } from "vitest";
import { addressOf } from "../src/logic/addresses.ts";
import { fitting, stepped } from "../src/logic/commands.ts";

const command = (label: string) => ({ id: label, label, keys: "" });
const found = (labels: string[], line: string) => fitting(labels.map(command), line).map(({ label }) => label);

test("an address has its page, a name below a family belongs to it, and all else has none", () => {
  expect(addressOf("/today")).toEqual({ address: "/today", name: null });
  expect(addressOf("/projects/House%20%2F%20garden")).toEqual({ address: "/projects", name: "House / garden" });
  expect(["/today/", "/toda", "/projects/", "/projects/%E0%A4", "/today/more", "/projectsmore", "/projects/a/b"].map(addressOf)).toEqual([null, null, null, null, null, null, null]);
});

test("nothing typed offers everything in its order", () => {
  expect(found(["Go to Next", "Add a task"], "  ")).toEqual(["Go to Next", "Add a task"]);
});

test("a label has all of the words, and one that begins with them comes before one that only contains them", () => {
  expect(found(["Show keys", "Go to Next", "Next task", "Add text"], "next")).toEqual(["Next task", "Go to Next"]);
  expect(found(["Unsort", "Sort", "Now sort"], "sort")).toEqual(["Sort", "Now sort", "Unsort"]);
  expect(found(["Go to Today", "Go to Next"], "to go next")).toEqual(["Go to Next"]);
  expect(found(["Go to Next"], "nothing")).toEqual([]);
});

test("case, accents and signs of patterns make no difference", () => {
  expect(found(["Café (old)", "Cafeteria"], "CAFÉ (")).toEqual(["Café (old)"]);
  expect(found(["Ünder"], "unde")).toEqual(["Ünder"]);
  expect(found(["a.c", "abc"], "a.c")).toEqual(["a.c"]);
});

test("a step goes around the ends, and nowhere where there is nothing", () => {
  expect([stepped(0, 1, 3), stepped(2, 1, 3), stepped(0, -1, 3), stepped(-1, 1, 3), stepped(-1, -1, 3), stepped(0, 1, 0)]).toEqual([1, 0, 2, 0, 2, -1]);
});
