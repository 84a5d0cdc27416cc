// Properties of text operations over random texts and edits.
import { describe, expect, it } from "vitest";
import { random, type Random } from "../test/random.ts";
import { diff } from "./diff.ts";
import type { TextOp } from "./protocol.ts";
import { apply, compose, invert, isNothing, moveCaret, normalise, transform } from "./text.ts";

const LETTERS = ["a", "b", "é", "🌱", " "];

function randomText(dice: Random, max: number): string {
  return Array.from({ length: dice.below(max + 1) }, () => dice.pick(LETTERS)).join("");
}

/** Random ops that fit `text`; small texts make equal positions frequent. */
function randomOps(dice: Random, text: string): TextOp[] {
  const ops: TextOp[] = [];
  let rest = text.length;
  while (rest > 0 && dice.below(6) > 0) {
    const units = 1 + dice.below(rest);
    const choice = dice.below(3);
    if (choice === 0) ops.push(randomText(dice, 3));
    else {
      ops.push(choice === 1 ? units : -units);
      rest -= units;
    }
  }
  if (dice.below(2) === 0) ops.push(randomText(dice, 3));
  return normalise(ops);
}

function applied(text: string, ops: TextOp[]): string {
  const result = apply(text, ops);
  if (result === null) throw new Error(`does not fit: ${JSON.stringify([text, ops])}`);
  return result;
}

describe("text operations", () => {
  it("converge in both orders, whichever side comes first", () => {
    for (let seed = 1; seed <= 4000; seed += 1) {
      const dice = random(seed);
      const text = randomText(dice, 6);
      const first = randomOps(dice, text);
      const second = randomOps(dice, text);
      const left = applied(applied(text, first), transform(second, first, "theirs_first"));
      const right = applied(applied(text, second), transform(first, second, "mine_first"));
      expect(left, `seed ${seed} ${JSON.stringify([text, first, second])}`).toBe(right);
    }
  });

  it("put the text of the earlier edit first at equal positions", () => {
    expect(transform(["x"], ["y"], "theirs_first")).toEqual([1, "x"]);
    expect(transform(["x"], ["y"], "mine_first")).toEqual(["x"]);
  });

  it("composed have the effect of one after the other", () => {
    for (let seed = 1; seed <= 4000; seed += 1) {
      const dice = random(seed);
      const text = randomText(dice, 8);
      const first = randomOps(dice, text);
      const between = applied(text, first);
      const second = randomOps(dice, between);
      expect(applied(text, compose(first, second)), `seed ${seed}`).toBe(applied(between, second));
    }
  });

  it("are undone by their inverse", () => {
    for (let seed = 1; seed <= 2000; seed += 1) {
      const dice = random(seed);
      const text = randomText(dice, 8);
      const ops = randomOps(dice, text);
      expect(applied(applied(text, ops), invert(text, ops)), `seed ${seed}`).toBe(text);
    }
  });

  it("keep every keystroke of both when nothing is deleted", () => {
    const both = applied(applied("", ["AAA"]), transform(["BBB"], ["AAA"], "theirs_first"));
    expect(both).toBe("AAABBB");
  });

  it("are refused when they reach past the end", () => {
    expect(apply("abc", [4])).toBeNull();
    expect(apply("abc", [-4])).toBeNull();
    expect(apply("abc", [3, "d"])).toBe("abcd");
  });
});

describe("a diff", () => {
  it("leads from the old text to the new one without cutting a character", () => {
    for (let seed = 1; seed <= 4000; seed += 1) {
      const dice = random(seed);
      const before = randomText(dice, 8);
      const after = randomText(dice, 8);
      const ops = diff(before, after, dice.below(after.length + 1));
      expect(applied(before, ops), `seed ${seed}`).toBe(after);
      for (const op of ops) if (typeof op === "string") expect(op.isWellFormed()).toBe(true);
    }
  });

  it("keeps the halves of two different characters together", () => {
    expect(diff("🌱", "🌲")).toEqual(["🌲", -2]);
  });

  it("takes the position of typing from the caret", () => {
    expect(diff("aaa", "aaaa", 1)).toEqual(["a"]);
    expect(diff("aaa", "aaaa", 3)).toEqual([2, "a"]);
    expect(diff("aaaa", "aaa", 1)).toEqual([1, -1]);
  });
});

describe("a caret", () => {
  it("moves with the text before it and stays before what is inserted at it", () => {
    expect(moveCaret(3, ["xx"])).toBe(5);
    expect(moveCaret(3, [3, "xx"])).toBe(3);
    expect(moveCaret(3, [3, "xx"], "follow")).toBe(5);
    expect(moveCaret(3, [1, -1])).toBe(2);
    expect(moveCaret(3, [1, -10])).toBe(1);
    expect(moveCaret(3, [10, "x"])).toBe(3);
  });
});

it("ops that only keep change nothing", () => {
  expect(isNothing([3, 2])).toBe(true);
  expect(isNothing([3, "x"])).toBe(false);
});
