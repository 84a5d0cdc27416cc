// What organisers send, in a real browser: a message to those who registered, written, looked at, tried and sent; and a
// round of invitations followed while it goes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { confirm, done, fillIn, letters, ORGANISER, press, register, signIn, submit, WEBINAR, writeInvitation } from "./actions.js";
import { withPage } from "./browser.js";
import { Server } from "./server.js";
import { looksRight, Site } from "./site.js";


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
      await signIn(page, ORGANISER);
      await page.goto(`/organisation/evenements/${WEBINAR}/message`);
      await submit(page, "essai");
      if (script) await looksRight(page, "message-a-corriger");
      await fillIn(page, { subject, message: "Nous serons dans la salle « Garonne ».\n\nÀ bientôt." });
      await submit(page, "essai");
      await page.locator("#essai").waitFor();
      await page.locator("[formtarget=apercu]").click();
      await page.frameLocator("iframe[name=apercu]").getByText("salle « Garonne »").waitFor();
      if (script) await looksRight(page, "message");
      await submit(page, "test");
      await done(page, "essai");
      assert.equal(await page.locator("#subject").inputValue(), subject, "the form stays filled");
      await submit(page, "envoyer");
      await page.getByText(script ? "1 courriel part." : "2 courriels partent.").waitFor();
      const people = script ? ["ada@exemple.fr"] : ["ada@exemple.fr", "bob@exemple.fr"];
      assert.deepEqual(await recipients(page, subject), [...people, ORGANISER].sort());
    });
  });
}

test("a round of invitations is followed while it goes, and the page says when it is done", async () => {
  const slow = await Server.start("--mail-per-minute", PER_MINUTE);
  try {
    await withPage(site.browser, slow.url, {}, async (page) => {
      await signIn(page, ORGANISER);
      await page.goto("/organisation/invitations/nouvelle");
      const people = Array.from({ length: 9 }, (_, number) => `invite${number}@exemple.fr`);
      await writeInvitation(page, people.join("\n"), "Un atelier pour vous");
      await page.locator("#keep").check();
      await fillIn(page, { reserved_seats: "5", reserved_until: "2027-01-15T18:00" });
      await submit(page, "essai");
      await page.getByText("environ 2 minutes").waitFor();
      await page.getByText("5 jusqu’au vendredi 15 janvier").waitFor();
      await looksRight(page, "invitations-essai");
      await submit(page, "envoyer");
      await page.getByRole("progressbar").waitFor();
      const status = page.locator("#annonce");
      await status.filter({ hasText: /quart|moitié/ }).waitFor({ state: "attached" });
      await looksRight(page, "invitations-en-cours");

      await press(page, "/arreter");
      await done(page, "arrete");
      await looksRight(page, "invitations-arretees");
      await press(page, "/reprendre");
      await done(page, "repris");
      const round = page.url();

      // Another organiser takes what waits out of the queue: the first sees the end without touching anything.
      const signedIn = await page.context().storageState();
      await withPage(site.browser, slow.url, { signedIn }, async (other) => {
        for (;;) {
          await other.goto("/organisation/courriels");
          const letters = other.getByRole("link", { name: "Un atelier pour vous" });
          if ((await letters.count()) === 0) break;
          await letters.first().click();
          const drop = other.locator('form[action$="/abandonner"] button');
          if ((await drop.count()) > 0) await drop.click();
        }
      });
      await status.filter({ hasText: "L’envoi est terminé." }).waitFor({ state: "attached" });
      assert.equal(page.url(), round, "it was not reloaded");
      assert.equal(await page.getByRole("progressbar").count(), 0);
      assert.equal(await page.locator('form[action$="/arreter"]').count(), 0);
      await looksRight(page, "invitations-parties");
    });
  } finally {
    await slow.stop();
  }
});
