import { describe, expect, it } from "vitest";
import { Gestures } from "./gestures.ts";

/** A hand of one finger or a mouse, and what it did. */
function hand(since: number | null, handle = false) {
  const did: string[] = [];
  const note = (what: string) => () => void did.push(what);
  const gestures = new Gestures({
    pan: note("pan"), zoom: note("zoom"), drag: note("drag"), drop: note("drop"),
    drawLink: note("draw"), finishLink: note("link"), cancel: note("cancel"),
  });
  gestures.down(1, { x: 0, y: 0 }, { card: "a", handle, since });
  return { did, gestures };
}

describe("a finger on a card", () => {
  it.each([false, true])("that swipes pans the map and stores nothing, on a handle %s too", (handle) => {
    const { did, gestures } = hand(0, handle);
    for (let step = 1; step <= 40; step++) gestures.move(1, { x: 0, y: -11 * step }, 16 * step);
    gestures.up(1, { x: 0, y: -440 }, null);
    expect(new Set(did)).toEqual(new Set(["pan"]));
  });

  it("that has rested drags the card, though it trembled", () => {
    const { did, gestures } = hand(0);
    gestures.move(1, { x: 2, y: 1 }, 100);
    gestures.move(1, { x: 0, y: 30 }, 320);
    gestures.up(1, { x: 0, y: 30 }, null);
    expect(did).toEqual(["drag", "drop"]);
  });

  it("that only touches does nothing by itself, and on a handle begins a link", () => {
    const [card, handle] = [hand(0), hand(0, true)];
    for (const { gestures } of [card, handle]) gestures.up(1, { x: 0, y: 0 }, null);
    expect(card.did).toEqual([]);
    expect(handle.did).toEqual(["link"]);
  });
});

it("a mouse drags at once", () => {
  const { did, gestures } = hand(null);
  gestures.move(1, { x: 0, y: 30 }, 5);
  gestures.up(1, { x: 0, y: 30 }, null);
  expect(did).toEqual(["drag", "drop"]);
});
