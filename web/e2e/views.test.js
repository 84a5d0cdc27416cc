// Every view of a board, in light and in the dark, wide and on a phone: axe finds nothing, nothing is cut off sideways.
import assert from "node:assert/strict";
import { test } from "node:test";
import { follow } from "./actions.js";
import { act, ADA, addIndicator, beginRow, Boards, BOB, CUT, drawLink, goToBoard, INDICATORS, inspect, look, mapCard, openRow, row, saved, say, STAKEHOLDERS, status } from "./boards.js";

const boards = Boards.forTests([STAKEHOLDERS, INDICATORS]);

test("a stakeholders’ board reads well in every view", async () => {
  await boards.open(ADA, STAKEHOLDERS, { width: 1440 }, async (page) => {
    await inspect(page, "empty");
    await act(page, "start").click();
    await mapCard(page, "Direction générale").waitFor();
    await saved(page);
    await drawLink(page, "ADEME", "Direction des finances");
    await page.locator(".link-editor").waitFor();
    await inspect(page, "link editor");
    await page.keyboard.press("Escape");
    await page.keyboard.press("l");
    await page.locator(".map-hint", { hasText: "ADEME" }).waitFor();
    await inspect(page, "linking");
    await page.keyboard.press("Escape");
    await page.keyboard.press("c");
    await page.locator(".comments textarea").fill("À inviter");
    await page.keyboard.press("Control+Enter");
    await page.locator(".comment-text").waitFor();
    await page.locator(".provenance summary").click();
    await inspect(page, "panel with comments and links, on the map");
    for (const view of /** @type {const} */ (["matrix", "rings", "table"])) {
      await look(page, view);
      await page.locator(view === "table" ? "tbody tr" : ".map").first().waitFor();
      await inspect(page, `${view} beside the panel`);
    }
    await act(page, "close").click();
    await inspect(page, "table");
    await page.locator(".filters summary").click();
    await page.locator(".filters [name=group]").selectOption("family");
    await inspect(page, "filters, and the table in groups");
    await page.keyboard.press("Escape");
    await page.locator(".columns summary").click();
    await inspect(page, "columns");
    await page.keyboard.press("Escape");
    await act(page, "help").click();
    await page.getByText("relier par le formulaire de la fiche").waitFor();
    assert.equal(await page.getByRole("heading", { name: "En colonnes" }).count(), 0);
    await inspect(page, "help");
    await page.keyboard.press("Escape");
    await page.getByRole("searchbox").fill("personne ne s’appelle ainsi");
    await page.locator(".nothing-found").waitFor();
    await inspect(page, "nothing found");
  });
});

/**
 * Cards get the colour of the field that is chosen, and say first what it is.
 * @param {Page} page
 */
async function colourByPriority(page) {
  const card = page.locator(".map-card").filter({ has: page.locator(".priority-1") });
  await page.locator(".filters summary").click();
  await page.locator(".filters [name=colour]").selectOption("priority");
  await inspect(page, "filters of the map");
  await page.keyboard.press("Escape");
  await page.locator(".map-card.tone-orange").waitFor();
  assert.equal(await card.locator(".map-card-facts > *").first().textContent(), "1");
  await page.reload();
  await page.locator(".map-card.tone-orange").waitFor();
}

/** @typedef {import("playwright-core").Page} Page */

test("a board of indicators reads well in every view", async () => {
  await boards.open(ADA, INDICATORS, { width: 1440 }, async (page) => {
    await addIndicator(page, "Part des marchés réservés");
    await page.locator(".templates summary").click();
    await inspect(page, "templates");
    await page.locator(".templates li button").first().click();
    await page.locator(".details").waitFor();
    await act(page, "close").click();
    await saved(page);
    await beginRow(page);
    await inspect(page, "a cell being edited");
    await page.keyboard.press("Escape");
    await openRow(page, (await page.locator("tbody th .words").first().textContent()) ?? "");
    await page.locator(".details").waitFor();
    await inspect(page, "panel");
    await act(page, "close").click();
    for (const [view, shown] of /** @type {const} */ ([["kanban", ".kanban"], ["free", ".map"], ["summary", ".summary"]])) {
      await look(page, view);
      await page.locator(shown).waitFor();
      if (view === "free") await colourByPriority(page);
      await inspect(page, view);
    }
  });
});

test("every view and the form fit a phone", async () => {
  for (const [workshop, views] of /** @type {const} */ ([[STAKEHOLDERS, ["table", "free", "matrix", "rings"]], [INDICATORS, ["table", "kanban", "free", "summary"]]])) {
    await boards.open(BOB, workshop, { width: 390 }, async (page) => {
      for (const view of views) {
        await look(page, view);
        await page.locator(view === "table" ? ".card-button" : view === "kanban" ? ".kanban-column" : view === "summary" ? ".summary" : ".map").first().waitFor();
        await inspect(page, `${view} on a phone`);
        await page.getByRole("button", { name: "Menu" }).click();
        const way = await page.locator('form[action="/deconnexion"] button').boundingBox();
        assert.ok(way && way.x >= 0 && way.x + way.width <= 390, `signing out is in sight: ${JSON.stringify(way)}`);
        await page.getByRole("button", { name: "Menu" }).click();
      }
      await look(page, "table");
      await page.locator(".card-button").first().click();
      await page.locator(".details").waitFor();
      await inspect(page, "form on a phone");
      await act(page, "close").click();
      await page.locator(".filters summary").click();
      await inspect(page, "filters on a phone");
    });
  }
});

