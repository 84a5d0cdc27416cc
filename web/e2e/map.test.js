// The map of a stakeholders' board in two real browsers: drags, links, the matrix, the rings; by mouse and by keyboard alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { act, ADA, addIndicator, Boards, BOB, drag, drawLink, field, goToBoard, INDICATORS, look, mapCard as card, middle, row, saved, shown, STAKEHOLDERS } from "./boards.js";
import { axe, sidewaysScroll } from "./browser.js";

const boards = Boards.forTests([STAKEHOLDERS, INDICATORS]);
const MAP = STAKEHOLDERS;
/** @type {Boards["open"]} */
const onBoard = (who, workshop, visit, body) => boards.open(who, workshop, visit, body);

test("a card that is dragged moves on the other screen at once, and stays where it is dropped", async () => {
  await onBoard(ADA, MAP, { width: 1440 }, async (ada) => {
    await act(ada, "start").click();
    await card(ada, "Direction générale").waitFor();
    await saved(ada);
    await onBoard(BOB, MAP, { width: 1440 }, async (bob) => {
      const before = await middle(bob, "Direction générale");
      const from = await middle(ada, "Direction générale");
      await drag(ada, from, { x: from.x - 40, y: from.y + 170 });
      // Still under Ada's hand, it moves on Bob's screen, with her name at her pointer.
      await bob.locator(".map-card.held").waitFor();
      await bob.locator(".cursor span", { hasText: "Ada" }).waitFor();
      await ada.mouse.up();
      await bob.locator(".map-card.held").waitFor({ state: "detached" });
      const after = await middle(bob, "Direction générale");
      assert.ok(after.y - before.y > 100, `moved from ${before.y} to ${after.y}`);
      // The press was a drag, not a click.
      assert.equal(await ada.locator(".details").count(), 0);
      await saved(ada);
      await ada.reload();
      const again = await middle(ada, "Direction générale");
      assert.ok(again.y - (await middle(ada, "Direction des achats")).y > 100);
      assert.deepEqual(await axe(bob), []);
    });
  });
});

test("a line drawn from card to card is a link that everybody sees, edited and deleted where it lies", async () => {
  await boards.together(MAP, { width: 1440 }, async (ada, bob) => {
    assert.equal(await bob.locator("path.link").count(), 0);
    await drawLink(ada, "ADEME", "Direction des finances");
    await bob.locator("path.link").first().waitFor({ state: "attached" });
    const editor = ada.locator(".link-editor").filter({ hasText: /ADEME.*Direction des finances/s });
    await editor.locator("[name=kind]").selectOption("informs");
    await bob.locator("path.link-informs").first().waitFor({ state: "attached" });
    await editor.locator("[name=strength]").selectOption("3");
    await editor.locator("[name=note]").fill("Chaque année");
    await ada.keyboard.press("Enter");
    await editor.waitFor({ state: "detached" });
    await bob.locator("path.link-informs.strength-3").first().waitFor({ state: "attached" });
    await saved(ada);
    // Bob presses the line itself: the same link, and what Ada wrote.
    const name = await bob.locator(".link-name").first().boundingBox();
    assert.ok(name);
    await bob.mouse.click(name.x + name.width / 2, name.y + name.height / 2);
    const theirs = bob.locator(".link-editor", { hasText: "ADEME" });
    assert.equal(await theirs.locator("[name=note]").inputValue(), "Chaque année");
    assert.deepEqual(await axe(bob), []);
    // Deleted under Ada's hands, it goes from her screen too, and her undo does not bring it back.
    await act(theirs, "unlink").click();
    await ada.locator("path.link").first().waitFor({ state: "detached" });
    await ada.locator(".map").focus().catch(() => undefined);
    for (let undo = 0; undo < 3; undo += 1) await ada.keyboard.press("Control+z");
    await saved(ada);
    assert.equal(await bob.locator("path.link").count(), 0);
    // His own undo does.
    await mapFocus(bob);
    await bob.keyboard.press("Control+z");
    await ada.locator("path.link").first().waitFor({ state: "attached" });
    // A note that is being written when the link goes is given back.
    const again = await ada.locator(".link-name").first().boundingBox();
    assert.ok(again);
    await ada.mouse.click(again.x + again.width / 2, again.y + again.height / 2);
    await editor.locator("[name=note]").fill("Deux fois par an");
    await bob.keyboard.press("Control+Shift+z");
    await editor.waitFor({ state: "detached" });
    await ada.locator(".notice .typed", { hasText: "Deux fois par an" }).waitFor();
    await bob.keyboard.press("Control+z");
    await ada.locator("path.link").first().waitFor({ state: "attached" });
    // The panel of a card edits the same link by form.
    await card(ada, "ADEME").click();
    await ada.locator(".link-list li").filter({ hasText: "Direction des finances" }).waitFor();
  });
});

