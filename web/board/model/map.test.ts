// The geometry of the map: what zooming keeps in place, which card an arrow reaches, what a drop means.
import { describe, expect, it } from "vitest";
import { random } from "../test/random.ts";
import { FREE, freePlace, rings } from "./arrangements.ts";
import { bundles, crossing, curves, half, legible, linkAt } from "./arrows.ts";
import type { Card, Link } from "./board.ts";
import { around, drawnFrom, drawnTo, fitted, nearest, panned, revealing, toMap, zoomed } from "./camera.ts";
import { freeOnMatrix, matrix } from "./matrix.ts";
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
  it("keeps the point under the fingers in place while zooming, within its bounds", () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const dice = random(seed);
      const camera = { x: dice.below(2000) - 1000, y: dice.below(2000) - 1000, scale: 0.2 + dice.fraction() };
      const at = { x: dice.below(1200), y: dice.below(800) };
      const after = zoomed(camera, 0.2 + 4 * dice.fraction(), at);
      expect(toMap(after, at).x).toBeCloseTo(toMap(camera, at).x, 6);
      expect(toMap(after, at).y).toBeCloseTo(toMap(camera, at).y, 6);
      expect(after.scale).toBeGreaterThanOrEqual(0.07);
      expect(after.scale).toBeLessThanOrEqual(2.5);
    }
  });

  it("fits what it is asked to show and does not move for what is seen already", () => {
    const window = { width: 1000, height: 600 };
    const rect = around([{ x: -900, y: 40 }, { x: 2000, y: 3000 }], FREE.size);
    const camera = fitted(rect ?? { x: 0, y: 0, width: 1, height: 1 }, window);
    expect(toMap(camera, { x: 0, y: 0 }).x).toBeLessThan(-900);
    expect(toMap(camera, { x: 1000, y: 600 }).y).toBeGreaterThan(3112);
    const seen = { x: -900, y: 40, ...FREE.size };
    expect(revealing(camera, seen, window)).toEqual(camera);
    const away = panned(camera, 5_000, 0);
    const back = revealing(away, seen, window);
    expect(back.x).toBeLessThan(-900);
    expect(back.y).toBe(away.y);
  });

  it("draws a little more than the window shows", () => {
    expect(drawnFrom(5, 1)).toBeLessThan(-300);
    expect(drawnTo(5, 1000, 0.5)).toBeGreaterThan(2300);
    expect(drawnFrom(5, 1)).toBe(drawnFrom(100, 1));
    expect(drawnFrom(5, 0.25)).toBe(drawnFrom(1000, 0.25));
    expect(drawnFrom(5, 0.3)).toBe(drawnFrom(5, 0.45));
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

  it("lays 500 cards so that every name can be read, each near the place that it means", () => {
    const cards = Array.from({ length: 500 }, (_, index): [string, Card] => [String(index), card({ power: (index * 37) % 101, interest: (index * 53 + Math.floor(index / 101) * 20) % 101 })]);
    const { at: lies, size, ground } = matrix(cards);
    const places = cards.map(([id, one]) => lies(id, one) ?? { x: NaN, y: NaN });
    let covered = 0;
    for (const [index, a] of places.entries()) {
      for (const b of places.slice(index + 1)) if (Math.abs(a.x - b.x) < size.width && Math.abs(a.y - b.y) < size.height) covered += 1;
    }
    expect(covered).toBe(0);
    expect(ground).not.toBeNull();
  });

  it("reads a place as power and interest, and puts the card back exactly there", () => {
    for (const [power, interest, count] of [[0, 0, 3], [100, 100, 3], [37, 82, 3], [37, 82, 500]] as const) {
      const arranged = matrix(at(power, interest, count));
      for (const [id, one] of at(power, interest, count)) {
        const place = arranged.at(id, one);
        expect(place && arranged.moved(id, place)).toEqual({ type: "set_fields", card: id, fields: { power, interest } });
      }
    }
  });

  it("keeps what is dropped outside within 0 to 100, and leaves aside who has no place yet", () => {
    expect(matrix(at(1, 1, 3)).moved("a", { x: -9999, y: -9999 })).toMatchObject({ fields: { power: 100, interest: 0 } });
    expect(matrix(at(1, 1, 3)).at("a", card({ power: 3 }))).toBeNull();
  });
});

describe("who has no place on the matrix yet", () => {
  it("is put where nobody is covered, the first one in the middle", () => {
    const there: [string, Card][] = [];
    for (let added = 0; added < 12; added += 1) {
      const place = freeOnMatrix(there);
      const clash = there.some(([, { fields }]) => Math.abs(Number(fields["power"]) - place.power) * 5.2 < 44 && Math.abs(Number(fields["interest"]) - place.interest) * 10.5 < 168);
      expect(clash, `${place.power}, ${place.interest}`).toBe(false);
      there.push([String(added), card(place)]);
    }
    expect(there[0]?.[1].fields).toEqual({ power: 50, interest: 50 });
  });
});

