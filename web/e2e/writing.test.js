// Drafts on a board: validation messages, rejected commands, comment drafts, empty cards, truncated pastes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { follow, press } from "./actions.js";
import { act, ADA, addIndicator, Boards, BOB, comment, CUT, field, hasValue, INDICATORS, look, openRow, row, saved, shown } from "./boards.js";

/** Gives the seat back. */
const CHLOE = { name: "Chloé Petit", email: "chloe@departement.example.fr" };

const boards = Boards.forTests([INDICATORS], [ADA, BOB, CHLOE]);

/** @typedef {import("playwright-core").Page} Page */

/**
 * Whether nothing hides any corner of an element, and no edge of the window cuts it, once nothing is scrolled any more.
 * @param {import("playwright-core").Locator} element
 */
const isSeenWhole = (element) =>
  element.evaluate(async (node) => {
    const isWhole = () => {
      // Its corners are round.
      const { left, top, right, bottom } = node.getBoundingClientRect();
      const corners = [left + 4, right - 4].flatMap((x) => [top + 4, bottom - 4].map((y) => /** @type {const} */ ([x, y])));
      return corners.every(([x, y]) => node.contains(document.elementFromPoint(x, y)));
    };
    for (let frame = 0; frame < 30 && !isWhole(); frame += 1) await new Promise((next) => requestAnimationFrame(next));
    return isWhole();
  });

test("what is wrong in a cell is told whole, in the last row, beside the panel, and at the window’s edge", async () => {
  await boards.open(ADA, INDICATORS, { width: 1440 }, async (page) => {
    await addIndicator(page, "Bulle");
    const wrong = async (/** @type {string} */ field) => {
      await row(page, "Bulle").locator(`[data-field=${field}]`).focus();
      await page.keyboard.type("beaucoup");
      await page.keyboard.press("Enter");
      const bubble = page.locator(".bubble");
      await bubble.waitFor();
      assert.ok(await isSeenWhole(bubble), `${field}: ${JSON.stringify(await bubble.boundingBox())}`);
      await page.keyboard.press("Escape");
    };
    await wrong("baseline");
    await wrong("priority");
    await openRow(page, "Bulle");
    await page.locator(".details").waitFor();
    await wrong("priority");
    await page.setViewportSize({ width: 1440, height: 420 });
    await wrong("target");
    await saved(page);
  });
});

test("a rejected command is reported with its card and field", async () => {
  await boards.open(ADA, INDICATORS, { width: 1440, expected: CUT }, (ada) =>
    boards.open(BOB, INDICATORS, { width: 1440 }, async (bob) => {
      await addIndicator(ada, "Disputé");
      await row(bob, "Disputé").waitFor();
      await ada.context().setOffline(true);
      await row(ada, "Disputé").locator("[data-field=referent]").focus();
      await ada.keyboard.type("M. Grand");
      await ada.keyboard.press("Enter");
      await row(bob, "Disputé").getByRole("rowheader").focus();
      await bob.keyboard.press("Shift+Delete");
      await saved(bob);
      await ada.context().setOffline(false);
      const notice = ada.locator(".notice", { hasText: "M. Grand" });
      await notice.getByText(/^Une modification n’a pas été acceptée \(«\sDisputé\s», Référent interne\)\s: la fiche a été supprimée/).waitFor();
    }),
  );
});

test("many commands rejected for one reason are reported in one notice that names cards", async () => {
  await boards.open(ADA, INDICATORS, { width: 1440, expected: CUT }, (ada) =>
    boards.open(BOB, INDICATORS, { width: 1440 }, async (bob) => {
      await addIndicator(ada, "Très disputé");
      await row(bob, "Très disputé").waitFor();
      await ada.context().setOffline(true);
      for (const field of ["objective", "referent", "baseline", "target"]) {
        await row(ada, "Très disputé").locator(`[data-field=${field}]`).focus();
        await ada.keyboard.type("4");
        await ada.keyboard.press("Enter");
      }
      await row(bob, "Très disputé").getByRole("rowheader").focus();
      await bob.keyboard.press("Shift+Delete");
      await saved(bob);
      await ada.context().setOffline(false);
      const told = /^4 modifications n’ont pas été acceptées \(«\sTrès disputé\s»\)\s: la fiche a été supprimée/;
      await ada.locator(".notice").getByText(told).waitFor();
    }),
  );
});

