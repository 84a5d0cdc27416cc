// The whole parcours in one form, a seat handed to a colleague, and one's own data: in a browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fillIn, follow, openFromLetter, press, proof, seat, signIn } from "./actions.js";
import { looksRight, Site } from "./site.js";

const site = Site.forTests();

for (const width of [1280, 360]) {
  test(`several events at once, confirmed by one button, one seat handed on, all data erased, ${width} pixels wide`, async () => {
    const email = `ada${width}@exemple.fr`;
    await site.visit({ width, expected: /422/ }, async (page) => {
      await page.goto("/");
      await follow(page, "/parcours/inscription");
      await press(page, "/parcours/inscription");
      await page.locator("#problemes").waitFor();
      await looksRight(page, "parcours-form", [width]);
      await fillIn(page, { name: "Ada Lovelace", email, organisation: "Ville d’Angers" });
      await page.locator("#buyer").check();
      await press(page, "/parcours/inscription");
      await page.locator("[data-received=requested]").waitFor();
      await looksRight(page, "parcours-received", [width]);

      await openFromLetter(page, email, "please-confirm");
      assert.equal(await page.locator("[data-request=open]").count(), 6);
      await looksRight(page, "parcours-confirm", [width]);
      await proof(page).click();
      await page.locator("[data-request=confirmed]").first().waitFor();
      assert.equal(await page.locator("[data-request=confirmed]").count(), 6);
      await looksRight(page, "parcours-confirmed", [width]);
      await page.locator("[data-request=confirmed] a").first().click();
      await seat(page, "confirmed");

      await follow(page, "/transmettre");
      await looksRight(page, "hand-over", [width]);
      await fillIn(page, { name: "Bob", email: `bob${width}@exemple.fr` });
      await press(page, "/transmettre");
      await page.locator("[data-transfer=pending]").waitFor();
      await openFromLetter(page, `bob${width}@exemple.fr`, "hand-over");
      await looksRight(page, "take-over", [width]);
      await page.locator("#colleague").check();
      await page.locator("form:has(#colleague) button").click();
      await seat(page, "confirmed");

      await signIn(page, email);
      await page.goto("/mon-parcours/donnees");
      await looksRight(page, "my-data", [width]);
      await follow(page, "/effacer");
      await looksRight(page, "erase", [width]);
      await press(page, "/effacer");
      await page.waitForURL("**/");
      assert.equal(await page.locator(".nav").getByText("Mon parcours").getAttribute("href"), "/connexion");
    });
  });
}
