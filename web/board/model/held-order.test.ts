import { describe, expect, it } from "vitest";
import type { Card } from "./board.ts";
import type { Group } from "./card-query.ts";
import { holdOrder, inHeldOrder } from "./held-order.ts";

const card = (name: string): Card => ({ fields: { name }, votes: [], comments: [], rank: 0, x: 0, y: 0, by: "p" }) as unknown as Card;
const group = (value: string, ...ids: string[]): Group => ({ value, cards: ids.map((id) => [id, card(id)]) });
const ids = (groups: readonly Group[]): unknown => groups.map(({ value, cards }) => [value, cards.map(([id]) => id)]);

describe("the order of the table during editing", () => {
  it("stays when another sorting or another group takes the edited row elsewhere", () => {
    const held = holdOrder([group("x", "a", "b", "c"), group("y", "d")]);
    const now = [group("x", "c", "a"), group("y", "b", "d")];
    expect(ids(inHeldOrder(held, now, ["b", card("b")]))).toEqual([["x", ["a", "b", "c"]], ["y", ["d"]]]);
  });

  it("keeps the edited row that a search no longer finds, and no other", () => {
    const held = holdOrder([group("", "a", "b", "c")]);
    expect(ids(inHeldOrder(held, [group("", "c")], ["b", card("b")]))).toEqual([["", ["b", "c"]]]);
    expect(ids(inHeldOrder(held, [group("", "c")], ["b", undefined]))).toEqual([["", ["c"]]]);
  });

  it("appends what was added meanwhile, each once, and new groups last", () => {
    const held = holdOrder([group("x", "a", "b")]);
    const now = [group("w", "new"), group("x", "newer", "b", "a")];
    expect(ids(inHeldOrder(held, now, ["b", card("b")]))).toEqual([["x", ["a", "b", "newer"]], ["w", ["new"]]]);
  });

  it("loses and doubles no card, whatever moved", () => {
    for (let seed = 0; seed < 200; seed++) {
      const at = (index: number): string => String((index * 7 + seed * (index + 3)) % 3);
      const names = Array.from({ length: 12 }, (_, index) => `card${index}`);
      const divide = (of: readonly string[], shift: number): Group[] =>
        ["0", "1", "2"].map((value) => group(value, ...of.filter((_, index) => at(index + shift) === value)));
      const held = holdOrder(divide(names.slice(0, 9), seed));
      const now = divide(names.slice(seed % 5), seed + 1);
      const shown = inHeldOrder(held, now, ["card7", card("card7")]).flatMap(({ cards }) => cards.map(([id]) => id));
      expect([...shown].sort()).toEqual([...new Set([...names.slice(seed % 5), "card7"])].sort());
    }
  });
});