test("the removal of an opened card by another person is reported, and the focus stays on the board", async () => {
  for (const width of [390, 1440]) {
    await boards.open(ADA, INDICATORS, { width: 1440 }, (ada) =>
      boards.open(BOB, INDICATORS, { width }, async (bob) => {
        await addIndicator(ada, "Sans lendemain");
        if (width === 390) {
          await look(bob, "table");
          await bob.locator(".card-button").filter({ hasText: "Sans lendemain" }).click();
        } else await openRow(bob, "Sans lendemain");
        await bob.locator(".details .field-source input").focus();
        await row(ada, "Sans lendemain").getByRole("rowheader").focus();
        await ada.keyboard.press("Shift+Delete");
        await bob.locator(".details").waitFor({ state: "detached" });
        await bob.locator(".notice").getByText(/^«\sSans lendemain\s»\s: indicateur supprimé par Ada Martin\.$/).waitFor();
        await bob.locator(".notice:focus").waitFor();
        await saved(ada);
      }),
    );
  }
});

test("what tells of a removal goes once the card is back, however it came back", async () => {
  await boards.open(ADA, INDICATORS, { width: 1440 }, async (page) => {
    await addIndicator(page, "Revenant");
    const told = page.locator(".notice", { hasText: "Revenant" });
    for (const back of [() => page.keyboard.press("Control+z"), () => act(told, "answer").click()]) {
      await row(page, "Revenant").getByRole("rowheader").focus();
      await page.keyboard.press("Shift+Delete");
      await told.waitFor();
      await back();
      await row(page, "Revenant").waitFor();
      await told.waitFor({ state: "detached", timeout: 3_000 });
    }
    await saved(page);
  });
});

test("a card that is added under a search stays in sight with it, until another search", async () => {
  await boards.open(ADA, INDICATORS, { width: 1440 }, async (page) => {
    await addIndicator(page, "Cherché");
    const search = page.getByRole("searchbox");
    await search.fill("cherch");
    await shown(page, 1);
    await addIndicator(page, "Tout autre chose");
    await row(page, "Tout autre chose").waitFor();
    assert.equal(await search.inputValue(), "cherch");
    await shown(page, 2);
    await search.fill("cherché");
    await row(page, "Tout autre chose").waitFor({ state: "detached" });
    await row(page, "Cherché").waitFor();
    await saved(page);
  });
});

test("a formula says which figure it lacks, in the panel and in the summary, which leads there", async () => {
  await boards.open(ADA, INDICATORS, { width: 1440 }, async (page) => {
    await addIndicator(page, "Part calculée");
    await openRow(page, "Part calculée");
    const told = page.locator(".details .formula");
    for (const name of ["numerator_unit", "denominator_unit"]) await field(page, name).selectOption("euros");
    for (const [name, figure, says] of /** @type {const} */ ([
      ["numerator_sample", "30", "Il manque le chiffre du dénominateur."],
      ["denominator_sample", "0", "Le dénominateur vaut 0"],
    ])) {
      await field(page, name).fill(figure);
      await page.keyboard.press("Enter");
      await told.getByText(says).waitFor();
    }
    await look(page, "summary");
    await page.locator(".wrong li", { hasText: "Le dénominateur vaut 0" }).getByRole("button").click();
    await page.locator(".field-denominator_sample input:focus").fill("120");
    await page.keyboard.press("Enter");
    await told.getByText("25").waitFor();
    await page.locator(".wrong").waitFor({ state: "detached" });
    await look(page, "table");
    await saved(page);
  });
});

