// The map of a stakeholders' board in two real browsers: drags, links, the matrix, the rings; by mouse and by keyboard alone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { confirm, register, signIn } from "./acts.js";
import { axe, openBrowser, sidewaysScroll, withPage } from "./browser.js";
import { Server } from "./server.js";

const ADA = { name: "Ada Martin", email: "ada@ville.example.fr" };
const BOB = { name: "Bob Durand", email: "bob@region.example.fr", organisation: "Région Bretagne" };

/** @type {Server} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;
/** @type {Record<string, import("./browser.js").Visit["signedIn"]>} */
const cookies = {};

before(async () => {
  browser = await openBrowser();
  server = await Server.start();
  for (const who of [ADA, BOB]) {
    await withPage(browser, server.url, {}, async (page) => {
      for (const slug of ["atelier-3-transition-du-territoire", "atelier-2-indicateurs"]) {
        await register(page, slug, who);
        await confirm(page, who.email);
      }
      await signIn(page, who.email);
      cookies[who.email] = await page.context().storageState();
    });
  }
});

after(async () => {
  await browser.close();
  await server.stop();
});

/**
 * @param {typeof ADA} who
 * @param {RegExp} workshop
 * @param {import("./browser.js").Visit} visit
 * @param {(page: import("playwright-core").Page) => Promise<void>} act
 */
function onBoard(who, workshop, visit, act) {
  return withPage(browser, server.url, { signedIn: cookies[who.email], ...visit }, async (page) => {
    await page.goto("/mon-parcours");
    await page.getByRole("listitem").filter({ hasText: workshop }).getByRole("link", { name: "Ouvrir le tableau" }).click();
    await saved(page);
    await act(page);
  });
}

/** @param {import("playwright-core").Page} page */
const saved = (page) => page.getByTestId("status").filter({ hasText: "Tout est enregistré" }).waitFor();

const MAP = /transition du territoire/;

/**
 * A card on the map.
 * @param {import("playwright-core").Page} page
 * @param {string} name
 */
const card = (page, name) => page.getByRole("button", { name: new RegExp(`^${name}`) }).and(page.locator(".map-card-face"));

/**
 * The middle of a card, in the window.
 * @param {import("playwright-core").Page} page
 * @param {string} name
 */
async function middle(page, name) {
  const box = await card(page, name).boundingBox();
  assert.ok(box, `${name} is not drawn`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/**
 * Drags from a point by a distance; ends with the button still down.
 * @param {import("playwright-core").Page} page
 * @param {{ x: number, y: number }} from
 * @param {{ x: number, y: number }} to
 */
async function drag(page, from, to) {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 6 });
}

