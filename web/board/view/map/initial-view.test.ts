import { describe, expect, it } from "vitest";
import { type MapLayout, FREE_LAYOUT, ringLayout } from "../../model/map-layout.ts";
import type { Card } from "../../model/board.ts";
import { intersects, viewportBounds } from "../../model/camera.ts";
import { matrixLayout } from "../../model/matrix.ts";
import { fieldOf } from "../../model/schemas.ts";
import { ensureVisible, fitAll } from "./initial-view.ts";

describe("the initial view of a map", () => {
  const families = fieldOf("stakeholders", "family")?.choices ?? [];
  const cards = families.map((family): [string, Card] => [family, { x: 0, y: 0, fields: { family, power: 50, interest: 1 }, by: "ada", at: 0, rank: 1, votes: [], comments: [] }]);
  const placesOn = (layout: MapLayout) => new Map(cards.flatMap(([id, one]) => (at => (at ? [[id, at] as const] : []))(layout.positionOf(id, one))));

  it.each([ringLayout(cards), matrixLayout(cards)])("leaves room beside it for the list of unplaced cards ($name)", (layout) => {
    const places = placesOn(layout);
    for (const width of [1_400, 1_000]) {
      const camera = fitAll(layout, places, true, { width, height: 560 });
      for (const { x } of places.values()) expect((x - camera.x) * camera.scale).toBeGreaterThan(250);
      const right = Math.max(...[...places.values()].map(({ x }) => x + layout.size.width));
      expect((right - camera.x) * camera.scale).toBeLessThan(width);
    }
  });

  it("shows at least one card when the window becomes so small that all would be outside", () => {
    const places = new Map([["a", { x: 900, y: 500 }], ["b", { x: 1_100, y: 700 }]]);
    const camera = { x: 0, y: 0, scale: 1 };
    expect(ensureVisible(camera, places, FREE_LAYOUT.size, { width: 1_400, height: 800 })).toBe(camera);
    // A card of which only the border is visible cannot be recognised.
    for (const window of [{ width: 600, height: 400 }, { width: 920, height: 800 }]) {
      const found = ensureVisible(camera, places, FREE_LAYOUT.size, window);
      expect(intersects({ x: 980, y: 540, width: 20, height: 20 }, viewportBounds(found, window))).toBe(true);
    }
    expect(ensureVisible(camera, places, FREE_LAYOUT.size, { width: 0, height: 0 })).toBe(camera);
  });
});