test("the session is seen again with a slider, edit by edit, and cannot be changed", async () => {
  for (const width of [1440, 390]) {
    await boards.visit(BOB, { width }, async (page) => {
      await goToBoard(page, STAKEHOLDERS);
      await follow(page, "/revoir");
      const slider = page.getByRole("slider");
      await slider.waitFor();
      await look(page, "free");
      const all = Number(await slider.getAttribute("max"));
      assert.ok(all > 11);
      await page.locator(".map-card").nth(3).waitFor();
      await inspect(page, "replay");
      // By keyboard: to the beginning, and three edits on.
      await slider.focus();
      await page.keyboard.press("Home");
      await page.locator(".map-card").first().waitFor({ state: "detached" });
      for (let step = 0; step < 3; step += 1) await page.keyboard.press("ArrowRight");
      await page.getByTestId("caption").getByText(/Ada Martin ajoute «/).waitFor();
      assert.equal(await page.locator(".map-card").count(), 3);
      assert.match((await slider.getAttribute("aria-valuetext")) ?? "", /^3 sur \d+\. Ada Martin ajoute/);
      await act(page, "play").click();
      await page.getByText(`${all} sur ${all}`).waitFor({ timeout: 30_000 });
      await page.locator("path.link").first().waitFor({ state: "attached" });
      await page.keyboard.press("n");
      assert.equal(Number(await slider.getAttribute("max")), all);
      if (width === 390) {
        await look(page, "table");
        // Before the link came the last card.
        await act(page, "back").click();
        const changed = await page.locator(".card-list li.open").boundingBox();
        assert.ok(changed && changed.y > 0 && changed.y + changed.height <= 800, `the card in question is in sight: ${JSON.stringify(changed)}`);
      }
      if (width === 1440) {
        await look(page, "table");
        await page.locator("tbody tr").first().waitFor();
        await inspect(page, "replay of the table");
      }
    });
  }
});

test("the map is taken away as a PNG that shows it", async () => {
  await boards.open(ADA, STAKEHOLDERS, { width: 1440 }, async (page) => {
    const download = page.waitForEvent("download");
    await page.locator("[data-png]").click();
    const file = await download;
    assert.equal(file.suggestedFilename(), "comment-articuler-et-piloter-le-spaser-dans-une-demarche-de.png");
    const stream = await file.createReadStream();
    /** @type {Buffer[]} */
    const pieces = [];
    for await (const piece of stream) pieces.push(piece);
    const bytes = Buffer.concat(pieces);
    assert.equal(bytes.subarray(1, 4).toString(), "PNG");
    const seen = await page.evaluate(async (base64) => {
      const blob = new Blob([Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0))], { type: "image/png" });
      const picture = await createImageBitmap(blob);
      const canvas = new OffscreenCanvas(picture.width, picture.height);
      const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
      pen.drawImage(picture, 0, 0);
      const { data } = pen.getImageData(0, 0, picture.width, picture.height);
      /** @type {Record<string, number>} */
      const colours = {};
      for (let at = 0; at < data.length; at += 4) {
        const colour = [...data.subarray(at, at + 4)].map((value) => value.toString(16).padStart(2, "0")).join("");
        colours[colour] = (colours[colour] ?? 0) + 1;
      }
      return { width: picture.width, height: picture.height, colours };
    }, bytes.toString("base64"));
    // Five cards in a row, at twice the size; on white, all opaque; the tones of several families; the ink of names.
    assert.ok(seen.width > 2 * 5 * 220 && seen.height > 2 * 2 * 112, `${seen.width} × ${seen.height}`);
    const colours = Object.keys(seen.colours);
    assert.ok(colours.every((colour) => colour.endsWith("ff")));
    const most = colours.sort((a, b) => (seen.colours[b] ?? 0) - (seen.colours[a] ?? 0)).slice(0, 8);
    assert.equal(most[0], "ffffffff");
    assert.ok(["dce9f9ff", "e7e1f8ff", "d3eef0ff"].filter((tone) => colours.includes(tone)).length >= 2, most.join());
    assert.ok((seen.colours["1f2430ff"] ?? 0) > 300, `ink: ${seen.colours["1f2430ff"]}`);
  });
});

test("a facilitator removes anybody’s comment, a participant only their own; a new facilitator need not reload the page", async () => {
  await boards.open(ADA, INDICATORS, { width: 1440 }, async (ada) => {
    const name = "Commenté";
    const removal = (/** @type {Page} */ page, /** @type {string} */ text) => act(page.locator(".comments li", { hasText: text }), "uncomment");
    await look(ada, "table");
    await addIndicator(ada, name);
    await openRow(ada, name);
    await boards.open(BOB, INDICATORS, { width: 1440, expected: CUT }, async (bob) => {
      await look(bob, "table");
      await row(bob, name).waitFor();
      await openRow(bob, name);
      await say(ada, "De Ada");
      await say(bob, "De Bob");
      for (const page of [ada, bob]) await page.locator(".comment-text").nth(1).waitFor();
      assert.equal(await removal(ada, "De Bob").count(), 0);
      assert.equal(await removal(bob, "De Ada").count(), 0);
      boards.server.command("organiser", "add", BOB.email);
      await bob.context().setOffline(true);
      await status(bob, "saved").waitFor({ state: "detached" });
      await bob.context().setOffline(false);
      await removal(bob, "De Ada").click();
      await ada.getByText("De Ada").waitFor({ state: "detached" });
      // Neither of them can bring it back by undoing.
      for (const page of [ada, bob]) await act(page, "undo").click();
      for (const page of [ada, bob]) await saved(page);
      assert.equal(await ada.getByText("De Ada").count(), 0);
    });
  });
});