test("a card that is dragged moves on the other screen at once, and stays where it is dropped", async () => {
  await onBoard(ADA, MAP, { width: 1440 }, async (ada) => {
    await ada.getByRole("button", { name: "Partir d’acteurs types" }).click();
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

test("a line drawn from card to card is a link that everybody sees", async () => {
  await onBoard(BOB, MAP, { width: 1440 }, (bob) =>
    onBoard(ADA, MAP, { width: 1440 }, async (ada) => {
      assert.equal(await bob.locator("path.link").count(), 0);
      await card(ada, "ADEME").hover();
      const handle = await ada.getByRole("listitem").filter({ has: card(ada, "ADEME") }).locator(".map-handle").boundingBox();
      assert.ok(handle);
      await drag(ada, { x: handle.x + handle.width / 2, y: handle.y + handle.height / 2 }, await middle(ada, "Direction des finances"));
      await ada.mouse.up();
      await bob.locator("path.link").first().waitFor({ state: "attached" });
      // What was drawn is told and changed in the card's panel.
      const link = ada.locator(".link-list li").filter({ hasText: "Direction des finances" });
      await link.getByLabel("Sorte de lien").selectOption({ label: "informe" });
      await bob.locator("path.link-informs").first().waitFor({ state: "attached" });
    }),
  );
});

test("on the matrix the place is the data", async () => {
  await onBoard(ADA, MAP, { width: 1440 }, async (ada) => {
    await ada.getByRole("button", { name: "Pouvoir et intérêt" }).click();
    await ada.locator(".unplaced").getByRole("button", { name: "Direction générale" }).click();
    const from = await middle(ada, "Direction générale");
    await drag(ada, from, { x: from.x + 170, y: from.y - 126 });
    await ada.mouse.up();
    await saved(ada);
    assert.deepEqual(await axe(ada), []);
    await ada.getByRole("button", { name: "Tableau", exact: true }).click();
    const row = ada.getByRole("row").filter({ has: ada.getByRole("rowheader", { name: "Direction générale" }) });
    const values = await row.locator(".meter").allTextContents();
    const [power, interest] = values.map(Number);
    assert.ok(power > 70 && power < 90 && interest > 60 && interest < 80, values.join());
    assert.deepEqual(await axe(ada), []);
  });
});

test("by keyboard alone an actor is added, placed, moved, linked and commented", async () => {
  await onBoard(BOB, MAP, { width: 1440 }, async (page) => {
    await card(page, "CRESS").focus();
    await page.keyboard.press("n");
    await page.waitForFunction(() => document.activeElement?.matches(".field-name input") === true);
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
    // L goes to the link's form; Tab and the first letters choose.
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
    for (const view of ["Carte", "Pouvoir et intérêt", "Familles", "Tableau"]) {
      await page.getByRole("button", { name: view, exact: true }).click();
      await page.locator(view === "Tableau" ? "tbody tr" : ".map").first().waitFor();
      assert.deepEqual(await axe(page), [], view);
    }
  });
});

test("families in rings, and every view on a phone", async () => {
  await onBoard(ADA, MAP, { width: 390 }, async (page) => {
    await page.getByRole("listitem").filter({ hasText: "Agence de l’eau" }).waitFor();
    for (const view of ["Fiches", "Carte", "Pouvoir et intérêt", "Familles"]) {
      await page.getByRole("button", { name: view, exact: true }).click();
      if (view !== "Fiches") await page.locator(".map").waitFor();
      assert.deepEqual(await axe(page), [], view);
      assert.equal(await sidewaysScroll(page), 0, view);
    }
    await page.locator(".family-name", { hasText: "Experts thématiques" }).waitFor();
    await page.locator(".unplaced summary").click();
    await page.locator(".unplaced").getByRole("button", { name: "Agence de l’eau" }).click();
    await page.locator(".details").getByLabel("Famille").selectOption({ label: "Experts thématiques" });
    await page.getByRole("button", { name: "Fermer" }).click();
    await page.locator(".unplaced").waitFor({ state: "detached" });
  });
});

test("a gap in what the law asks opens a card that is filled in already; a formula is checked and computed", async () => {
  await onBoard(ADA, /indicateurs/, { width: 1440 }, async (page) => {
    await page.getByRole("button", { name: "Ajouter un indicateur" }).first().click();
    await page.getByRole("textbox", { name: "Indicateur", exact: true }).fill("Clauses sociales");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Bilan" }).click();
    await page.getByRole("img", { name: "0 points sur 16" }).waitFor();
    await page.getByRole("button", { name: /Créer.*ESUS, Indicateur/ }).click();
    await page.getByRole("img", { name: "1 points sur 16" }).waitFor();
    assert.equal(await page.locator(".details").getByLabel("Catégorie (art. L. 2111-3)").inputValue(), "esus");
    await page.getByLabel("Chiffre du numérateur").fill("300 000");
    await page.getByLabel("Chiffre du dénominateur").fill("5000000");
    await page.keyboard.press("Enter");
    await page.locator("output").getByText("6 %").waitFor();
    assert.deepEqual(await axe(page), []);
    await page.emulateMedia({ colorScheme: "dark" });
    assert.deepEqual(await axe(page), []);
    await page.getByLabel("Unité du dénominateur").selectOption({ label: "marchés" });
    await page.getByText(/des € HT sont divisés par des marchés/).waitFor();
    assert.deepEqual(await axe(page), []);
  });
  await onBoard(ADA, /indicateurs/, { width: 390 }, async (page) => {
    await page.getByRole("button", { name: "Bilan" }).click();
    await page.getByRole("heading", { name: "Formules à revoir" }).waitFor();
    assert.deepEqual(await axe(page), []);
    assert.equal(await sidewaysScroll(page), 0);
  });
});

test("who comes back is told what others did meanwhile", async () => {
  await onBoard(BOB, /indicateurs/, {}, async (bob) => {
    await bob.getByText("Clauses sociales").first().waitFor();
    await bob.goto("/mon-parcours");
    await onBoard(ADA, /indicateurs/, {}, async (ada) => {
      await ada.getByRole("button", { name: "Tableau", exact: true }).click();
      await ada.getByRole("button", { name: "Ajouter un indicateur" }).first().click();
      await ada.getByRole("textbox", { name: "Indicateur", exact: true }).fill("Réemploi");
      await ada.keyboard.press("Enter");
      await saved(ada);
    });
    await bob.getByRole("listitem").filter({ hasText: /indicateurs/ }).getByRole("link", { name: "Ouvrir le tableau" }).click();
    await bob.getByText("Depuis votre dernière visite : 1 nouvel indicateur.").waitFor();
    await bob.getByRole("button", { name: "Les voir" }).click();
    await bob.getByText("1 sur 3 indicateurs").waitFor();
  });
});