/** @param {import("playwright-core").Page} page */
const mapFocus = (page) => card(page, "CRESS").focus();

test("two people link on two screens at once, and both links are there", async () => {
  await boards.together(MAP, { width: 1440 }, async (ada, bob) => {
    const before = await ada.locator("path.link").count();
    await Promise.all([drawLink(ada, "ADEME", "Direction des achats"), drawLink(bob, "CRESS", "Direction générale")]);
    for (const page of [ada, bob]) {
      await page.locator(".link-editor [name=kind]").selectOption(page === ada ? "funds" : "supports");
      await saved(page);
    }
    for (const page of [ada, bob]) {
      await page.locator("path.link-funds").first().waitFor({ state: "attached" });
      await page.locator("path.link-supports").first().waitFor({ state: "attached" });
    }
    assert.ok((await ada.locator("path.link").count()) > before);
  });
});

test("two people drag one card at once: both see it in one place in the end", async () => {
  await boards.together(MAP, { width: 1440 }, async (ada, bob) => {
    const [fromAda, fromBob] = [await middle(ada, "CRESS"), await middle(bob, "CRESS")];
    await Promise.all([drag(ada, fromAda, { x: fromAda.x + 60, y: fromAda.y + 150 }), drag(bob, fromBob, { x: fromBob.x - 30, y: fromBob.y + 90 })]);
    await Promise.all([ada.mouse.up(), bob.mouse.up()]);
    await Promise.all([saved(ada), saved(bob)]);
    await ada.waitForFunction(() => document.querySelector(".map-card.held") === null);
    await bob.waitForFunction(() => document.querySelector(".map-card.held") === null);
    const place = () => {
      const { left, top } = [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".map-card"))].find((one) => one.textContent.includes("CRESS"))?.style ?? {};
      return `${left} ${top}`;
    };
    const there = await ada.evaluate(place);
    assert.equal(await bob.evaluate(place), there);
    await saved(ada);
    // One drag, one step back.
    await mapFocus(ada);
  });
});

test("on the matrix the place is the data", async () => {
  await onBoard(ADA, MAP, { width: 1440 }, async (ada) => {
    await look(ada, "matrix");
    await ada.locator(".unplaced").getByRole("button", { name: "Direction générale" }).click();
    const from = await middle(ada, "Direction générale");
    await drag(ada, from, { x: from.x + 170, y: from.y - 126 });
    await ada.mouse.up();
    await saved(ada);
    assert.deepEqual(await axe(ada), []);
    await look(ada, "table");
    const general = row(ada, "Direction générale");
    const values = await general.locator(".meter").allTextContents();
    const [power, interest] = values.map(Number);
    assert.ok(power > 70 && power < 90 && interest > 60 && interest < 80, values.join());
    // A move on the matrix is one step, also to take back.
    await act(ada, "undo").click();
    await general.locator(".meter").getByText("50").nth(1).waitFor();
    await saved(ada);
    assert.deepEqual(await general.locator(".meter").allTextContents(), ["50", "50"]);
    assert.deepEqual(await axe(ada), []);
  });
});

test("by keyboard alone an actor is added, placed, moved, linked and commented", async () => {
  await onBoard(BOB, MAP, { width: 1440 }, async (page) => {
    await card(page, "CRESS").focus();
    await page.keyboard.press("n");
    await page.waitForFunction(() => document.activeElement?.matches(".field-name textarea") === true);
    await page.keyboard.type("Agence de l’eau");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    await card(page, "Agence de l’eau").waitFor();
    const before = await middle(page, "Agence de l’eau");
    await page.keyboard.press("Alt+ArrowLeft");
    await page.keyboard.press("Alt+ArrowLeft");
    await page.waitForFunction(
      ({ name, x }) => {
        const face = [...document.querySelectorAll(".map-card-face")].find((button) => button.textContent.startsWith(name));
        const box = face?.getBoundingClientRect();
        return box !== undefined && box.x + box.width / 2 < x - 20;
      },
      { name: "Agence de l’eau", x: before.x },
    );
    // L draws a link: an arrow goes to the other card, Enter links, and the link says at once what it is.
    await page.keyboard.press("l");
    await page.locator(".map-hint", { hasText: "Agence de l’eau" }).waitFor();
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement?.matches(".link-editor select") === true);
    await page.keyboard.type("inf");
    await page.keyboard.press("Escape");
    await page.locator("path.link-informs").first().waitFor({ state: "attached" });
    await page.waitForFunction(() => document.activeElement?.textContent?.startsWith("Agence de l’eau") === true);
    // L twice goes to the link's form; Tab and the first letters choose.
    await page.keyboard.press("l");
    await page.keyboard.press("l");
    await page.waitForFunction(() => document.activeElement?.matches(".link-form select") === true);
    await page.keyboard.type("fin");
    await page.keyboard.press("Tab");
    await page.keyboard.type("Direction des a");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.locator(".link-list").getByText("Direction des achats").waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("c");
    await page.waitForFunction(() => document.activeElement?.matches(".comments textarea") === true);
    await page.keyboard.type("À inviter au prochain comité");
    await page.keyboard.press("Control+Enter");
    await page.locator(".comment-text").getByText("À inviter au prochain comité").waitFor();
    await page.keyboard.press("Escape");
    // Arrows go to the neighbours, and the map follows.
    await page.keyboard.press("ArrowUp");
    await page.waitForFunction(
      (name) => document.activeElement?.matches(".map-card-face") === true && !document.activeElement.textContent.startsWith(name),
      "Agence de l’eau",
    );
    await page.keyboard.press("v");
    await saved(page);
    await page.keyboard.press("Control+z");
    await saved(page);
    assert.deepEqual(await axe(page), []);
  });
});

