// The whole parcours in one form, a seat handed to a colleague, and one's own data: in a browser.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { signIn } from "./actions.js";
import { axe, openBrowser, sidewaysScroll, withPage } from "./browser.js";
import { Server } from "./server.js";

const PICTURES = join(import.meta.dirname, "out");

/** @type {Server} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
  [server, browser] = await Promise.all([Server.start(), openBrowser()]);
  await mkdir(PICTURES, { recursive: true });
});

after(async () => {
  await browser.close();
  await server.stop();
});

/**
 * Follows the link of the newest letter whose subject begins like this.
 * @param {import("playwright-core").Page} page
 * @param {string} subject
 */
async function follow(page, subject) {
  await page.goto("/courriels");
  await page.getByRole("link", { name: subject }).first().click();
  const text = (await page.locator("pre").textContent()) ?? "";
  const address = /https?:\/\/\S+\/(?:inscriptions|transmissions)\/\S+/.exec(text)?.[0];
  await page.goto(String(address));
}

/**
 * The page as it is passes axe and fits a phone.
 * @param {import("playwright-core").Page} page
 * @param {string} name of its picture
 */
async function looksRight(page, name) {
  const { width } = page.viewportSize() ?? { width: 0 };
  assert.deepEqual(await axe(page), [], name);
  assert.equal(await sidewaysScroll(page), 0, `${name} at ${width}`);
  await page.screenshot({ path: join(PICTURES, `${name}-${width}.png`), fullPage: true });
}

for (const width of [1280, 360]) {
  test(`several events at once, confirmed by one button, one seat handed on, all data erased, ${width} pixels wide`, async () => {
    const email = `ada${width}@exemple.fr`;
    await withPage(browser, server.url, { width, expected: /422/ }, async (page) => {
      await page.goto("/");
      await page.getByRole("link", { name: "S’inscrire au parcours" }).click();
      await page.getByRole("button", { name: "M’inscrire" }).click();
      await page.getByText("points sont à corriger").waitFor();
      await looksRight(page, "parcours-form");
      await page.getByLabel("Prénom et nom").fill("Ada Lovelace");
      await page.getByLabel("Adresse électronique").fill(email);
      await page.getByLabel("Organisation", { exact: true }).fill("Ville d’Angers");
      await page.getByLabel("J’atteste être un acheteur public").check();
      await page.getByRole("button", { name: "M’inscrire" }).click();
      assert.equal(await page.getByText("Place réservée").count(), 6);
      await looksRight(page, "parcours-received");

      await follow(page, "Vos inscriptions au parcours");
      await looksRight(page, "parcours-confirm");
      await page.getByRole("button", { name: "Confirmer mes 6 inscriptions" }).click();
      await page.getByText("Votre inscription est confirmée").waitFor();

      await page.getByRole("link", { name: "Transmettre ma place" }).click();
      await looksRight(page, "hand-over");
      await page.getByLabel("Prénom et nom de votre collègue").fill("Bob");
      await page.getByLabel("Son adresse électronique").fill(`bob${width}@exemple.fr`);
      await page.getByRole("button", { name: "Lui proposer ma place" }).click();
      await page.getByText("La place reste la vôtre").waitFor();
      await follow(page, "Ada Lovelace vous transmet sa place");
      await looksRight(page, "take-over");
      await page.getByLabel("Je suis Bob").check();
      await page.getByRole("button", { name: "J’accepte la place" }).click();
      await page.getByText("Votre inscription est confirmée").waitFor();

      await signIn(page, email);
      await page.goto("/mon-parcours/donnees");
      await looksRight(page, "my-data");
      await page.getByRole("link", { name: "Effacer tout" }).click();
      await looksRight(page, "erase");
      await page.getByRole("button", { name: "Effacer pour de bon" }).click();
      await page.waitForURL("**/");
      assert.equal(await page.getByRole("link", { name: "Mon parcours" }).getAttribute("href"), "/connexion");
    });
  });
}
