// Accessibility of the board: at 200 and 400 % zoom, target sizes, focus not hidden under sticky elements,
// reduced motion, forced colours; and filters, groups and announcements.
import assert from "node:assert/strict";
import { test } from "node:test";
import { act, ADA, addIndicator, Boards, INDICATORS, look, row, saved, say, STAKEHOLDERS } from "./boards.js";
import { axe, sidewaysScroll } from "./browser.js";

const boards = Boards.forTests([STAKEHOLDERS, INDICATORS]);

/** @typedef {import("playwright-core").Page} Page */

/** Of each view what shows that it is there. */
const VIEWS = /** @type {const} */ ([
  [STAKEHOLDERS, [["free", ".map-card"], ["matrix", ".map"], ["rings", ".map-card"], ["table", "tbody tr"]]],
  [INDICATORS, [["table", "tbody tr"], ["kanban", ".kanban-column li"], ["free", ".map-card"], ["summary", ".coverage"]]],
]);

/**
 * Looks at every view of two boards, and at the panel of a card.
 * @param {import("./browser.js").Visit} visit
 * @param {{ width: number, height: number }} size
 * @param {(page: Page, what: string) => Promise<void>} check
 */
async function everywhere(visit, size, check) {
  for (const [workshop, views] of VIEWS) {
    await boards.open(ADA, workshop, { ...visit, width: size.width }, async (page) => {
      await page.setViewportSize(size);
      const start = act(page, "start");
      if ((await start.count()) > 0) await start.click();
      for (const [view, shown] of views) {
        const isList = size.width <= 600 && view === "table";
        await look(page, view);
        await page.locator(isList ? ".card-button" : shown).first().waitFor();
        await check(page, `${view}, ${size.width} × ${size.height}`);
      }
      await page.locator(".filters summary").click();
      await check(page, `filters, ${size.width}`);
      await page.keyboard.press("Escape");
      await look(page, "table");
      await page.locator(size.width <= 600 ? ".card-button" : "tbody .row-actions button").first().click();
      await page.locator(".details").waitFor();
      await check(page, `panel, ${size.width} × ${size.height}`);
    });
  }
}

test("at 200 % and 400 % zoom nothing needs two ways of scrolling, in any view", async () => {
  for (const size of [{ width: 720, height: 450 }, { width: 320, height: 256 }]) {
    await everywhere({}, size, async (page, what) => {
      assert.equal(await sidewaysScroll(page), 0, what);
      assert.deepEqual(await axe(page), [], what);
      // The map lets a hand past it to what lies below, and is seen whole.
      const map = page.locator(".map");
      if ((await map.count()) > 0 && (await page.locator(".details").count()) === 0) {
        const box = await map.boundingBox();
        assert.ok(box && box.height <= size.height, `${what}: the map is ${box?.height} high`);
      }
    });
  }
});

test("whatever can be pressed is 24 pixels wide and high at least", async () => {
  for (const size of [{ width: 1440, height: 900 }, { width: 390, height: 844 }]) {
    await everywhere({ touch: size.width < 600 }, size, async (page, what) => {
      const small = await page.evaluate(() => {
        const seen = [...document.querySelectorAll(".board :is(button, input, select, textarea, summary, a, [tabindex='0'])")];
        return seen.flatMap((one) => {
          // On the map all grows with the zoom; a box in a label is pressed by its label.
          const pressed = one.closest("label") ?? one;
          const { width, height } = pressed.getBoundingClientRect();
          const isDrawn = width > 0 && height > 0 && one.closest(".world") === null && getComputedStyle(one).visibility === "visible";
          return isDrawn && Math.min(width, height) < 24 ? [`${one.tagName} ${one.className} ${one.textContent?.trim().slice(0, 30)} ${Math.round(width)} × ${Math.round(height)}`] : [];
        });
      });
      assert.deepEqual(small, [], what);
    });
  }
});

/**
 * What has the focus and cannot be seen at all, because it lies outside the window or under something.
 * @param {Page} page
 */
const hidden = (page) =>
  page.evaluate(() => {
    const one = document.activeElement;
    if (one === null || one === document.body) return "";
    const { left, top, right, bottom } = one.getBoundingClientRect();
    const inside = (/** @type {number} */ from, /** @type {number} */ to, /** @type {number} */ share) => from + (to - from) * share;
    for (const across of [0.1, 0.5, 0.9]) {
      for (const down of [0.1, 0.5, 0.9]) {
        const found = document.elementFromPoint(inside(left, right, across), inside(top, bottom, down));
        if (found !== null && (one.contains(found) || found.contains(one))) return "";
      }
    }
    return `${one.tagName} ${one.className} ${one.textContent?.trim().slice(0, 30)} at ${Math.round(top)}`;
  });

