// Keys of one's own: what a key means, which may be chosen, and what is read of what was kept.
import { describe, expect, test } from "vitest";
import { assign, changeable, inForce, meaningOf, readOwnKeys, untouched, writeOwnKeys, type OwnKeys } from "../src/logic/own-keys.ts";
import { text } from "../src/strings.ts";

const ids = changeable(text.keySheet, ["n", "t"]);
const meaning = (own: OwnKeys, pressed: string, led = false) => meaningOf(own, ids, pressed, led);
const read = (kept: string | null) => readOwnKeys(kept, ids);

function own(id: string, pressed: string | null | undefined, before = untouched): OwnKeys {
  const assigned = assign(before, ids, id, pressed);
  if (assigned === "unfit" || "taken" in assigned) throw new Error(`${id} cannot be on ${String(pressed)}: ${JSON.stringify(assigned)}`);
  return assigned.own;
}

describe("a key", () => {
  test("means what it always did for whoever changed nothing", () => {
    for (const key of ids.filter((id) => id.length === 1)) expect(meaning(untouched, key)).toBe(key);
    expect([meaning(untouched, "t", true), meaning(untouched, "y"), meaning(untouched, "Escape"), meaning(untouched, "Ctrl+z")]).toEqual(["t", null, "Escape", "Ctrl+z"]);
  });

  test("is another one, and the old one means nothing any more", () => {
    const changed = own("e", "d");
    expect([meaning(changed, "d"), meaning(changed, "e"), inForce(changed, "e")]).toEqual(["e", null, "d"]);
    expect(meaning(own("e", "Alt+d"), "Alt+d")).toBe("e");
  });

  test("has no other meaning after g than its letter's", () => {
    const changed = own("g t", "d");
    expect([meaning(changed, "d", true), meaning(changed, "t", true), meaning(changed, "d"), meaning(changed, "t")]).toEqual(["t", null, null, "t"]);
    expect(inForce(own("g", null), "g t")).toBeNull();
  });

  test("is not chosen twice: the other one is named", () => {
    expect(assign(untouched, ids, "e", "j")).toEqual({ taken: "j" });
    expect(assign(own("j", "m"), ids, "e", "m")).toEqual({ taken: "j" });
    // What was let go of is free, and cannot be taken back while another has it.
    expect(assign(own("e", "j", own("j", "m")), ids, "j", undefined)).toEqual({ taken: "e" });
    expect(assign(own("j", null), ids, "e", "j")).toHaveProperty("own");
  });

  test.each(["Enter", "Ctrl+e", " ", "", "ab", "Alt+Enter", "\u0007", "Dead"])("cannot be %j", (pressed) => {
    expect(assign(untouched, ids, "e", pressed)).toBe("unfit");
  });

  test("after g is one sign alone", () => {
    expect(assign(untouched, ids, "g t", "Alt+d")).toBe("unfit");
  });
});

test("with one switch every single key is off, and what is held or named goes on", () => {
  const off: OwnKeys = { ...own("x", "Alt+x"), off: true };
  expect(ids.filter((id) => id.length === 1 && meaning(off, id) !== null)).toEqual([]);
  expect([meaning(off, "Alt+x"), meaning(off, "Enter"), meaning(off, "Ctrl+Shift+z"), inForce(off, "e"), inForce(off, "g t")]).toEqual(["x", "Enter", "Ctrl+Shift+z", null, null]);
});

test("what is as it was is not kept", () => {
  expect(writeOwnKeys(own("e", undefined, own("e", "d")))).toBeNull();
  expect(writeOwnKeys(own("e", "e"))).toBeNull();
  const changed = { ...own("e", null), off: true };
  expect(read(writeOwnKeys(changed))).toEqual(changed);
});

test.each([
  null, "", "nonsense", "[]", "7", '{"keys":null}', '{"off":"yes","keys":{"e":5,"nothing":"d","j":"Ctrl+w","k":"","__proto__":"x"}}',
  // Two on one key, and one on another's.
  '{"keys":{"e":"d","x":"d"}}', '{"keys":{"e":"j"}}',
])("what cannot be is as if it were not there: %s", (kept) => {
  expect(read(kept)).toEqual(untouched);
});

test("two that changed places are read as they are", () => {
  expect(read('{"keys":{"j":"k","k":"j"}}').keys).toEqual({ j: "k", k: "j" });
});
