// Ten browsers on one board type in one text, drag cards, lose the network, and the server is killed.
// Afterwards all show the same board, every keystroke is there once, and every status says that all is saved.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { act, ADA, Boards, BOB, CUT, drag, field, hasLength, mapCard, middle, saved, STAKEHOLDERS, status } from "./boards.js";

const boards = Boards.forTests([STAKEHOLDERS]);
const PEOPLE = 10;

/** Cards and their places, links, and the text, as this page shows them. */
const shown = () => ({
  cards: Object.fromEntries(
    [...document.querySelectorAll(".map-card")].map((card) => [
      card.querySelector(".map-card-name")?.textContent,
      card instanceof HTMLElement ? `${card.style.left} ${card.style.top}` : "",
    ]),
  ),
  links: [...document.querySelectorAll("path.link:not(.near)")].map((path) => path.getAttribute("d")).sort(),
  text: /** @type {HTMLTextAreaElement | null} */ (document.querySelector(".field-notes textarea"))?.value,
});

test("ten browsers type, drag and link through cuts and a killed server, and all end up the same", { timeout: 240_000 }, async () => {
  await boards.open(ADA, STAKEHOLDERS, { width: 1440 }, async (page) => {
    await act(page, "start").click();
    await mapCard(page, "Direction générale").waitFor();
    await saved(page);
  });
  /** @type {import("playwright-core").Page[]} */
  const pages = [];
  /** @type {() => void} */
  let finish = () => undefined;
  const finished = new Promise((done) => void (finish = () => done(undefined)));
  /** @type {(all: import("playwright-core").Page[]) => void} */
  let gather = () => undefined;
  const all = new Promise((done) => void (gather = done));
  const visits = Array.from({ length: PEOPLE }, (_, number) =>
    boards.open(number % 2 === 0 ? ADA : BOB, STAKEHOLDERS, { width: 1440, expected: CUT }, async (page) => {
      await mapCard(page, "CRESS").click();
      await field(page, "notes").waitFor();
      pages.push(page);
      if (pages.length === PEOPLE) gather(pages);
      await finished;
    }),
  );
  const storm = async () => {
    await all;
    await Promise.all(pages.map((page, number) => editAsPerson(page, number)));
    await Promise.all(pages.map((page) => status(page, "saved").waitFor({ timeout: 30_000 })));
    const length = pages.length * WORD.length;
    await Promise.all(pages.map((page) => hasLength(page, ".field-notes textarea", length)));
    await Promise.all(pages.map((page) => page.waitForFunction(() => document.querySelector(".map-card.held") === null)));
    const [first, ...others] = await Promise.all(pages.map((page) => page.evaluate(shown)));
    for (const other of others) assert.deepEqual(other, first);
    // Each person's own letter is there as often as it was typed.
    for (let number = 0; number < PEOPLE; number += 1) {
      assert.equal(first.text?.split(letter(number)).length, WORD.length + 1, `letters of ${number} in ${first.text}`);
    }
    assert.ok(first.links.length >= 1);
  };
  const weather = async () => {
    await all;
    // No waiting for a condition: the program dies at moments of its own, while edits go to and fro.
    await delay(500);
    await boards.server.kill("SIGKILL");
    await delay(600);
    await boards.server.run();
    await delay(700);
    await boards.server.kill("SIGKILL");
    await boards.server.run();
  };
  await Promise.all([...visits, Promise.all([storm(), weather()]).finally(finish)]);
});

const WORD = "abcdefghijkl";
/** @param {number} number */
const letter = (number) => String.fromCharCode("A".charCodeAt(0) + number);

/**
 * What one of the ten does.
 * @param {import("playwright-core").Page} page
 * @param {number} number
 */
async function editAsPerson(page, number) {
  const text = field(page, "notes");
  for (let index = 0; index < WORD.length; index += 1) {
    await text.pressSequentially(letter(number));
    if (index === 3 && number % 3 === 0) await page.context().setOffline(true);
    if (index === 7 && number % 3 === 0) await page.context().setOffline(false);
    if (index === 5 && number < 4) {
      const name = ["ADEME", "Direction des achats", "Direction des achats", "Direction générale"][number] ?? "";
      const from = await middle(page, name);
      await drag(page, from, { x: from.x + 15 * number - 20, y: from.y + 30 });
      await page.mouse.up();
      await text.focus();
    }
    if (index === 8 && number === 9) {
      await page.locator(".link-form select[required]").selectOption({ label: "Direction générale" });
      await page.locator(".link-form button").click();
      await text.focus();
    }
    // The pace of somebody who types fast.
    await delay(60);
  }
}
