// Replays and documents on an event's page in the back office, and the library: read, filled in and sent, with and without script.
import assert from "node:assert/strict";
import { test } from "node:test";
import { done, INDICATORS, ORGANISER, signIn, WEBINAR } from "./actions.js";
import { looksRight, Site } from "./site.js";

const ARCHIVE = `/organisation/evenements/${WEBINAR}/archive`;

const site = Site.forTests();

/** @param {string} name @param {string} text */
const file = (name, text) => ({ name, mimeType: "text/plain", buffer: Buffer.from(text) });

/** @param {import("playwright-core").Page} page @param {string} title @param {ReturnType<typeof file>} chosen */
async function send(page, title, chosen) {
  await page.fill("#titre-document", title);
  await page.setInputFiles("#fichier", chosen);
  await page.locator('form[action$="/archive/documents"] button').click();
}

for (const script of [true, false]) {
  test(`a file is refused beside its field, its title kept, and taken after that${script ? "" : ", without script"}`, async () => {
    await site.visit({ script, expected: /422/ }, async (page) => {
      await signIn(page, ORGANISER);
      await page.goto(ARCHIVE);
      const title = script ? "Le diaporama" : "Le relevé";
      await send(page, title, file("page.html", "<p>"));
      await page.locator("#fichier-error").waitFor();
      assert.equal(await page.inputValue("#titre-document"), title);
      if (script) {
        assert.equal(await page.evaluate(() => document.activeElement?.id), "problemes");
        await looksRight(page, "archive-refused");
      }
      await send(page, title, file("a.txt", "texte"));
      await done(page, "document");
      await page.getByRole("link", { name: title, exact: true }).waitFor();
    });
  });
}

test("a file that is too large is not even sent", async () => {
  await site.visit({}, async (page) => {
    await signIn(page, ORGANISER);
    await page.goto(ARCHIVE);
    await page.locator("form[data-upload]").evaluate((form) => form.setAttribute("data-max", "3"));
    await send(page, "", file("a.txt", "texte"));
    await page.locator("[data-upload-status]", { hasText: "trop gros" }).waitFor();
    assert.equal(new URL(page.url()).search, "");
  });
});

test("the library and what organisers keep are readable", async () => {
  await site.visit({}, async (page) => {
    await page.goto("/ressources");
    await looksRight(page, "resources");
    await page.fill("#q", "INDICATEURS");
    await page.selectOption("#type", "outil");
    await page.locator("form[action='/ressources'] button").click();
    assert.deepEqual(await page.locator(".resource-grid h3").allTextContents(), ["Grille de questions sur les indicateurs"]);
    await signIn(page, ORGANISER);
    await page.goto(ARCHIVE);
    await looksRight(page, "archive");
    await page.goto("/organisation/ressources");
    await looksRight(page, "organiser-resources");
    await page.getByRole("link", { name: "Ajouter une ressource" }).click();
    await looksRight(page, "organiser-resource");
    await page.goto(`/organisation/evenements/${INDICATORS}/archive`);
    await page.getByRole("link", { name: "Publier les résultats" }).click();
    await page.locator("h1", { hasText: "Publier les résultats" }).waitFor();
    await looksRight(page, "organiser-results");
  });
});
