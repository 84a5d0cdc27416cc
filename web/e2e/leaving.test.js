// Every way of leaving a field, for every editor: nothing typed is lost, no empty card stays, no key falls on the board.
import assert from "node:assert/strict";
import { test } from "node:test";
import { act, ADA, addIndicator, beginRow, Boards, INDICATORS, look, openRow, QUESTIONS, row, saved, STAKEHOLDERS } from "./boards.js";

const boards = Boards.forTests([INDICATORS, QUESTIONS, STAKEHOLDERS]);

/** @typedef {import("playwright-core").Page} Page */

/** @param {Page} page */
const editor = (page) => page.locator(".editor input");

/**
 * Opens the cell of a row and types.
 * @param {Page} page
 * @param {string} name
 * @param {string} field
 * @param {string} text
 */
async function typeIn(page, name, field, text) {
  await row(page, name).locator(`[data-field=${field}]`).focus();
  await page.keyboard.press("F2");
  await editor(page).waitFor();
  await page.keyboard.type(text);
}

/** @param {Page} page @param {string} sort */
async function sortBy(page, sort) {
  await page.locator("details:has(.icon-filter, .filter-word) > summary").first().click();
  await page.locator(`select:has(option[value="${sort}"])`).selectOption(sort);
  await page.keyboard.press("Escape");
}

/** @param {Page} page @param {string} name */
async function removeRow(page, name) {
  await row(page, name).getByRole("rowheader").focus();
  await page.keyboard.press("Shift+Delete");
  await saved(page);
}

test("the cell that one types in survives votes, renaming, regrouping and a search that take its row elsewhere", async () => {
  await boards.together(QUESTIONS, { width: 1440 }, async (ada, bob) => {
    for (const name of ["Q-un", "Q-deux", "Q-trois", "Q-quatre"]) await addIndicator(bob, name);
    await row(ada, "Q-quatre").waitFor();
    /** @type {[string, () => Promise<void>, () => Promise<void>][]} */
    const moves = [
      ["votes", () => sortBy(ada, "votes"), () => row(bob, "Q-quatre").locator(".vote").click()],
      ["renaming", () => sortBy(ada, "title"), () => typeIn(bob, "Q-quatre", "question", " !").then(() => bob.keyboard.press("Enter"))],
      ["search", () => ada.getByRole("searchbox").fill("quatre"), async () => {
        await row(bob, "Q-quatre").getByRole("rowheader").focus();
        await bob.keyboard.type("Charlie");
        await bob.keyboard.press("Enter");
      }],
    ];
    const before = await row(bob, "").count();
    for (const [what, arrange, move] of moves) {
      await arrange();
      await typeIn(ada, "Q-quatre", "theme", `${what} en cou`);
      await move();
      await saved(bob);
      await ada.waitForTimeout(200);
      await ada.keyboard.type("rs, non ?");
      assert.equal((await editor(ada).inputValue()).slice(-`${what} en cours, non ?`.length), `${what} en cours, non ?`);
      await ada.keyboard.press("Escape");
      await editor(ada).waitFor({ state: "detached" });
      await saved(ada);
      assert.equal(await row(bob, "").count(), before, what);
    }
  });
});

/** @type {[string, (ada: Page) => Promise<unknown>][]} */
const WAYS = [
  ["Escape", (ada) => ada.keyboard.press("Escape")],
  ["Enter", (ada) => ada.keyboard.press("Enter")],
  ["Tab", (ada) => ada.keyboard.press("Tab")],
  ["a click elsewhere", (ada) => ada.locator(".board-title, h1").first().click()],
  ["another view", (ada) => look(ada, "summary")],
  ["a reload", (ada) => ada.reload()],
];

