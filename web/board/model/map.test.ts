// The geometry of the map: zooming, arrow keys, and what dropping a card means in each layout.
import { describe, expect, it } from "vitest";
import { random } from "../test/random.ts";
import { FREE_LAYOUT, freePosition, ringLayout } from "./map-layout.ts";
import { bundled, visibleArrows, arrowsOf, midpoint, withoutOverlap, linkAtPoint } from "./arrows.ts";
import type { Card, Link } from "./board.ts";
import { boundsOf, renderStart, renderEnd, fitToBounds, nearest, panned, scrolledIntoView, screenToMap, zoomed } from "./camera.ts";
import { freeMatrixPosition, matrixLayout } from "./matrix.ts";
import { fieldOf } from "./schemas.ts";

const card = (fields: Card["fields"], x = 0, y = 0): Card => ({
  x,
  y,
  fields,
  by: "ada",
  at: 0,
  rank: 1,
  votes: [],
  comments: [],
});

describe("the camera", () => {
  it("keeps the point under the fingers in place while zooming, within the scale limits", () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const dice = random(seed);
      const camera = { x: dice.below(2000) - 1000, y: dice.below(2000) - 1000, scale: 0.2 + dice.fraction() };
      const at = { x: dice.below(1200), y: dice.below(800) };
      const after = zoomed(camera, 0.2 + 4 * dice.fraction(), at);
      expect(screenToMap(after, at).x).toBeCloseTo(screenToMap(camera, at).x, 6);
      expect(screenToMap(after, at).y).toBeCloseTo(screenToMap(camera, at).y, 6);
      expect(after.scale).toBeGreaterThanOrEqual(0.07);
      expect(after.scale).toBeLessThanOrEqual(2.5);
    }
  });

  it("fits bounds into the window and does not move for what is visible already", () => {
    const window = { width: 1000, height: 600 };
    const rect = boundsOf([{ x: -900, y: 40 }, { x: 2000, y: 3000 }], FREE_LAYOUT.size);
    const camera = fitToBounds(rect ?? { x: 0, y: 0, width: 1, height: 1 }, window);
    expect(screenToMap(camera, { x: 0, y: 0 }).x).toBeLessThan(-900);
    expect(screenToMap(camera, { x: 1000, y: 600 }).y).toBeGreaterThan(3112);
    const seen = { x: -900, y: 40, ...FREE_LAYOUT.size };
    expect(scrolledIntoView(camera, seen, window)).toEqual(camera);
    const away = panned(camera, 5_000, 0);
    const back = scrolledIntoView(away, seen, window);
    expect(back.x).toBeLessThan(-900);
    expect(back.y).toBe(away.y);
  });

  it("draws a little more than the window shows", () => {
    expect(renderStart(5, 1)).toBeLessThan(-300);
    expect(renderEnd(5, 1000, 0.5)).toBeGreaterThan(2300);
    expect(renderStart(5, 1)).toBe(renderStart(100, 1));
    expect(renderStart(5, 0.25)).toBe(renderStart(1000, 0.25));
    expect(renderStart(5, 0.3)).toBe(renderStart(5, 0.45));
  });

  it("goes to the nearest card in the direction of an arrow", () => {
    const places = new Map([
      ["here", { x: 0, y: 0 }],
      ["right", { x: 300, y: 10 }],
      ["far right", { x: 600, y: 0 }],
      ["below", { x: 20, y: 200 }],
    ]);
    expect(nearest(places, "here", "right")).toBe("right");
    expect(nearest(places, "here", "down")).toBe("below");
    expect(nearest(places, "here", "left")).toBeNull();
    expect(nearest(places, "far right", "left")).toBe("right");
  });
});

describe("the matrix", () => {
  const at = (power: number, interest: number, count: number): [string, Card][] =>
    Array.from({ length: count }, (_, index) => [String(index), card({ power, interest })]);

  it("places 500 cards without overlap, each near the position of its data", () => {
    const cards = Array.from({ length: 500 }, (_, index): [string, Card] => [String(index), card({ power: (index * 37) % 101, interest: (index * 53 + Math.floor(index / 101) * 20) % 101 })]);
    const { positionOf: lies, size, backdrop } = matrixLayout(cards);
    const places = cards.map(([id, one]) => lies(id, one) ?? { x: NaN, y: NaN });
    let covered = 0;
    for (const [index, a] of places.entries()) {
      for (const b of places.slice(index + 1)) if (Math.abs(a.x - b.x) < size.width && Math.abs(a.y - b.y) < size.height) covered += 1;
    }
    expect(covered).toBe(0);
    expect(backdrop).not.toBeNull();
  });

  it("converts a position to power and interest and back exactly", () => {
    for (const [power, interest, count] of [[0, 0, 3], [100, 100, 3], [37, 82, 3], [37, 82, 500]] as const) {
      const arranged = matrixLayout(at(power, interest, count));
      for (const [id, one] of at(power, interest, count)) {
        const place = arranged.positionOf(id, one);
        expect(place && arranged.dropAt(id, place)).toEqual({ type: "set_fields", card: id, fields: { power, interest } });
      }
    }
  });

  it("clamps a drop to 0 to 100, and leaves out cards without power and interest", () => {
    expect(matrixLayout(at(1, 1, 3)).dropAt("a", { x: -9999, y: -9999 })).toMatchObject({ fields: { power: 100, interest: 0 } });
    expect(matrixLayout(at(1, 1, 3)).positionOf("a", card({ power: 3 }))).toBeNull();
  });
});

