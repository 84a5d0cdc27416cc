// A board on a touch screen: templates and help, dragging cards, panning and zooming the map, and alternatives to dragging.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ADA, BOB, Boards, CARDS, inspect, look, mapCard, middle, saved, STAKEHOLDERS } from "./boards.js";

const boards = Boards.forTests([STAKEHOLDERS, CARDS]);
const PHONE = { width: 390, touch: true };

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {{ x: number, y: number }} Point */

/**
 * Fingers on the page, as its debugger moves them.
 * @param {Page} page
 */
async function fingers(page) {
  const debug = await page.context().newCDPSession(page);
  const at = (/** @type {Point[]} */ points) => points.map(({ x, y }, id) => ({ x: Math.round(x), y: Math.round(y), id }));
  return {
    down: (/** @type {Point[]} */ ...points) => debug.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: at(points) }),
    move: (/** @type {Point[]} */ ...points) => debug.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: at(points) }),
    up: () => debug.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] }),
  };
}

/**
 * A place of the map where nothing stands.
 * @param {Page} page
 */
async function ground(page) {
  const box = await page.locator(".map").boundingBox();
  if (!box) throw new Error("no map");
  return { x: box.x + box.width / 2, y: box.y + box.height * 0.72 };
}

/** @param {Page} page */
const seenBy = (page) => page.locator(".map .world").evaluate((world) => world.style.transform);

test("on a phone a card starts from a template at any time, and the help tells what fingers do", async () => {
  await boards.open(ADA, STAKEHOLDERS, PHONE, async (page) => {
    await page.getByRole("button", { name: "Partir d’acteurs types" }).tap();
    await page.locator(".card-button").nth(3).waitFor();
    await page.locator(".card-button").first().tap();
    const gone = (await page.locator(".details h2").textContent()) ?? "";
    await page.getByRole("button", { name: "Supprimer l’acteur" }).tap();
    await page.locator(".templates summary").tap();
    await inspect(page, "templates on a phone");
    await page.locator(".templates").getByRole("button", { name: gone }).tap();
    await page.getByRole("dialog").getByRole("heading", { name: gone }).waitFor();
    await page.getByRole("button", { name: "Fermer" }).tap();
    await page.getByRole("button", { name: "Aide", exact: true }).tap();
    await page.getByText("Écarter deux doigts").waitFor();
    for (const other of ["Les six points", "Ctrl"]) assert.equal(await page.locator(".help").getByText(other).count(), 0, other);
    await inspect(page, "help on a phone");
    await page.getByRole("button", { name: "Fermer" }).tap();
    await saved(page);
  });
});

test("a finger carries a card on every screen, pans the ground, two zoom it, and a long press does nothing", async () => {
  await boards.open(ADA, STAKEHOLDERS, PHONE, (ada) =>
    boards.open(BOB, STAKEHOLDERS, { width: 1440 }, async (bob) => {
      await look(ada, "Carte");
      const hand = await fingers(ada);
      const name = (await ada.locator(".map-card-name").first().textContent()) ?? "";
      const before = await middle(bob, name);
      const from = await middle(ada, name);
      await hand.down(from);
      await hand.move({ x: from.x + 20, y: from.y + 60 });
      await hand.move({ x: from.x + 30, y: from.y + 130 });
      await bob.locator(".map-card.held").waitFor();
      await hand.up();
      await bob.locator(".map-card.held").waitFor({ state: "detached" });
      assert.ok((await middle(bob, name)).y - before.y > 100);
      assert.equal(await ada.getByRole("dialog").count(), 0);
      const place = await ground(ada);
      const seen = await seenBy(ada);
      await hand.down(place);
      await hand.move({ x: place.x - 30, y: place.y - 10 });
      await hand.move({ x: place.x - 60, y: place.y - 20 });
      await hand.up();
      const panned = await seenBy(ada);
      assert.notEqual(panned, seen);
      const scale = (/** @type {string} */ transform) => Number(/scale\((.*)\)/.exec(transform)?.[1] ?? 1);
      assert.equal(scale(panned), scale(seen));
      await hand.down({ x: place.x - 30, y: place.y }, { x: place.x + 30, y: place.y });
      await hand.move({ x: place.x - 60, y: place.y }, { x: place.x + 60, y: place.y });
      await hand.up();
      assert.ok(Math.abs(scale(await seenBy(ada)) / scale(panned) - 2) < 0.05, await seenBy(ada));
      // A long press on the empty map neither adds nor opens anything. The wait is the press itself.
      const cards = await ada.locator(".map-card").count();
      await hand.down(await ground(ada));
      await ada.waitForTimeout(900);
      await hand.up();
      assert.equal(await ada.locator(".map-card").count(), cards);
      assert.equal(await ada.getByRole("dialog").count(), 0);
      await saved(ada);
    }),
  );
});

