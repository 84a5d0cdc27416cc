// A live board in real browsers against the real program: editing together, offline, and with the server killed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ORGANISER, signIn } from "./actions.js";
import { act, ADA, addIndicator as add, Boards, BOB, CUT, field, goToBoard, hasLength, INDICATORS, openRow as open, present, row, saved, setArchived, shown, status } from "./boards.js";
import { axe, sidewaysScroll } from "./browser.js";

const boards = Boards.forTests([INDICATORS]);
/** @type {(who: typeof ADA, visit: import("./browser.js").Visit, body: (page: import("playwright-core").Page) => Promise<void>) => Promise<void>} */
const onBoard = (who, visit, body) => boards.open(who, INDICATORS, visit, body);
/** @type {(visit: import("./browser.js").Visit, body: (ada: import("playwright-core").Page, bob: import("playwright-core").Page) => Promise<void>) => Promise<void>} */
const together = (visit, body) => boards.together(INDICATORS, visit, body);

/** Node 20 has no Promise.withResolvers yet. */
function withResolvers() {
  /** @type {() => void} */
  let resolve = () => undefined;
  /** @type {(error: unknown) => void} */
  let reject = () => undefined;
  const promise = new Promise((done, failed) => {
    resolve = () => done(undefined);
    reject = failed;
  });
  return { promise, resolve, reject };
}

/**
 * Carries frames between a page and the server until the line is cut; from then on they are lost.
 * @param {import("playwright-core").WebSocketRoute} page
 * @param {() => boolean} isCut
 */
function passOn(page, isCut) {
  const real = page.connectToServer();
  page.onMessage((frame) => void (isCut() || real.send(frame)));
  real.onMessage((frame) => void (isCut() || page.send(frame)));
}

test("an empty board says what to do, reads well to a screen reader, and fits a phone", async () => {
  for (const width of [1440, 390]) {
    await onBoard(ADA, { width }, async (page) => {
      await page.locator(".empty h2").waitFor();
      assert.deepEqual(await axe(page), []);
      assert.equal(await sidewaysScroll(page), 0);
    });
  }
});

test("an indicator added on one screen is on the other at once, and the people present are shown", async () => {
  await together({ width: 1440 }, async (ada, bob) => {
    await present(ada, 2);
    await add(ada, "Part des marchés sociaux");
    await row(bob, "Part des marchés sociaux").waitFor();
    await open(ada, "Part des marchés sociaux");
    // Bob sees where Ada is.
    await row(bob, "Part des marchés sociaux").getByTitle(/Ada Martin/).first().waitFor();
    await saved(ada);
    // The author of each field is shown too.
    await open(bob, "Part des marchés sociaux");
    await bob.locator(".provenance summary", { hasText: ADA.name }).click();
    await bob.getByText(/^Indicateur\s: Ada Martin/).waitFor();
    assert.deepEqual(await axe(ada), []);
    assert.deepEqual(await axe(bob), []);
  });
});

test("two people type in one long text at once and every keystroke is kept", async () => {
  await together({}, async (ada, bob) => {
    for (const page of [ada, bob]) await open(page, "Part des marchés sociaux");
    const fields = [ada, bob].map((page) => field(page, "definition"));
    await present(ada, 2);
    const words = [" un deux trois quatre cinq six sept", " alpha bravo charlie delta echo foxtrot"];
    await Promise.all(fields.map((field, index) => field.pressSequentially(words[index], { delay: 5 })));
    await Promise.all([saved(ada), saved(bob)]);
    const length = words.join("").length;
    for (const page of [ada, bob]) await hasLength(page, ".field-definition textarea", length);
    const texts = await Promise.all(fields.map((field) => field.inputValue()));
    assert.equal(texts[0], texts[1]);
    for (const typed of words) {
      // Each person's letters are there in their order, whatever came between.
      let from = -1;
      for (const letter of typed) {
        from = texts[0].indexOf(letter, from + 1);
        assert.notEqual(from, -1, `${typed} in ${texts[0]}`);
      }
    }
  });
});

