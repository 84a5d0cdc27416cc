// A board on a touch screen: templates and help, dragging cards, panning and zooming the map, and alternatives to dragging.
import assert from "node:assert/strict";
import { test } from "node:test";
import { act, ADA, Boards, BOB, CARDS, field, inspect, look, mapCard, middle, row, saved, STAKEHOLDERS } from "./boards.js";

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
    await act(page, "start").tap();
    await page.locator(".card-button").nth(3).waitFor();
    await page.locator(".card-button").first().tap();
    const gone = (await page.locator(".details h2").textContent()) ?? "";
    await act(page, "remove").tap();
    await page.locator(".templates summary").tap();
    await inspect(page, "templates on a phone");
    await page.locator(".templates").getByRole("button", { name: gone }).tap();
    await page.getByRole("dialog").getByRole("heading", { name: gone }).waitFor();
    await act(page, "close").tap();
    await act(page, "help").tap();
    await page.locator(".help .touch").waitFor();
    assert.equal(await page.locator(".help kbd").count(), 0, "no keys");
    assert.equal(await page.locator(".help").getByText("Les six points").count(), 0, "no gesture of a larger screen");
    await inspect(page, "help on a phone");
    await act(page, "close").tap();
    await saved(page);
  });
});

test("a finger that has rested carries a card on every screen, a swipe carries none, pans the ground, two zoom it, and a long press does nothing", async () => {
  await boards.open(ADA, STAKEHOLDERS, PHONE, (ada) =>
    boards.open(BOB, STAKEHOLDERS, { width: 1440 }, async (bob) => {
      await look(ada, "free");
      const hand = await fingers(ada);
      const name = (await ada.locator(".map-card-name").first().textContent()) ?? "";
      const before = await middle(bob, name);
      const from = await middle(ada, name);
      // A swipe over the card pans the map.
      await hand.down(from);
      for (let step = 1; step <= 4; step++) await hand.move({ x: from.x, y: from.y + 11 * step });
      await hand.up();
      await saved(ada);
      assert.deepEqual(await middle(bob, name), before);
      await act(ada, "fit").tap();
      Object.assign(from, await middle(ada, name));
      await hand.down(from);
      // The wait is the hold.
      await ada.waitForTimeout(400);
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
      await look(ada, "free");
      const name = (await ada.locator(".map-card-name").first().textContent()) ?? "";
      const before = await middle(bob, name);
      await mapCard(ada, name).tap();
      await act(ada, "place").tap();
      await ada.locator(".map-hint").waitFor();
      await inspect(ada, "placing");
      const { x, y } = await ground(ada);
      await ada.touchscreen.tap(x, y);
      await ada.locator(".map-hint").waitFor({ state: "detached" });
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
      await act(ada, "undo").tap();
      await mapCard(ada, name).tap();
      await act(ada, "place").tap();
      await act(ada, "stop").tap();
      await ada.locator(".map-hint").waitFor({ state: "detached" });
      await look(ada, "matrix");
      await ada.locator(".unplaced summary").tap();
      await ada.locator(".unplaced").getByRole("button", { name, exact: true }).tap();
      await mapCard(ada, name).tap();
      assert.equal(await ada.locator(".field-power input").inputValue(), "50");
      await ada.locator(".field-power input").fill("80");
      await ada.locator(".field-family select").selectOption("experts");
      await act(ada, "close").tap();
      await saved(ada);
      await look(bob, "table");
      await row(bob, name).getByText("80", { exact: true }).waitFor();
      await row(bob, name).getByText("Experts thématiques").waitFor();
    }),
  );
  await boards.open(ADA, CARDS, PHONE, async (page) => {
    await act(page, "start").tap();
    await look(page, "kanban");
    await page.locator(".card-button").first().tap();
    await field(page, "group").fill("À garder");
    await act(page, "close").tap();
    await page.locator('[data-column="À garder"] .card-button').waitFor();
    await saved(page);
  });
});