test("what has the focus is never hidden by what stays on the screen", async () => {
  for (const [width, height] of [[1440, 700], [390, 700], [320, 256]]) {
    await boards.open(ADA, INDICATORS, { width }, async (page) => {
      await page.setViewportSize({ width: width ?? 0, height: height ?? 0 });
      const isList = (width ?? 0) <= 600;
      await look(page, "table");
      const first = page.locator(isList ? ".card-button" : "tbody th").first();
      await first.focus();
      for (const keys of isList ? ["Tab", "Shift+Tab"] : ["ArrowDown", "ArrowRight", "ArrowUp", "ArrowLeft"]) {
        for (let step = 0; step < 12; step += 1) {
          await page.keyboard.press(keys);
          assert.equal(await hidden(page), "", `${keys}, ${width}`);
        }
      }
      if (isList) await page.locator(".card-button").first().click();
      else await page.locator("tbody .row-actions button").first().click();
      await page.locator(".field-name textarea").focus();
      for (const keys of ["Tab", "Shift+Tab"]) {
        for (let step = 0; step < 24; step += 1) {
          await page.keyboard.press(keys);
          assert.equal(await hidden(page), "", `panel, ${keys}, ${width}`);
        }
      }
    });
  }
});

test("nothing moves by itself with reduced motion, and everything is distinguishable in forced colours", async () => {
  await boards.together(STAKEHOLDERS, { width: 1440 }, async (ada, bob) => {
    await look(ada, "free");
    await look(bob, "free");
    await bob.locator(".map").hover();
    const cursor = ada.locator(".cursor").first();
    await cursor.waitFor({ state: "attached" });
    const moves = () => cursor.evaluate((one) => getComputedStyle(one).transitionDuration);
    assert.equal(await moves(), "0s");
    await ada.emulateMedia({ reducedMotion: "no-preference" });
    assert.notEqual(await moves(), "0s");
    await ada.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
    // What is chosen, open or linked differs from what is not, though the page's own colours are gone.
    const ground = (/** @type {string} */ name) => ada.locator(`[data-view="${name}"]`).evaluate((one) => getComputedStyle(one).backgroundColor);
    assert.notEqual(await ground("free"), await ground("rings"));
    await ada.locator(".map-card-face").nth(1).click();
    const outline = (/** @type {string} */ which) => ada.locator(which).first().evaluate((one) => getComputedStyle(one).outlineStyle);
    assert.equal(await outline(".map-card.open"), "solid");
    assert.equal(await outline(".map-card:not(.open, .watched)"), "none");
  });
});

test("a board is filtered, grouped and searched, how many are left is said, and comments are counted", async () => {
  await boards.open(ADA, STAKEHOLDERS, { width: 1440 }, async (page) => {
    await look(page, "table");
    await page.locator(".filters summary").click();
    await page.locator(".filters [name=family]").selectOption("experts");
    await act(page, "reset").waitFor();
    const families = await page.locator("tbody td[data-field=family]").allTextContents();
    assert.ok(families.length > 0 && families.every((text) => text.trim() === "Experts thématiques"), families.join());
    // The same ones in every view.
    await page.keyboard.press("Escape");
    await look(page, "free");
    await page.waitForFunction((count) => document.querySelectorAll(".map-card").length === count, families.length);
    await look(page, "table");
    await act(page, "reset").first().click();
    await page.locator(".filters summary").click();
    await page.locator(".filters [name=group]").selectOption("family");
    await page.locator("tr.group", { hasText: "Experts thématiques" }).getByText(String(families.length)).waitFor();
    await page.keyboard.press("Escape");
    await page.locator("tbody .row-actions button").first().click();
    for (const text of ["Un", "Deux"]) await say(page, text);
    await page.locator("tbody th .count-mark", { hasText: "2" }).waitFor();
    await look(page, "free");
    await page.locator(".map-card .count-mark", { hasText: "2" }).waitFor();
    await saved(page);
  });
});

test("remote edits are announced in one sentence from time to time, not one by one", async () => {
  await boards.together(INDICATORS, { width: 1440 }, async (ada, bob) => {
    await look(ada, "table");
    await look(bob, "table");
    await bob.evaluate(() => {
      /** @type {string[]} */
      const said = [];
      Object.assign(globalThis, { said });
      const region = document.querySelector(".board > .unseen[aria-live='polite']");
      if (region) new MutationObserver(() => said.push(region.textContent ?? "")).observe(region, { childList: true, characterData: true, subtree: true });
    });
    for (const name of ["Une", "Deux", "Trois"]) await addIndicator(ada, name);
    await row(bob, "Trois").waitFor();
    await bob.waitForFunction(() => /** @type {any} */ (globalThis).said.length > 0);
    assert.deepEqual(await bob.evaluate(() => /** @type {any} */ (globalThis).said), ["3 nouveaux indicateurs"]);
    await saved(ada);
  });
});