test("by keyboard alone an indicator is built, found again and removed", async () => {
  await onBoard(ADA, { width: 1440 }, async (page) => {
    const editing = (/** @type {string} */ field, /** @type {"input" | "select"} */ control) => page.locator(`[data-field=${field}] .editor ${control}:focus`).waitFor();
    await page.getByRole("rowheader").first().focus();
    await page.keyboard.press("Control+Enter");
    await editing("name", "input");
    await page.keyboard.type("Achats de bois certifié");
    await page.keyboard.press("Tab");
    await editing("objective", "input");
    await page.keyboard.type("Protéger les forêts");
    await page.keyboard.press("Tab");
    await editing("legal_category", "select");
    // Nothing, social, ecological.
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    const built = row(page, "Achats de bois certifié");
    await built.getByText("Protéger les forêts").waitFor();
    await built.getByText("Écologique").waitFor();
    // An invalid number is reported beside the cell, and the typed text stays.
    await built.locator("[data-field=target]").focus();
    await page.keyboard.type("beaucoup");
    await page.keyboard.press("Enter");
    await page.locator(".bubble.problem").waitFor();
    assert.equal(await page.locator(".editor input").inputValue(), "beaucoup");
    await page.keyboard.press("Control+a");
    await page.keyboard.type("12,5");
    await page.keyboard.press("Enter");
    await built.getByText("12,5").waitFor();
    await built.getByRole("rowheader").focus();
    await page.keyboard.press("Space");
    await page.locator(".details").waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Shift+Delete");
    await built.waitFor({ state: "detached" });
    await page.keyboard.press("Control+z");
    await built.waitFor();
    await act(page, "add").focus();
    await page.keyboard.press("/");
    await page.keyboard.type("foret");
    await shown(page, 1);
    await saved(page);
  });
});

test("edits made offline wait, and are sent when the network is back", async () => {
  await together({ expected: CUT }, async (ada, bob) => {
    await ada.context().setOffline(true);
    await add(ada, "Heures d’insertion");
    await status(ada, "offline").filter({ hasText: /\d/ }).waitFor();
    assert.equal(await row(bob, "Heures d’insertion").count(), 0);
    await ada.context().setOffline(false);
    await row(bob, "Heures d’insertion").waitFor();
    await saved(ada);
  });
});

test("edits that wait for the network are kept across a reload", async () => {
  await onBoard(BOB, {}, (bob) =>
    boards.visit(ADA, { expected: CUT }, async (ada) => {
      let isCut = false;
      // The page can be loaded, while the board's socket is let through or not.
      await ada.routeWebSocket(/\/socket$/, (socket) => void (isCut ? socket.close({ code: 1006 }) : passOn(socket, () => isCut)));
      await goToBoard(ada, INDICATORS);
      await saved(ada);
      isCut = true;
      await add(ada, "Montant versé aux ESUS");
      await status(ada, "saving").waitFor();
      await ada.reload();
      await status(ada, "offline").waitFor();
      assert.equal(await row(bob, "Montant versé aux ESUS").count(), 0);
      isCut = false;
      await row(bob, "Montant versé aux ESUS").waitFor();
      await row(ada, "Montant versé aux ESUS").waitFor();
      await saved(ada);
    }),
  );
});

test("ten browsers write on one board at once and all see the same", async () => {
  const names = Array.from({ length: 10 }, (_, index) => `Indicateur ${index} de la table`);
  /** @type {string[][]} */
  const seen = [];
  let written = 0;
  const { promise: all, resolve, reject } = withResolvers();
  await Promise.all(
    names.map((name, index) =>
      onBoard(index % 2 === 0 ? ADA : BOB, { width: 1440 }, async (page) => {
        await add(page, name);
        written += 1;
        if (written === names.length) resolve();
        await all;
        for (const other of names) await row(page, other).waitFor();
        await saved(page);
        seen.push(await page.locator("tbody th .words").allTextContents());
      }).catch((/** @type {unknown} */ error) => {
        // Otherwise the pages of the others stay open, and fill the board of a later test.
        reject(error);
        throw error;
      }),
    ),
  );
  for (const titles of seen) assert.deepEqual(titles, seen[0]);
});

test("a server killed without warning loses nothing, and everybody comes back by themselves", async () => {
  await together({ expected: CUT }, async (ada, bob) => {
    await add(ada, "Part des achats issus du réemploi");
    await row(bob, "Part des achats issus du réemploi").waitFor();
    await boards.server.kill("SIGKILL");
    await add(bob, "Écrit pendant la panne");
    await status(bob, "offline").waitFor();
    await boards.server.run();
    for (const page of [ada, bob]) {
      await row(page, "Part des achats issus du réemploi").waitFor();
      await row(page, "Écrit pendant la panne").waitFor();
      await saved(page);
    }
  });
  await onBoard(BOB, {}, async (page) => {
    for (const name of ["Part des marchés sociaux", "Heures d’insertion", "Part des achats issus du réemploi", "Écrit pendant la panne"]) {
      await row(page, name).waitFor();
    }
  });
});

