// A tab left open over an upgrade: one of another major version asks to reload; one that is sent an edit of a later minor
// version reloads itself, once, when nobody types. Pending edits are sent after that.
import assert from "node:assert/strict";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { act, ADA, addIndicator, beginRow, Boards, BOB, CUT, goToBoard, INDICATORS, row, saved, status } from "./boards.js";
import { axe } from "./browser.js";
import { binary } from "./server.js";

/** @typedef {import("playwright-core").Page} Page */

const boards = Boards.forTests([INDICATORS], [ADA, BOB]);

/**
 * What tells that the program was updated.
 * @param {Page} page
 * @param {"outdated" | "newer_edit"} reason
 */
const updated = (page, reason) => page.locator(`.offline [data-reason="${reason}"]`);

/** Tomorrow's program: the same, but for the major version in the name of the subprotocol. */
async function upgraded() {
  const bytes = await readFile(binary());
  const [today, tomorrow] = ["parcours.board.v1", "parcours.board.v2"];
  let at = bytes.indexOf(today);
  assert.notEqual(at, -1, "the program holds the subprotocol’s name");
  for (; at !== -1; at = bytes.indexOf(today, at)) bytes.write(tomorrow, at);
  const file = join(boards.server.folder, "parcours-tomorrow");
  await writeFile(file, bytes);
  await chmod(file, 0o755);
  return file;
}

/**
 * Lets a test turn the edits that the server sends into edits of a kind that nobody knows today.
 * @param {Page} page
 */
async function laterVersion(page) {
  const later = { on: false };
  await page.routeWebSocket(/\/socket/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((text) => {
      const message = JSON.parse(String(text));
      if (later.on && message.type === "edits") {
        for (const accepted of message.edits) accepted.edit = { type: "merge_cards", card: accepted.edit.card };
      }
      socket.send(JSON.stringify(message));
    });
  });
  return later;
}

test("a tab that meets an edit of a later version reloads itself once, when nobody types, and loses nothing", async () => {
  await boards.visit(ADA, { width: 1440 }, async (ada) => {
    const later = await laterVersion(ada);
    let loads = 0;
    ada.on("load", () => (loads += 1));
    await goToBoard(ada, INDICATORS);
    await saved(ada);
    await boards.open(BOB, INDICATORS, { width: 1440 }, async (bob) => {
      loads = 0;
      await beginRow(ada);
      const typing = ada.locator(".editor input");
      await typing.fill("Écrit pendant ce temps");
      later.on = true;
      await addIndicator(bob, "De la version suivante");
      await updated(ada, "newer_edit").waitFor();
      assert.deepEqual(await axe(ada), []);
      // The time in which it would reload: no condition says that nothing happens.
      await ada.waitForTimeout(1_500);
      assert.equal(loads, 0, "not while somebody types");
      assert.equal(await typing.inputValue(), "Écrit pendant ce temps");
      assert.equal(await row(ada, "De la version suivante").count(), 0, "nothing is applied any more");

      later.on = false;
      await typing.press("Enter");
      await act(ada, "add").first().focus();
      await row(ada, "De la version suivante").waitFor();
      await row(ada, "Écrit pendant ce temps").waitFor();
      await saved(ada);
      await row(bob, "Écrit pendant ce temps").waitFor();
      assert.equal(loads, 1);

      later.on = true;
      await addIndicator(bob, "Encore une fois");
      await updated(ada, "newer_edit").waitFor();
      // As above, with the time that a load takes.
      await ada.waitForTimeout(2_000);
      assert.equal(loads, 1, "a page that did not change by reloading is left alone");
      later.on = false;
      await act(ada, "leave").click();
      await row(ada, "Encore une fois").waitFor();
    });
  });
});

test("a tab of another major version asks to reload, and its pending edits are sent after that", async () => {
  const next = await upgraded();
  await boards.open(ADA, INDICATORS, { width: 1440, expected: CUT }, async (page) => {
    await addIndicator(page, "Avant la mise à jour");
    await saved(page);
    await boards.server.kill();
    await addIndicator(page, "Pendant la mise à jour");
    await status(page, "offline").waitFor();
    boards.server.program = next;
    await boards.server.run();
    await updated(page, "outdated").waitFor();
    assert.deepEqual(await axe(page), []);
    await act(page, "leave").click();
    await row(page, "Pendant la mise à jour").waitFor();
    await saved(page);
    await page.reload();
    for (const name of ["Avant la mise à jour", "Pendant la mise à jour"]) await row(page, name).waitFor();
    await saved(page);
  });
});
