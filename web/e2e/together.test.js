// Two people on one board: the caret, overwritten short fields, presence, two tabs of one
// person, and being offline.
import assert from "node:assert/strict";
import { test } from "node:test";
import { act, ADA, addIndicator, Boards, BOB, CUT, field, hasValue, INDICATORS, inspect, look, mapCard, openRow, present, row, saved, status } from "./boards.js";
import { axe } from "./browser.js";

const boards = Boards.forTests([INDICATORS]);
const NAME = "Part des marchés sociaux";

/** @typedef {import("playwright-core").Page} Page */

/** @param {Page} page */
const definition = (page) => field(page, "definition");

/**
 * The text, and what of it is selected.
 * @param {Page} page
 */
const caret = (page) =>
  definition(page).evaluate((area) => {
    const { value, selectionStart, selectionEnd } = /** @type {HTMLTextAreaElement} */ (area);
    return { value, before: value.slice(0, selectionStart), selected: value.slice(selectionStart, selectionEnd) };
  });

/**
 * @param {Page} page
 * @param {string} text
 */
const shows = (page, text) => hasValue(page, ".field-definition textarea", text);

/**
 * @param {Page} page
 * @param {string} name
 */
async function removeRow(page, name) {
  await row(page, name).locator("[data-field=objective]").focus();
  await page.keyboard.press("Shift+Delete");
}

test("the caret and what is selected stay where they were while another types before, at and after them", async () => {
  await boards.together(INDICATORS, { width: 1440 }, async (ada, bob) => {
    await addIndicator(ada, NAME);
    for (const page of [ada, bob]) await openRow(page, NAME);
    await definition(ada).fill("marchés publics");
    await shows(bob, "marchés publics");
    // Ada's caret stands after "marchés"; Bob types before it, and after it.
    await definition(ada).evaluate((area) => /** @type {HTMLTextAreaElement} */ (area).setSelectionRange(7, 7));
    await definition(bob).focus();
    await bob.keyboard.press("Control+Home");
    await bob.keyboard.type("Les ");
    await bob.keyboard.press("Control+End");
    await bob.keyboard.type(" de l’année");
    await shows(ada, "Les marchés publics de l’année");
    assert.deepEqual(await caret(ada), { value: "Les marchés publics de l’année", before: "Les marchés", selected: "" });
    await ada.keyboard.type(" nos");
    await shows(bob, "Les marchés nos publics de l’année");
    // What is selected stays selected, whatever is taken away before it.
    await definition(ada).evaluate((area) => /** @type {HTMLTextAreaElement} */ (area).setSelectionRange(16, 23));
    assert.equal((await caret(ada)).selected, "publics");
    await bob.keyboard.press("Control+Home");
    for (let sign = 0; sign < 4; sign += 1) await bob.keyboard.press("Delete");
    await shows(ada, "marchés nos publics de l’année");
    assert.equal((await caret(ada)).selected, "publics");
    await Promise.all([saved(ada), saved(bob)]);
  });
});

test("a word that is being composed is not disturbed by what another types, and both are kept", async () => {
  await boards.together(INDICATORS, { width: 1440 }, async (ada, bob) => {
    for (const page of [ada, bob]) await openRow(page, NAME);
    await definition(ada).fill("fin");
    await shows(bob, "fin");
    await definition(ada).focus();
    await ada.keyboard.press("Control+End");
    const debug = await ada.context().newCDPSession(ada);
    await debug.send("Input.imeSetComposition", { text: "にほ", selectionStart: 2, selectionEnd: 2 });
    await definition(bob).focus();
    await bob.keyboard.press("Control+Home");
    await bob.keyboard.type("Début, ");
    await saved(bob);
    await debug.send("Input.imeSetComposition", { text: "にほん", selectionStart: 3, selectionEnd: 3 });
    // Bob's words wait until the word is there, and neither person sees half of it.
    assert.equal((await caret(ada)).value, "finにほん");
    assert.equal((await caret(bob)).value, "Début, fin");
    await debug.send("Input.insertText", { text: "日本" });
    await shows(ada, "Début, fin日本");
    await shows(bob, "Début, fin日本");
    assert.equal((await caret(ada)).before, "Début, fin日本");
    await saved(ada);
  });
});

