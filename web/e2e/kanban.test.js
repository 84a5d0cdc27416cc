// Cards and questions in the kanban view: moved by dragging and by keys, the same on every screen; axe on every view.
import assert from "node:assert/strict";
import { test } from "node:test";
import { act, Boards, BOB, CARDS, drag, field, inspect, look, mapCard, QUESTIONS, saved } from "./boards.js";

const boards = Boards.forTests([CARDS, QUESTIONS]);

/** @typedef {import("playwright-core").Page} Page */

/**
 * @param {Page} page
 * @param {string} name
 */
const column = (page, name) => page.locator(`[data-column="${name}"]`);

/**
 * What stands in a column, from top to bottom.
 * @param {Page} page
 * @param {string} name
 */
const inColumn = (page, name) => column(page, name).locator(".card-name").allTextContents();

/**
 * The middle of something, in the window.
 * @param {import("playwright-core").Locator} locator
 */
async function centre(locator) {
  const box = await locator.boundingBox();
  if (!box) throw new Error("it is not drawn");
  return { x: box.x + box.width / 2, y: box.y + Math.min(box.height / 2, 90) };
}

test("a board of cards reads well in every view, and is sorted into columns by hand", async () => {
  await boards.together(CARDS, { width: 1440 }, async (ada, bob) => {
    await inspect(ada, "empty");
    await act(ada, "start").click();
    await ada.locator(".map-card").nth(2).waitFor();
    await saved(ada);
    await inspect(ada, "map");
    await look(ada, "kanban");
    await look(bob, "kanban");
    await column(ada, "").waitFor();
    await ada.locator(".new-column input").fill("À garder");
    await ada.keyboard.press("Enter");
    const card = ada.locator(".kanban-column li").first();
    const name = (await card.locator(".card-name").textContent()) ?? "";
    await drag(ada, await centre(card), await centre(column(ada, "À garder")));
    await ada.locator(".kanban-column.over").waitFor();
    await inspect(ada, "a card under the hand");
    await ada.mouse.up();
    await column(bob, "À garder").getByText(name).waitFor();
    assert.deepEqual(await inColumn(ada, "À garder"), [name]);
    // One command, one undo; the drag has not opened the card.
    assert.equal(await ada.locator(".details").count(), 0);
    await act(ada, "undo").click();
    await column(bob, "À garder").waitFor({ state: "detached" });
    assert.deepEqual(await inColumn(ada, "À garder"), []);
    await act(column(ada, "À garder"), "add").click();
    await field(ada, "title").fill("Dans sa colonne");
    await ada.keyboard.press("Enter");
    await column(bob, "À garder").getByText("Dans sa colonne").waitFor();
    await inspect(ada, "columns and panel");
    await act(ada, "close").click();
    await look(ada, "table");
    await ada.locator("tbody tr").first().waitFor();
    await inspect(ada, "table");
  });
});

test("questions go from column to column by keyboard alone, and a phone shows them all", async () => {
  await boards.together(QUESTIONS, { width: 1440 }, async (ada, bob) => {
    await inspect(ada, "empty");
    await act(ada, "start").click();
    await ada.locator("tbody tr").first().waitFor();
    await saved(ada);
    await inspect(ada, "table with votes");
    await look(ada, "kanban");
    await look(bob, "kanban");
    const face = ada.locator(".kanban-column .card-button[tabindex='0']");
    const name = (await face.locator(".card-name").textContent()) ?? "";
    await face.focus();
    await ada.keyboard.press("v");
    await ada.keyboard.press("Alt+ArrowRight");
    const first = ada.locator(".kanban-column li:focus-within");
    await first.waitFor();
    assert.equal(await first.locator(".card-name").textContent(), name);
    const state = await ada.locator(".kanban-column:focus-within").getAttribute("data-column");
    await column(bob, state ?? "").getByText(name).waitFor();
    await column(bob, state ?? "").locator(".vote", { hasText: "1" }).waitFor();
    await ada.keyboard.press("Enter");
    await ada.locator(".details").waitFor();
    await inspect(ada, "columns and panel");
    await ada.keyboard.press("Escape");
    await look(ada, "free");
    await mapCard(ada, name.slice(0, 20)).waitFor();
  });
  for (const workshop of [CARDS, QUESTIONS]) {
    await boards.open(BOB, workshop, { width: 390 }, async (page) => {
      for (const [view, shown] of /** @type {const} */ ([["table", ".card-button"], ["kanban", ".kanban-column"], ["free", ".map-card"]])) {
        await look(page, view);
        await page.locator(shown).first().waitFor();
        await inspect(page, `${view} on a phone`);
      }
      await look(page, "table");
      await page.locator(".card-button").first().click();
      await page.locator(".details").waitFor();
      await inspect(page, "form on a phone");
    });
  }
});