test("without dragging a card is put elsewhere: freely, on the matrix, in another family, in another column", async () => {
  await boards.open(ADA, STAKEHOLDERS, PHONE, (ada) =>
    boards.open(BOB, STAKEHOLDERS, { width: 1440 }, async (bob) => {
      await look(ada, "Carte");
      const name = (await ada.locator(".map-card-name").first().textContent()) ?? "";
      const before = await middle(bob, name);
      await mapCard(ada, name).tap();
      await ada.getByRole("button", { name: "Déplacer sur la carte" }).tap();
      await ada.getByText(/^Touchez l’endroit/).waitFor();
      await inspect(ada, "placing");
      const { x, y } = await ground(ada);
      await ada.touchscreen.tap(x, y);
      await ada.getByText(/^Touchez l’endroit/).waitFor({ state: "detached" });
      const there = await middle(ada, name);
      assert.ok(Math.abs(there.x - x) < 3 && Math.abs(there.y - y) < 3, `${there.x} ${there.y}, not ${x} ${y}`);
      await bob.waitForFunction(
        ({ card, from }) => {
          const face = [...document.querySelectorAll(".map-card-face")].find((one) => one.textContent.startsWith(card));
          return face !== undefined && face.getBoundingClientRect().y - from > 40;
        },
        { card: name, from: before.y },
      );
      // One command, one undo; and positioning can be cancelled.
      await ada.getByRole("button", { name: "Annuler mon dernier changement" }).tap();
      await mapCard(ada, name).tap();
      await ada.getByRole("button", { name: "Déplacer sur la carte" }).tap();
      await ada.getByRole("button", { name: "Abandonner" }).tap();
      await ada.getByText(/^Touchez l’endroit/).waitFor({ state: "detached" });
      await look(ada, "Pouvoir et intérêt");
      await ada.locator(".unplaced summary").tap();
      await ada.locator(".unplaced").getByRole("button", { name, exact: true }).tap();
      await mapCard(ada, name).tap();
      assert.equal(await ada.locator(".field-power input").inputValue(), "50");
      await ada.locator(".field-power input").fill("80");
      await ada.locator(".field-family select").selectOption({ label: "Experts thématiques" });
      await ada.getByRole("button", { name: "Fermer" }).tap();
      await saved(ada);
      await look(bob, "Tableau");
      const row = bob.getByRole("row").filter({ has: bob.getByRole("rowheader", { name }) });
      await row.getByText("80", { exact: true }).waitFor();
      await row.getByText("Experts thématiques").waitFor();
    }),
  );
  await boards.open(ADA, CARDS, PHONE, async (page) => {
    await page.getByRole("button", { name: "Partir de fiches d’exemple" }).tap();
    await look(page, "Par groupe");
    await page.locator(".card-button").first().tap();
    await page.getByRole("textbox", { name: "Groupe" }).fill("À garder");
    await page.getByRole("button", { name: "Fermer" }).tap();
    await page.getByRole("region", { name: "À garder", exact: true }).locator(".card-button").waitFor();
    await saved(page);
  });
});