test("a board archived during editing is read-only at once, returns what was typed, and can be reopened", async () => {
  await together({ width: 1440 }, (ada, phone) =>
    boards.visit(null, {}, async (desk) => {
      await phone.setViewportSize({ width: 390, height: 800 });
      await signIn(desk, ORGANISER);
      await row(ada, "Part des marchés sociaux").locator("[data-field=objective]").focus();
      await ada.keyboard.type("Un but presque écrit");
      await phone.locator(".card-button", { hasText: "Part des marchés sociaux" }).click();
      await field(phone, "name").waitFor();
      await setArchived(desk, INDICATORS, "archive");
      // Also where a card is opened over everything.
      await phone.getByRole("dialog").getByText(/^L’équipe organisatrice vient d’archiver/).first().waitFor();
      await act(phone, "dismiss").click();
      await status(ada, "read_only").waitFor();
      await ada.getByText(/^L’équipe organisatrice vient d’archiver/).first().waitFor();
      await ada.getByText("Un but presque écrit").waitFor();
      await act(ada, "copy").waitFor();
      assert.equal(await act(ada, "add").count(), 0);
      assert.deepEqual(await axe(ada), []);
      await ada.reload();
      await status(ada, "read_only").waitFor();
      await row(ada, "Part des marchés sociaux").waitFor();
      await setArchived(desk, INDICATORS, "reopen");
      await phone.getByText(/^Ce tableau est rouvert/).first().waitFor();
      await ada.getByText(/^Ce tableau est rouvert/).first().waitFor();
      await add(ada, "Écrit après la réouverture");
      await row(ada, "Écrit après la réouverture").waitFor();
      await saved(ada);
    }),
  );
});

test("a facilitator's open page offers to import cards only while the board may be written", async () => {
  await boards.visit(null, {}, (board) =>
    boards.visit(null, {}, async (desk) => {
      for (const page of [board, desk]) await signIn(page, ORGANISER);
      await board.goto(`/evenements/${INDICATORS.slug}/tableau`);
      await saved(board);
      const offer = board.locator('a[href$="/importer"]');
      await offer.waitFor();
      await setArchived(desk, INDICATORS, "archive");
      await offer.waitFor({ state: "hidden" });
      await setArchived(desk, INDICATORS, "reopen");
      await offer.waitFor();
    }),
  );
});

test("on a full board the person with most of the tabs waits until one closes; another person is let in at once", async () => {
  await onBoard(ADA, {}, (ada) =>
    // A browser opens some 250 sockets at most.
    onBoard(ADA, {}, async (more) => {
      for (const page of [ada, more]) {
        await page.evaluate(async () => {
          const path = document.querySelector("#board")?.getAttribute("data-path");
          const opened = Array.from({ length: 149 }, async () => {
            const socket = new WebSocket(`${location.origin.replace("http", "ws")}${path}/socket`, "parcours.board.v1");
            await new Promise((open) => socket.addEventListener("open", open));
            socket.send(JSON.stringify({ type: "hello", client: crypto.randomUUID(), since: null }));
            await new Promise((message) => socket.addEventListener("message", message, { once: true }));
          });
          await Promise.all(opened);
        });
      }
      await boards.visit(ADA, { width: 390 }, async (late) => {
        await goToBoard(late, INDICATORS);
        await status(late, "full").waitFor();
        assert.deepEqual(await axe(late), []);
        assert.equal(await sidewaysScroll(late), 0);
        // One person cannot keep others out by opening many tabs.
        await onBoard(BOB, {}, async () => undefined);
        await more.goto("/mon-parcours");
        await act(late, "retry").click();
        await saved(late);
      });
    }),
  );
});

test("a board with cards reads well to a screen reader and fits a phone", async () => {
  for (const width of [1440, 820, 390]) {
    await onBoard(ADA, { width }, async (page) => {
      await page.locator(".view").getByText("Heures d’insertion").first().waitFor();
      assert.deepEqual(await axe(page), []);
      assert.equal(await sidewaysScroll(page), 0);
    });
  }
});