test("a comment that was begun waits in its card, across a reload, until it is sent", async () => {
  await boards.open(ADA, INDICATORS, { width: 1440 }, async (page) => {
    await addIndicator(page, "Commenté");
    const draft = comment(page);
    await openRow(page, "Commenté");
    await draft.fill("Un avis pas encore dit");
    await act(page, "close").click();
    await page.locator(".notice", { hasText: "il vous attend dans la fiche" }).waitFor();
    await openRow(page, "Cherché");
    assert.equal(await draft.inputValue(), "");
    await openRow(page, "Commenté");
    await hasValue(page, ".comments textarea", "Un avis pas encore dit");
    await draft.fill("Un avis presque dit");
    await saved(page);
    await page.reload();
    await openRow(page, "Commenté");
    assert.equal(await draft.inputValue(), "Un avis presque dit");
    await act(page, "comment").click();
    await page.locator(".comment-text", { hasText: "Un avis presque dit" }).waitFor();
    await saved(page);
    await page.reload();
    await openRow(page, "Commenté");
    await page.locator(".comment-text").waitFor();
    assert.equal(await draft.inputValue(), "");
    // Where the card goes there is no card for it to wait in.
    await draft.fill("Sans fiche");
    await act(page, "remove").click();
    await page.locator(".notice .typed", { hasText: "Sans fiche" }).waitFor();
    assert.equal(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("parcours.comment.")).length), 0);
  });
});

test("a long title is seen whole in its field, on a phone too, and Enter keeps it on one line", async () => {
  await boards.open(ADA, INDICATORS, { width: 390 }, async (page) => {
    await look(page, "table");
    await page.locator(".card-button", { hasText: "Commenté" }).or(page.locator(".card-button", { hasText: "Cherché" })).first().click();
    const title = page.locator(".field-name textarea");
    const long = "Part des achats issus du réemploi, de la réutilisation ou intégrant des matières recyclées";
    await title.fill(long.replace(", ", ",\n"));
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: long }).waitFor();
    assert.equal(await title.inputValue(), long);
    assert.ok(await title.evaluate((area) => area.clientHeight > 60 && area.scrollHeight <= area.clientHeight));
    await act(page, "close").click();
    const shown = page.locator(".card-button", { hasText: long });
    assert.ok(await shown.evaluate((button) => button.scrollHeight <= button.clientHeight && button.scrollWidth <= button.clientWidth));
    await saved(page);
  });
});

test("a card that was added and left empty goes again without a word; one with a word in it, or a comment of another, stays", async () => {
  await boards.open(ADA, INDICATORS, { width: 390 }, (ada) =>
    boards.open(BOB, INDICATORS, { width: 1440 }, async (bob) => {
      await look(ada, "table");
      const cards = ada.locator(".card-button");
      const before = await cards.count();
      const add = async () => {
        await act(ada, "add").click();
        await ada.locator(".field-name textarea:focus").waitFor();
        await saved(bob);
      };
      const close = () => act(ada, "close").click();
      const empty = bob.getByRole("rowheader", { name: "Sans titre" });
      await add();
      await empty.waitFor();
      await close();
      await empty.waitFor({ state: "detached" });
      assert.equal(await cards.count(), before);
      assert.equal(await ada.locator(".notice").count(), 0);
      await ada.locator(".adding button:focus").waitFor();
      // What one typed is kept, whatever closes the form.
      await add();
      await ada.locator(".field-name textarea").fill("Presque rien");
      await ada.evaluate(() => /** @type {HTMLDialogElement | null} */ (document.querySelector("dialog.panel"))?.close());
      await cards.filter({ hasText: "Presque rien" }).waitFor();
      await row(bob, "Presque rien").waitFor();
      // What another wrote too.
      await add();
      await empty.waitFor();
      await bob.getByRole("row").filter({ has: empty }).locator("[data-field=objective]").focus();
      await bob.keyboard.type("De Bob");
      await bob.keyboard.press("Enter");
      await hasValue(ada, ".field-objective input", "De Bob");
      await close();
      await saved(ada);
      await cards.filter({ hasText: "Sans titre" }).waitFor();
      assert.equal(await cards.count(), before + 2);
    }),
  );
});