describe("a new card", () => {
  it("covers none that is there, wherever they were moved", () => {
    const cards = [card({}, 0, 0), card({}, 520, 10)];
    for (let added = 0; added < 140; added += 1) {
      const { x, y } = freePlace(cards);
      expect(cards.some((one) => Math.abs(one.x - x) < 220 && Math.abs(one.y - y) < 112)).toBe(false);
      cards.push(card({}, x, y));
    }
    // A crowd lies as wide as high, in cards.
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

  it.each([1, 14])("put every card into its own family's sector, and none upon another (%i)", (factor) => {
    const cards = some(factor);
    const arranged = rings(cards);
    const places = cards.map(([id, one]) => ({ id, one, at: arranged.at(id, one) }));
    for (const { id, one, at } of places) {
      expect(at && arranged.moved(id, at), id).toMatchObject({ fields: { family: one.fields["family"] } });
    }
    for (const [index, { at, id }] of places.entries()) {
      for (const other of places.slice(index + 1)) {
        const apart = Math.abs((at?.x ?? 0) - (other.at?.x ?? 0)) >= 168 || Math.abs((at?.y ?? 0) - (other.at?.y ?? 0)) >= 44;
        expect(apart, `${id} and ${other.id}`).toBe(true);
      }
    }
  });

  it("stay compact when many are there: as deep as their lengths allow, not as long as the largest family", () => {
    const many = families.flatMap((family) => Array.from({ length: 40 }, (_, at): [string, Card] => [`${family} ${at}`, card({ family })]));
    expect(rings(many).radii.at(-1)?.height).toBeLessThan(1_700);
  });

  it("leave aside who has no family", () => {
    expect(rings(some(1)).at("x", card({}))).toBeNull();
  });
});

describe("links", () => {
  const link = (from: string, to: string, kind = "funds"): Link => ({ from, to, kind, strength: 2, note: "", by: "ada" });
  const places = new Map([["a", { x: 0, y: 0 }], ["b", { x: 800, y: 0 }], ["c", { x: 0, y: 9000 }]]);
  const links = new Map([["1", link("a", "b")], ["2", link("b", "a")], ["3", link("a", "c", "opposes")], ["4", link("a", "gone")]]);
  const seen = { x: -100, y: -100, width: 1200, height: 800 };

  it("are drawn when they cross what is seen and both ends are there, alike ones as one shape", () => {
    const drawn = crossing(curves(links, places, FREE.size), seen);
    expect(drawn.map(({ id }) => id)).toEqual(["1", "2", "3"]);
    const shapes = bundles(drawn);
    expect(shapes.map(({ kind }) => kind)).toEqual(["funds", "opposes"]);
    expect(shapes[0]?.path.match(/Q/gu)).toHaveLength(2);
    expect(crossing(drawn, { ...seen, y: 20_000 })).toEqual([]);
  });

  it("are found by pressing near the line, and not beside it", () => {
    const lines = curves(links, places, FREE.size);
    const [there] = lines;
    const { x, y } = half(there?.curve ?? { start: { x: 0, y: 0 }, bend: { x: 0, y: 0 }, end: { x: 0, y: 0 } });
    expect(linkAt(lines, { x, y: y + 5 }, 9)).toBe("1");
    expect(linkAt(lines, { x, y: y + 40 }, 9)).toBeNull();
    expect(linkAt([], { x, y }, 9)).toBeNull();
  });

  it("are named where the name lies upon no card and no other name, the first ones first", () => {
    const near = new Map([["a", { x: 0, y: 0 }], ["b", { x: 260, y: 0 }], ["far", { x: 900, y: 600 }]]);
    const lines = curves(new Map([["1", link("a", "b")], ["2", link("b", "far")], ["3", link("b", "far", "informs")]]), near, FREE.size);
    const named = (some: typeof lines): string[] => legible(some, near.values(), FREE.size, () => "finance").map(({ id }) => id);
    // Between two cards that stand close there is no room; of two links that lie upon each other one is named.
    expect(named(lines)).toEqual(["2"]);
    expect(named([...lines].reverse())).toEqual(["3"]);
    expect(named([...lines, ...lines])).toEqual(["2"]);
  });

  it("of opposite directions do not cover each other", () => {
    const [there, back] = curves(links, places, FREE.size);
    expect(there?.curve.bend.y).not.toBeCloseTo(back?.curve.bend.y ?? 0, 1);
  });
});