test("every view can be read in the dark", async () => {
  await onBoard(ADA, MAP, { width: 1440 }, async (page) => {
    await page.emulateMedia({ colorScheme: "dark" });
    await card(page, "ADEME").click();
    await page.locator(".details").waitFor();
    for (const view of /** @type {const} */ (["free", "matrix", "rings", "table"])) {
      await look(page, view);
      await page.locator(view === "table" ? "tbody tr" : ".map").first().waitFor();
      assert.deepEqual(await axe(page), [], view);
    }
  });
});

test("families in rings, and every view on a phone", async () => {
  await onBoard(ADA, MAP, { width: 390 }, async (page) => {
    await page.getByRole("listitem").filter({ hasText: "Agence de l’eau" }).waitFor();
    for (const view of /** @type {const} */ (["table", "free", "matrix", "rings"])) {
      await look(page, view);
      if (view !== "table") await page.locator(".map").waitFor();
      assert.deepEqual(await axe(page), [], view);
      assert.equal(await sidewaysScroll(page), 0, view);
    }
    await page.locator(".family-name", { hasText: "Experts thématiques" }).waitFor();
    await page.locator(".unplaced summary").click();
    await page.locator(".unplaced").getByRole("button", { name: "Agence de l’eau" }).click();
    await field(page, "family").selectOption("experts");
    await act(page, "close").click();
    await page.locator(".unplaced").waitFor({ state: "detached" });
    // On so little room the legend covers cards: it folds when one goes on.
    const legend = page.locator(".map-legend");
    await legend.locator("summary").click();
    await legend.getByText("Experts thématiques").waitFor();
    await page.locator(".map").click({ position: { x: 200, y: 60 } });
    await legend.getByText("Experts thématiques").waitFor({ state: "hidden" });
  });
});

test("a gap in what the law asks opens a card that is filled in already; a formula is checked and computed", async () => {
  await onBoard(ADA, INDICATORS, { width: 1440 }, async (page) => {
    await addIndicator(page, "Clauses sociales");
    await look(page, "summary");
    await page.locator('.gauge [data-met="0"]').waitFor();
    await page.locator("[data-gap=esus-indicator]").click();
    await page.locator('.gauge [data-met="1"]').waitFor();
    assert.equal(await field(page, "legal_category").inputValue(), "esus");
    await field(page, "numerator_sample").fill("300 000");
    await field(page, "denominator_sample").fill("5000000");
    await page.keyboard.press("Enter");
    await page.locator("output").getByText("6 %").waitFor();
    assert.deepEqual(await axe(page), []);
    await page.emulateMedia({ colorScheme: "dark" });
    assert.deepEqual(await axe(page), []);
    await field(page, "denominator_unit").selectOption({ label: "marchés" });
    await page.locator(".details").getByText(/des € HT sont divisés par des marchés/).waitFor();
    // The summary tells it too.
    await page.locator(".wrong").getByText(/des € HT sont divisés par des marchés/).waitFor();
    assert.deepEqual(await axe(page), []);
  });
  await onBoard(ADA, INDICATORS, { width: 390 }, async (page) => {
    await look(page, "summary");
    await page.locator(".wrong h2").waitFor();
    assert.deepEqual(await axe(page), []);
    assert.equal(await sidewaysScroll(page), 0);
  });
});

test("who comes back is told what others did meanwhile", async () => {
  await onBoard(BOB, INDICATORS, {}, async (bob) => {
    await bob.getByText("Clauses sociales").first().waitFor();
    await bob.goto("/mon-parcours");
    await onBoard(ADA, INDICATORS, {}, async (ada) => {
      await look(ada, "table");
      await addIndicator(ada, "Réemploi");
      await saved(ada);
    });
    await goToBoard(bob, INDICATORS);
    await bob.getByText("Depuis votre dernière visite : 1 nouvel indicateur.").waitFor();
    await act(bob, "answer").click();
    await shown(bob, 1);
    await act(bob, "reset").click();
    await shown(bob, 3);
  });
});