describe("a card without power and interest", () => {
  it("gets a position that covers no other card, the first one in the middle", () => {
    const there: [string, Card][] = [];
    for (let added = 0; added < 12; added += 1) {
      const place = freeMatrixPosition(there);
      const clash = there.some(([, { fields }]) => Math.abs(Number(fields["power"]) - place.power) * 5.2 < 44 && Math.abs(Number(fields["interest"]) - place.interest) * 10.5 < 168);
      expect(clash, `${place.power}, ${place.interest}`).toBe(false);
      there.push([String(added), card(place)]);
    }
    expect(there[0]?.[1].fields).toEqual({ power: 50, interest: 50 });
  });
});

describe("a new card", () => {
  it("covers no other card, wherever those were moved", () => {
    const cards = [card({}, 0, 0), card({}, 520, 10)];
    for (let added = 0; added < 140; added += 1) {
      const { x, y } = freePosition(cards);
      expect(cards.some((one) => Math.abs(one.x - x) < 220 && Math.abs(one.y - y) < 112)).toBe(false);
      cards.push(card({}, x, y));
    }
    // Many cards fill a square, counted in cards.
    expect(Math.max(...cards.map(({ x }) => x)) / 260).toBeLessThan(14);
    expect(Math.max(...cards.map(({ y }) => y)) / 180).toBeLessThan(14);
  });
});

describe("the rings", () => {
  const families = fieldOf("stakeholders", "family")?.choices ?? [];
  const some = (factor: number): [string, Card][] =>
    families.flatMap((family, index) =>
      Array.from({ length: (index % 4) * factor }, (_, at): [string, Card] => [`${family} ${at}`, card({ family })]),
    );

  it.each([1, 14])("put every card into its own family's sector, without overlap (%i)", (factor) => {
    const cards = some(factor);
    const arranged = ringLayout(cards);
    const places = cards.map(([id, one]) => ({ id, one, at: arranged.positionOf(id, one) }));
    for (const { id, one, at } of places) {
      expect(at && arranged.dropAt(id, at), id).toMatchObject({ fields: { family: one.fields["family"] } });
    }
    for (const [index, { at, id }] of places.entries()) {
      for (const other of places.slice(index + 1)) {
        const apart = Math.abs((at?.x ?? 0) - (other.at?.x ?? 0)) >= 168 || Math.abs((at?.y ?? 0) - (other.at?.y ?? 0)) >= 44;
        expect(apart, `${id} and ${other.id}`).toBe(true);
      }
    }
  });

  it("stay compact with many cards: several rows instead of one long one", () => {
    const many = families.flatMap((family) => Array.from({ length: 40 }, (_, at): [string, Card] => [`${family} ${at}`, card({ family })]));
    expect(ringLayout(many).radii.at(-1)?.height).toBeLessThan(1_700);
  });

  it("leave out cards without a family", () => {
    expect(ringLayout(some(1)).positionOf("x", card({}))).toBeNull();
  });
});

describe("links", () => {
  const link = (from: string, to: string, kind = "funds"): Link => ({ from, to, kind, strength: 2, note: "", by: "ada" });
  const places = new Map([["a", { x: 0, y: 0 }], ["b", { x: 800, y: 0 }], ["c", { x: 0, y: 9000 }]]);
  const links = new Map([["1", link("a", "b")], ["2", link("b", "a")], ["3", link("a", "c", "opposes")], ["4", link("a", "gone")]]);
  const seen = { x: -100, y: -100, width: 1200, height: 800 };

  it("are drawn when they cross the visible area and both ends exist, links of one kind as one path", () => {
    const drawn = visibleArrows(arrowsOf(links, places, FREE_LAYOUT.size), seen);
    expect(drawn.map(({ id }) => id)).toEqual(["1", "2", "3"]);
    const shapes = bundled(drawn);
    expect(shapes.map(({ kind }) => kind)).toEqual(["funds", "opposes"]);
    expect(shapes[0]?.path.match(/Q/gu)).toHaveLength(2);
    expect(visibleArrows(drawn, { ...seen, y: 20_000 })).toEqual([]);
  });

  it("are found by pressing near the line, and not beside it", () => {
    const lines = arrowsOf(links, places, FREE_LAYOUT.size);
    const [there] = lines;
    const { x, y } = midpoint(there?.curve ?? { start: { x: 0, y: 0 }, bend: { x: 0, y: 0 }, end: { x: 0, y: 0 } });
    expect(linkAtPoint(lines, { x, y: y + 5 }, 9)).toBe("1");
    expect(linkAtPoint(lines, { x, y: y + 40 }, 9)).toBeNull();
    expect(linkAtPoint([], { x, y }, 9)).toBeNull();
  });

  it("are labelled where the label overlaps no card and no other label, the first ones first", () => {
    const near = new Map([["a", { x: 0, y: 0 }], ["b", { x: 260, y: 0 }], ["far", { x: 900, y: 600 }]]);
    const lines = arrowsOf(new Map([["1", link("a", "b")], ["2", link("b", "far")], ["3", link("b", "far", "informs")]]), near, FREE_LAYOUT.size);
    const named = (some: typeof lines): string[] => withoutOverlap(some, near.values(), FREE_LAYOUT.size, () => "finance").map(({ id }) => id);
    // There is no room between two close cards; of two overlapping labels one is drawn.
    expect(named(lines)).toEqual(["2"]);
    expect(named([...lines].reverse())).toEqual(["3"]);
    expect(named([...lines, ...lines])).toEqual(["2"]);
  });

  it("of opposite directions do not cover each other", () => {
    const [there, back] = arrowsOf(links, places, FREE_LAYOUT.size);
    expect(there?.curve.bend.y).not.toBeCloseTo(back?.curve.bend.y ?? 0, 1);
  });
});