for (const [way, leave] of WAYS) {
  test(`a title that was typed is kept, and an empty card goes, whatever is left by ${way}`, async () => {
    await boards.together(INDICATORS, { width: 1440 }, async (ada, bob) => {
      const untitled = bob.getByRole("rowheader", { name: "Sans titre" });
      // The cell of a new row.
      await look(ada, "table");
      await beginRow(ada);
      await ada.keyboard.type(`Cellule ${way}`);
      await leave(ada);
      await row(bob, `Cellule ${way}`).waitFor();
      await ada.locator('[data-view="table"]').click();
      await beginRow(ada);
      await untitled.waitFor();
      await leave(ada);
      // Tab goes on in the same row.
      if (way === "Tab") await ada.locator("[data-view=summary]").click();
      await untitled.waitFor({ state: "detached" });
    });
    await boards.together(STAKEHOLDERS, { width: 1440 }, async (ada, bob) => {
      if (way === "another view") return;
      await look(bob, "table");
      await look(ada, "free");
      await act(ada, "add").first().click();
      await ada.locator(".field-name textarea:focus").waitFor();
      await ada.keyboard.type(`Fiche ${way}`);
      await leave(ada);
      await row(bob, `Fiche ${way}`).waitFor();
    });
  });
}

test("a card that another removes under one's hands gives the text back, and typing goes on there", async () => {
  await boards.together(INDICATORS, { width: 1440 }, async (ada, bob) => {
    const rows = () => ada.locator("tr[data-card]").count();
    await addIndicator(bob, "Reste");
    /** @type {[string, (name: string) => Promise<unknown>][]} */
    const editors = [
      ["cell", (name) => typeIn(ada, name, "referent", "Mme Pe")],
      ["panel", async (name) => {
        await openRow(ada, name);
        await ada.locator(".field-referent input").focus();
        await ada.keyboard.type("Mme Pe");
      }],
      ["long text", async (name) => {
        await openRow(ada, name);
        await ada.locator(".field-definition textarea").focus();
        await ada.keyboard.type("Mme Pe");
        await saved(ada);
      }],
    ];
    for (const [what, begin] of editors) {
      await addIndicator(bob, `À ôter ${what}`);
      await row(ada, `À ôter ${what}`).waitFor();
      await begin(`À ôter ${what}`);
      const before = await rows();
      await removeRow(bob, `À ôter ${what}`);
      await ada.locator(".notice .typed:focus").waitFor();
      await ada.keyboard.type("tit, non ?");
      await ada.locator(".notice .typed", { hasText: "Mme Petit, non ?" }).waitFor();
      await ada.keyboard.press("Enter");
      await ada.waitForTimeout(200);
      assert.equal(await rows(), before - 1, what);
      while ((await act(ada, "dismiss").count()) > 0) await act(ada, "dismiss").first().click();
    }
    // Nothing typed: the notice has the focus, and keys do nothing.
    await addIndicator(bob, "À ôter");
    await openRow(ada, "À ôter");
    const before = await rows();
    await ada.locator(".field-source input").focus();
    await removeRow(bob, "À ôter");
    await ada.locator(".notice:focus").waitFor();
    for (const key of ["n", " ", "Enter"]) await ada.keyboard.press(key);
    await ada.waitForTimeout(200);
    assert.equal(await rows(), before - 1);
  });
});

test("Escape explains a value that does not fit, and gives it back at the second press", async () => {
  await boards.open(ADA, INDICATORS, { width: 1440 }, async (ada) => {
    await addIndicator(ada, "Chiffré");
    await typeIn(ada, "Chiffré", "baseline", "12 à 15");
    await ada.keyboard.press("Escape");
    await ada.locator(".bubble.problem").waitFor();
    await ada.keyboard.press("Escape");
    await ada.locator(".notice .typed", { hasText: "12 à 15" }).waitFor();
    assert.equal(await editor(ada).count(), 0);
    await openRow(ada, "Chiffré");
    await ada.locator(".field-referent input").fill("Mme Petit");
    await ada.keyboard.press("Escape");
    await row(ada, "Chiffré").getByText("Mme Petit").waitFor();
    await ada.locator(".details:focus").waitFor();
    await ada.keyboard.press("Escape");
    await ada.locator(".details").waitFor({ state: "detached" });
    await saved(ada);
  });
});
