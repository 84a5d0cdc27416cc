// The whole parcours in one form, a seat handed to a colleague, and one's own data: in a browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { followLetter, openLetter, signIn } from "./actions.js";
import { looksRight, Site } from "./site.js";

const site = Site.forTests();

for (const width of [1280, 360]) {
  test(`several events at once, confirmed by one button, one seat handed on, all data erased, ${width} pixels wide`, async () => {
    const email = `ada${width}@exemple.fr`;
    await site.visit({ width, expected: /422/ }, async (page) => {
      await page.goto("/");
      await page.getByRole("link", { name: "S’inscrire au parcours" }).click();
      await page.getByRole("button", { name: "M’inscrire" }).click();
      await page.getByText("points sont à corriger").waitFor();
      await looksRight(page, "parcours-form", [width]);
      await page.getByLabel("Prénom et nom").fill("Ada Lovelace");
      await page.getByLabel("Adresse électronique").fill(email);
      await page.getByLabel("Organisation", { exact: true }).fill("Ville d’Angers");
      await page.getByLabel("J’atteste être un acheteur public").check();
      await page.getByRole("button", { name: "M’inscrire" }).click();
      assert.equal(await page.getByText("Place réservée").count(), 6);
      await looksRight(page, "parcours-received", [width]);

      await openLetter(page, email, "parcours");
      await followLetter(page);
      await looksRight(page, "parcours-confirm", [width]);
      await page.getByRole("button", { name: "Confirmer mes 6 inscriptions" }).click();
      await page.getByText("Votre inscription est confirmée").waitFor();

      await page.getByRole("link", { name: "Transmettre ma place" }).click();
      await looksRight(page, "hand-over", [width]);
      await page.getByLabel("Prénom et nom de votre collègue").fill("Bob");
      await page.getByLabel("Son adresse électronique").fill(`bob${width}@exemple.fr`);
      await page.getByRole("button", { name: "Lui proposer ma place" }).click();
      await page.getByText("La place reste la vôtre").waitFor();
      await openLetter(page, `bob${width}@exemple.fr`, "hand-over");
      await followLetter(page);
      await looksRight(page, "take-over", [width]);
      await page.getByLabel("Je suis Bob").check();
      await page.getByRole("button", { name: "J’accepte la place" }).click();
      await page.getByText("Votre inscription est confirmée").waitFor();

      await signIn(page, email);
      await page.goto("/mon-parcours/donnees");
      await looksRight(page, "my-data", [width]);
      await page.getByRole("link", { name: "Effacer tout" }).click();
      await looksRight(page, "erase", [width]);
      await page.getByRole("button", { name: "Effacer pour de bon" }).click();
      await page.waitForURL("**/");
      assert.equal(await page.getByRole("link", { name: "Mon parcours" }).getAttribute("href"), "/connexion");
    });
  });
}