test("what is pasted and does not fit is said, with how much does, and given back whole", async () => {
  await boards.open(ADA, INDICATORS, { width: 1440 }, async (page) => {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await look(page, "table");
    await openRow(page, "Part calculée");
    const paste = async (/** @type {string} */ label, /** @type {string} */ text) => {
      await page.evaluate((words) => navigator.clipboard.writeText(words), text);
      await page.locator(".details").getByLabel(label, { exact: true }).focus();
      await page.keyboard.press("Control+a");
      await page.keyboard.press("Control+v");
    };
    const cut = page.locator(".notice", { hasText: "Le texte collé a été coupé" });
    await paste("Définition", `${"mot ".repeat(4_999)}fin.`);
    await saved(page);
    assert.equal(await cut.count(), 0);
    for (const [label, words, most] of /** @type {const} */ ([["Définition", 6_000, /\(Définition\)\s: 20\s000 signes au plus/], ["Objectif spécifique", 80, /\(Objectif spécifique\)\s: 300 signes/], ["Votre commentaire", 600, /\(Votre commentaire\)\s: 2\s000 signes/]])) {
      const text = `${"mot ".repeat(words)}fin.`;
      await paste(label, text);
      const told = cut.filter({ hasText: most });
      await told.waitFor();
      await page.evaluate(() => navigator.clipboard.writeText(""));
      await act(told, "copy").click();
      await page.locator('[data-act="copy"][data-state="copied"]').waitFor();
      assert.equal(await page.evaluate(() => navigator.clipboard.readText()), text);
      await act(told, "dismiss").click();
    }
    assert.equal((await field(page, "definition").inputValue()).length, 20_000);
    await comment(page).fill("");
    await saved(page);
  });
});

test("what was typed, taken back and not done again keeps its empty card, so that it can be", async () => {
  await boards.open(ADA, INDICATORS, { width: 1440 }, async (page) => {
    await look(page, "free");
    await act(page, "add").first().click();
    await page.locator(".field-name textarea:focus").fill("Repris");
    await page.keyboard.press("Enter");
    await page.locator(".details h2", { hasText: "Repris" }).waitFor();
    await act(page, "undo").click();
    await page.locator(".details h2", { hasText: "Sans titre" }).waitFor();
    await act(page, "close").click();
    await act(page, "redo").click();
    await page.locator(".map-card-face", { hasText: "Repris" }).waitFor();
    await saved(page);
  });
});

test("a long title leaves room for the fields under it", async () => {
  await boards.open(ADA, INDICATORS, { width: 390 }, async (page) => {
    await look(page, "table");
    await act(page, "add").click();
    const field = page.locator(".field-name textarea");
    await field.fill("Combien de marchés ? ".repeat(14));
    await page.keyboard.press("Enter");
    await page.locator(".details h2", { hasText: "Combien" }).waitFor();
    const header = await page.locator(".details header").boundingBox();
    assert.ok(header !== null && header.height < 90, JSON.stringify(header));
    await saved(page);
  });
});

test("a person who loses the seat gets the unsent text back", async () => {
  await boards.open(CHLOE, INDICATORS, { width: 1440, expected: /403/ }, async (page) => {
    await addIndicator(page, "De Chloé");
    await saved(page);
    await openRow(page, "De Chloé");
    await comment(page).fill("Commentaire commencé");
    await row(page, "De Chloé").locator("[data-field=objective]").focus();
    await boards.visit(CHLOE, {}, async (other) => {
      await other.goto("/mon-parcours");
      await follow(other, "/annuler");
      await page.keyboard.type("Mots en cours");
      await press(other, "/annuler");
      await act(page, "leave").waitFor();
    });
    const opening = page.context().waitForEvent("page");
    await act(page, "leave").click();
    await (await opening).getByRole("heading", { name: /^Ce tableau est réservé/ }).waitFor();
    const notice = page.locator(".notice", { hasText: "n’est pas parti" });
    await notice.getByText("Mots en cours").waitFor();
    await notice.getByText(/vous n’avez plus accès à ce tableau/).waitFor();
    assert.equal(await page.locator(".notice").count(), 1);
    await act(page, "close").click();
    await page.locator(".notice", { hasText: "n’est pas parti" }).getByText("Commentaire commencé").waitFor();
  });
});
