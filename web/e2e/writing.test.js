// What one writes on a board: told beside the cell, kept, given back, and nothing left behind.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ADA, addIndicator, Boards, INDICATORS, openRow, row } from "./boards.js";

const boards = Boards.forTests([INDICATORS]);

/** @typedef {import("playwright-core").Page} Page */

/**
 * Whether nothing hides any corner of an element, and no edge of the window cuts it.
 * @param {import("playwright-core").Locator} element
 */
const isSeenWhole = (element) =>
  element.evaluate((node) => {
    const { left, top, right, bottom } = node.getBoundingClientRect();
    const corners = [left + 2, right - 2].flatMap((x) => [top + 2, bottom - 2].map((y) => /** @type {const} */ ([x, y])));
    return corners.every(([x, y]) => node.contains(document.elementFromPoint(x, y)));
  });

test("what is wrong in a cell is told whole, in the last row, beside the panel, and at the window’s edge", async () => {
  await boards.open(ADA, INDICATORS, { width: 1440 }, async (page) => {
    await addIndicator(page, "Bulle");
    const wrong = async (/** @type {string} */ field) => {
      await row(page, "Bulle").locator(`[data-field=${field}]`).focus();
      await page.keyboard.type("beaucoup");
      await page.keyboard.press("Enter");
      const bubble = page.locator(".bubble");
      await bubble.waitFor();
      assert.ok(await isSeenWhole(bubble), `${field}: ${JSON.stringify(await bubble.boundingBox())}`);
      await page.keyboard.press("Escape");
    };
    await wrong("baseline");
    await wrong("priority");
    await openRow(page, "Bulle");
    await page.locator(".details").waitFor();
    await wrong("priority");
    await page.setViewportSize({ width: 1440, height: 420 });
    await wrong("target");
  });
});