test("an overwritten value is reported with its author and the new value, and restored with one press", async () => {
  await boards.together(INDICATORS, { width: 1440 }, async (ada, bob) => {
    for (const page of [ada, bob]) await openRow(page, NAME);
    const referent = (/** @type {Page} */ page) => page.locator(".field-referent input");
    // While Bob still types, he sees what Ada wrote there.
    await referent(bob).fill("Mme Durand");
    await referent(ada).fill("M. Martin");
    await ada.keyboard.press("Enter");
    await bob.locator(".field-referent .theirs").getByText("Ada Martin vient d’écrire « M. Martin » ici.").waitFor();
    await bob.keyboard.press("Enter");
    await ada.locator(".notice").getByText(/^Bob Durand a remplacé votre «\sM. Martin\s» par «\sMme Durand\s»/).waitFor();
    await inspect(ada, "told of a loss");
    await act(ada, "answer").click();
    await hasValue(bob, ".field-referent input", "M. Martin");
    await Promise.all([saved(ada), saved(bob)]);
  });
});

test("a lost draft is returned with the real reason, and a field that was only focused gives no notice", async () => {
  await boards.together(INDICATORS, { width: 1440 }, async (ada, bob) => {
    await addIndicator(ada, "À supprimer");
    await openRow(ada, NAME);
    await ada.locator(".field-baseline input").fill("12 à 15");
    await act(ada, "close").click();
    await ada.locator(".notice").getByText(/^Ce que vous aviez écrit n’a pas été enregistré/).waitFor();
    await ada.locator(".notice .typed", { hasText: "12 à 15" }).waitFor();
    // Bob stands in fields with something in them while their card goes away; then in one that he was writing in.
    for (const written of [null, "Mme Petit"]) {
      await openRow(bob, "À supprimer");
      await bob.locator(".field-referent input").fill("M. Grand");
      await bob.keyboard.press("Enter");
      await saved(bob);
      await bob.locator(".field-referent input").focus();
      if (written !== null) await bob.locator(".field-referent input").fill(written);
      await removeRow(ada, "À supprimer");
      await bob.locator(".details").waitFor({ state: "detached" });
      await saved(bob);
      if (written !== null) await bob.locator(".notice .typed", { hasText: written }).waitFor();
      assert.equal(await bob.locator(".notice .typed").count(), written === null ? 0 : 1);
      await act(ada, "answer").last().click();
      await row(bob, "À supprimer").waitFor();
    }
    await removeRow(ada, "À supprimer");
    await saved(ada);
  });
});

test("the names of a table stay in sight however far it is scrolled sideways", async () => {
  await boards.open(ADA, INDICATORS, { width: 820 }, async (page) => {
    const left = () => page.getByRole("rowheader", { name: NAME }).evaluate((cell) => cell.getBoundingClientRect().left);
    const before = await left();
    const moved = await page.locator(".table-frame").evaluate((frame) => {
      frame.scrollLeft = 400;
      return frame.scrollLeft;
    });
    assert.ok(moved > 100, `${moved}`);
    assert.ok(Math.abs((await left()) - before) < 2);
  });
});

test("presence is shown in the table, in the panel, in columns, on the map and on a phone", async () => {
  await boards.open(ADA, INDICATORS, { width: 1440 }, (ada) =>
    boards.open(BOB, INDICATORS, { width: 1440 }, async (bob) => {
      await row(ada, NAME).locator("[data-field=objective]").focus();
      await row(bob, NAME).locator("[data-field=objective] .writes", { hasText: "AM" }).waitFor();
      await openRow(ada, NAME);
      await ada.locator(".field-source input").focus();
      await openRow(bob, NAME);
      await bob.locator(".field-source").getByText("Ada Martin écrit ici").waitFor();
      await act(bob, "close").click();
      for (const [view, place] of /** @type {const} */ ([["kanban", ".kanban-column li"], ["free", ".map-card.watched"]])) {
        await look(bob, view);
        await bob.locator(place).filter({ hasText: NAME }).locator(".face", { hasText: "AM" }).waitFor();
      }
      await bob.setViewportSize({ width: 390, height: 800 });
      await look(bob, "table");
      await bob.getByRole("listitem").filter({ hasText: NAME }).locator(".face", { hasText: "AM" }).waitFor();
      await bob.locator(".card-button").filter({ hasText: NAME }).click();
      await bob.locator(".field-source").getByText("Ada Martin écrit ici").waitFor();
      // And the other way round: the phone is seen on the map.
      await bob.locator(".field-notes textarea").focus();
      await act(ada, "close").click();
      await look(ada, "free");
      await mapCard(ada, NAME).waitFor();
      await ada.locator(".map-card.watched .face", { hasText: "BD" }).waitFor();
    }),
  );
});

