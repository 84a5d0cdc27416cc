// Cards and questions in the kanban view: moved by dragging and by keys, the same on every screen; axe on every view.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BOB, Boards, CARDS, drag, inspect, look, mapCard, QUESTIONS, saved } from "./boards.js";

const boards = Boards.forTests([CARDS, QUESTIONS]);

/** @typedef {import("playwright-core").Page} Page */

/**
 * @param {Page} page
 * @param {string} name
 */
const column = (page, name) => page.getByRole("region", { name, exact: true });

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
    await ada.getByRole("button", { name: "Partir de fiches d’exemple" }).click();
    await ada.locator(".map-card").nth(2).waitFor();
    await saved(ada);
    await inspect(ada, "map");
    await look(ada, "Par groupe");
    await look(bob, "Par groupe");
    await column(ada, "Non renseigné").waitFor();
    await ada.getByLabel("Nouvelle colonne").fill("À garder");
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
    await ada.getByRole("button", { name: "Annuler mon dernier changement" }).click();
    await column(bob, "À garder").waitFor({ state: "detached" });
    assert.deepEqual(await inColumn(ada, "À garder"), []);
    await ada.getByRole("button", { name: "Ajouter une fiche : À garder" }).click();
    await ada.getByLabel("Titre").fill("Dans sa colonne");
    await ada.keyboard.press("Enter");
    await column(bob, "À garder").getByText("Dans sa colonne").waitFor();
    await inspect(ada, "columns and panel");
    await ada.getByRole("button", { name: "Fermer" }).click();
    await look(ada, "Tableau");
    await ada.locator("tbody tr").first().waitFor();
    await inspect(ada, "table");
  });
});

test("questions go from column to column by keyboard alone, and a phone shows them all", async () => {
  await boards.together(QUESTIONS, { width: 1440 }, async (ada, bob) => {
    await inspect(ada, "empty");
    await ada.getByRole("button", { name: "Partir de questions fréquentes" }).click();
    await ada.locator("tbody tr").first().waitFor();
    await saved(ada);
    await inspect(ada, "table with votes");
    await look(ada, "Par état");
    await look(bob, "Par état");
    const face = ada.locator(".kanban-column .card-button[tabindex='0']");
    const name = (await face.locator(".card-name").textContent()) ?? "";
    await face.focus();
    await ada.keyboard.press("v");
    await ada.keyboard.press("Alt+ArrowRight");
    const first = ada.locator(".kanban-column li:focus-within");
    await first.waitFor();
    assert.equal(await first.locator(".card-name").textContent(), name);
    const state = await ada.locator(".kanban-column:focus-within").getAttribute("aria-label");
    await column(bob, state ?? "").getByText(name).waitFor();
    await column(bob, state ?? "").locator(".vote", { hasText: "1" }).waitFor();
    await ada.keyboard.press("Enter");
    await ada.locator(".details").waitFor();
    await inspect(ada, "columns and panel");
    await ada.keyboard.press("Escape");
    await look(ada, "Carte");
    await mapCard(ada, name.slice(0, 20)).waitFor();
  });
  for (const [workshop, views] of /** @type {const} */ ([[CARDS, ["Fiches", "Par groupe", "Carte"]], [QUESTIONS, ["Fiches", "Par état", "Carte"]]])) {
    await boards.open(BOB, workshop, { width: 390 }, async (page) => {
      for (const view of views) {
        await look(page, view);
        await page.locator(view === "Fiches" ? ".card-button" : view === "Carte" ? ".map-card" : ".kanban-column").first().waitFor();
        await inspect(page, `${view} on a phone`);
      }
      await look(page, "Fiches");
      await page.locator(".card-button").first().click();
      await page.locator(".details").waitFor();
      await inspect(page, "form on a phone");
    });
  }
});
