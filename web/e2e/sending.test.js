// What organisers send, in a real browser: a message to those who registered, written, looked at, tried and sent; and a
// round of invitations followed while it goes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { confirm, letters, register, signIn } from "./actions.js";
import { withPage } from "./browser.js";
import { Server } from "./server.js";
import { looksRight, Site } from "./site.js";

const WEBINAR = "webinaire-spaser-quezaco";

/** Letters that leave in a minute: few, so that a sending can be watched. */
const PER_MINUTE = "6";

const site = Site.forTests();

/**
 * The addresses to which messages with this subject went.
 * @param {import("playwright-core").Page} page
 * @param {string} subject
 */
async function recipients(page, subject) {
  await page.goto("/courriels");
  const sent = letters(page, "message").filter({ hasText: subject });
  return (await sent.evaluateAll((all) => all.map((letter) => letter.getAttribute("data-recipient")))).sort();
}

for (const script of [true, false]) {
  test(`a message is written, looked at, tried and sent ${script ? "with" : "without"} JavaScript`, async () => {
    const who = script ? "ada" : "bob";
    const subject = `Salle changée (${who})`;
    await site.visit({}, async (page) => {
      await register(page, WEBINAR, { name: who, email: `${who}@exemple.fr` });
      await confirm(page, `${who}@exemple.fr`);
    });
    await site.visit({ script, expected: /422/ }, async (page) => {
      await signIn(page, "organisation@exemple.fr");
      await page.goto(`/organisation/evenements/${WEBINAR}/message`);
      await page.getByRole("button", { name: "Voir ce qui partirait" }).click();
      if (script) await looksRight(page, "message-a-corriger");
      await page.getByLabel("Objet").fill(subject);
      await page.getByLabel("Message").fill("Nous serons dans la salle « Garonne ».\n\nÀ bientôt.");
      await page.getByRole("button", { name: "Voir ce qui partirait" }).click();
      await page.getByText("Rien n’est encore parti").waitFor();
      await page.getByRole("button", { name: "Afficher l’aperçu" }).click();
      await page.frameLocator("iframe[name=apercu]").getByText("salle « Garonne »").waitFor();
      if (script) await looksRight(page, "message");
      await page.getByRole("button", { name: "M’envoyer un essai" }).click();
      await page.getByText("Un essai part à votre adresse").waitFor();
      assert.equal(await page.getByLabel("Objet").inputValue(), subject, "the form stays filled");
      await page.getByRole("button", { name: "Envoyer maintenant" }).click();
      await page.getByText(script ? "1 courriel part." : "2 courriels partent.").waitFor();
      const people = script ? ["ada@exemple.fr"] : ["ada@exemple.fr", "bob@exemple.fr"];
      assert.deepEqual(await recipients(page, subject), [...people, "organisation@exemple.fr"].sort());
    });
  });
}

test("a round of invitations is followed while it goes, and the page says when it is done", async () => {
  const slow = await Server.start("--mail-per-minute", PER_MINUTE);
  try {
    await withPage(site.browser, slow.url, {}, async (page) => {
      await signIn(page, "organisation@exemple.fr");
      await page.goto("/organisation/invitations/nouvelle");
      const people = Array.from({ length: 9 }, (_, number) => `invite${number}@exemple.fr`);
      await page.getByLabel("Personnes à inviter").fill(people.join("\n"));
      await page.getByLabel("Suivre et définir des indicateurs").check();
      await page.getByLabel("Garder des places pour ces personnes").check();
      await page.getByLabel("Combien, à chaque rendez-vous").fill("5");
      await page.getByLabel("Jusqu’au").fill("2027-01-15T18:00");
      await page.getByLabel("Objet").fill("Un atelier pour vous");
      await page.getByLabel("Message").fill("Nous pensons à vous.");
      await page.getByRole("button", { name: "Voir ce qui partirait" }).click();
      await page.getByText("environ 2 minutes").waitFor();
      await page.getByText("5 jusqu’au vendredi 15 janvier").waitFor();
      await looksRight(page, "invitations-essai");
      await page.getByRole("button", { name: "Envoyer maintenant" }).click();
      await page.getByRole("progressbar").waitFor();
      const status = page.getByRole("status").last();
      await status.filter({ hasText: /quart|moitié/ }).waitFor({ state: "attached" });
      await looksRight(page, "invitations-en-cours");

      await page.getByRole("button", { name: "Arrêter l’envoi" }).click();
      await page.getByText("L’envoi est arrêté.").waitFor();
      await looksRight(page, "invitations-arretees");
      await page.getByRole("button", { name: "Reprendre l’envoi" }).click();
      await page.getByText("L’envoi reprend").waitFor();
      const round = page.url();

      // Another organiser takes what waits out of the queue: the first sees the end without touching anything.
      const signedIn = await page.context().storageState();
      await withPage(site.browser, slow.url, { signedIn }, async (other) => {
        for (;;) {
          await other.goto("/organisation/courriels");
          const letters = other.getByRole("link", { name: "Un atelier pour vous" });
          if ((await letters.count()) === 0) break;
          await letters.first().click();
          const drop = other.getByRole("button", { name: "Ne pas l’envoyer" });
          if ((await drop.count()) > 0) await drop.click();
        }
      });
      await status.filter({ hasText: "L’envoi est terminé." }).waitFor({ state: "attached" });
      assert.equal(page.url(), round, "it was not reloaded");
      assert.equal(await page.getByRole("progressbar").count(), 0);
      assert.equal(await page.getByRole("button", { name: "Arrêter l’envoi" }).count(), 0);
      await looksRight(page, "invitations-parties");
    });
  } finally {
    await slow.stop();
  }
});