test("two tabs of one person are one person, and each keeps its own edits", async () => {
  await boards.open(ADA, INDICATORS, { width: 1440, expected: CUT }, async (first) => {
    // A tab opened from the other takes its memory along, as a duplicated one does.
    const opening = first.context().waitForEvent("page");
    await first.evaluate(() => void window.open(location.href));
    const second = await opening;
    await saved(second);
    for (const page of [first, second]) {
      await look(page, "table");
      await present(page, 1);
    }
    await addIndicator(first, "Du premier onglet");
    await addIndicator(second, "Du second onglet");
    for (const page of [first, second]) {
      await row(page, "Du premier onglet").waitFor();
      await row(page, "Du second onglet").waitFor();
      await saved(page);
    }
    // The undo of a tab takes back what that tab did, and nothing of the other.
    await act(first, "undo").click();
    await row(second, "Du premier onglet").waitFor({ state: "detached" });
    await row(second, "Du second onglet").waitFor();
    await second.close();
    await saved(first);
  });
});

test("a tab whose client id another person uses takes a new id, and its pending edits are sent", async () => {
  await boards.together(INDICATORS, { width: 1440, expected: CUT }, async (ada, bob) => {
    await ada.context().setOffline(true);
    await ada.locator(".offline p").waitFor();
    const client = await ada.evaluate(() => sessionStorage.getItem(Object.keys(sessionStorage).find((key) => key.startsWith("parcours.client.")) ?? ""));
    // Bob writes under the name of Ada's tab, which has written nothing yet.
    await bob.evaluate(async (client) => {
      const socket = new WebSocket(`${location.origin.replace("http", "ws")}${location.pathname}/socket`, "parcours.board.v1");
      await new Promise((resolve) => socket.addEventListener("open", resolve));
      const edit = { type: "add_card", card: crypto.randomUUID(), x: 0, y: 0, fields: { name: "Sous un autre nom" } };
      socket.send(JSON.stringify({ type: "hello", client, since: null }));
      socket.send(JSON.stringify({ type: "edit", n: 1, edit }));
    }, client);
    await row(bob, "Sous un autre nom").waitFor();
    await addIndicator(ada, "Écrit sans réseau");
    await ada.context().setOffline(false);
    await row(bob, "Écrit sans réseau").waitFor();
    await saved(ada);
    assert.equal(await row(ada, "Écrit sans réseau").count(), 1);
    for (const name of ["Sous un autre nom", "Écrit sans réseau"]) await removeRow(ada, name);
    await saved(ada);
  });
});

test("offline a banner explains what happens to edits, every view opens, and the banner goes when the network is back", async () => {
  await boards.open(ADA, INDICATORS, { width: 1440, expected: CUT }, async (page) => {
    await look(page, "table");
    await row(page, NAME).waitFor();
    // The parts of the page that come later have come by now.
    await page.waitForFunction(() => performance.getEntriesByType("resource").filter(({ name }) => name.includes("chunk-")).length >= 4);
    await page.context().setOffline(true);
    await page.locator(".offline p").waitFor();
    for (const [view, shown] of /** @type {const} */ ([["kanban", ".kanban-column"], ["free", ".map-card"], ["summary", ".coverage"], ["table", "tbody tr"]])) {
      await look(page, view);
      await page.locator(shown).first().waitFor();
      await inspect(page, `${view} offline`);
    }
    await addIndicator(page, "Sans réseau");
    await status(page, "offline").filter({ hasText: /\d/ }).waitFor();
    // However far one has scrolled, on a phone too.
    await page.setViewportSize({ width: 390, height: 500 });
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    const place = await page.locator(".offline p").boundingBox();
    assert.ok(place && place.y >= 0 && place.y + place.height <= 500, JSON.stringify(place));
    // Over an open form too, at its foot.
    await page.locator(".card-button").first().click();
    const banner = page.locator("dialog .offline p");
    await banner.waitFor();
    const foot = await banner.boundingBox();
    assert.ok(foot && foot.y > 300 && foot.y + foot.height <= 500, JSON.stringify(foot));
    assert.deepEqual(await axe(page), []);
    await page.keyboard.press("Escape");
    await page.context().setOffline(false);
    await page.locator(".offline p").first().waitFor({ state: "detached" });
    await saved(page);
  });
});
