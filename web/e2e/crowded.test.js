// A board of 500 actors and 1,000 links, on wide and narrow screens: names are readable when it opens, search results are
// visible, and each view keeps its camera.
import assert from "node:assert/strict";
import { test } from "node:test";
import { act, ADA, Boards, goToBoard, inspect, look, mapCard, saved, STAKEHOLDERS } from "./boards.js";
import { fill, stakeholders } from "./fill.js";
import { waitUntil } from "./wait.js";

const boards = Boards.forTests([STAKEHOLDERS]);
/** Pixels: smaller letters are not readable. */
const READABLE = 9.9;

/** @typedef {import("playwright-core").Page} Page */

/**
 * The height of the letters of names in sight, pixels, smallest first.
 * @param {Page} page
 */
const lettersOf = (page) =>
  page.locator(".map-card-name").evaluateAll((names) => {
    const window = document.querySelector(".map")?.getBoundingClientRect();
    const inSight = names.filter((name) => {
      const { left, right, top, bottom } = name.getBoundingClientRect();
      return window !== undefined && left < window.right && right > window.left && top < window.bottom && bottom > window.top;
    });
    const scale = new DOMMatrix(getComputedStyle(/** @type {Element} */ (document.querySelector(".map .world"))).transform).a;
    return inSight.map((name) => scale * parseFloat(getComputedStyle(name).fontSize)).sort((a, b) => a - b);
  });

/** @param {Page} page */
const camera = (page) => page.locator(".map .world").evaluate((world) => getComputedStyle(world).transform);

test("a crowded board is read, searched and left for another view, on any screen", async () => {
  await boards.visit(null, {}, (page) => fill(page, STAKEHOLDERS.slug, stakeholders(500, 1_000)));
  for (const width of [1440, 820, 390]) {
    await boards.visit(ADA, { width }, async (page) => {
      await goToBoard(page, STAKEHOLDERS);
      await saved(page);
      for (const view of /** @type {const} */ (["free", "rings"])) {
        await look(page, view);
        await page.waitForFunction(() => document.querySelectorAll(".map-card").length > 8);
        // Cards are rendered, and made larger, a few per frame.
        await waitUntil(async () => {
          const letters = await lettersOf(page);
          return letters.length > 4 && Number(letters[0]) > READABLE;
        }, `readable names, ${view}, ${width}`);
        await inspect(page, `${view}, ${width}, 500 cards`);
      }
      await look(page, "free");
      const before = await camera(page);
      await page.getByRole("searchbox").fill("Acteur 437");
      await mapCard(page, "Acteur 437 du territoire").waitFor();
      await page.waitForFunction((before) => getComputedStyle(/** @type {Element} */ (document.querySelector(".map .world"))).transform !== before, before);
      const found = await mapCard(page, "Acteur 437 du territoire").boundingBox();
      const map = await page.locator(".map").boundingBox();
      assert.ok(found && map && found.x >= map.x && found.x + found.width <= map.x + map.width && found.y >= map.y && found.y + found.height <= map.y + map.height);
      await act(page, "reset").click();
      await page.waitForFunction(() => document.querySelectorAll(".map-card").length > 8);
      const there = await camera(page);
      await look(page, "table");
      await page.locator(width === 390 ? ".card-button" : "tbody tr").first().waitFor();
      await inspect(page, `list, ${width}, 500 cards`);
      await look(page, "free");
      await mapCard(page, "Acteur 437 du territoire").waitFor();
      assert.equal(await camera(page), there, "as it was left");
    });
  }
});
