// The video meeting of an event: its organiser gives the link, and somebody with a seat joins by an address of their own. Each
// page is looked at by axe, on a desk and on a phone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { done, fillIn, follow, openFromLetter, ORGANISER, press, seat, signIn, takeSeat, WEBINAR, who } from "./actions.js";
import { looksRight, Site } from "./site.js";

/** A desk and a phone, in CSS pixels. */
const WIDTHS = [1440, 390];

const VIDEO = "https://visio.exemple.fr/salle?a=1";

const site = Site.forTests();

/**
 * Looks at the page as it is, in both colour schemes.
 * @param {import("playwright-core").Page} page
 * @param {string} name of the pictures
 */
async function looksRightInBoth(page, name) {
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    await page.emulateMedia({ colorScheme });
    await looksRight(page, `${name}-${colorScheme}`, WIDTHS);
  }
  await page.emulateMedia({ colorScheme: null });
}

/**
 * Gives the webinar a video meeting, or takes it away.
 * @param {string} url
 */
async function setVideo(url) {
  await site.visit({}, async (page) => {
    await signIn(page, ORGANISER);
    await page.goto(`/organisation/evenements/${WEBINAR}/modifier`);
    assert.equal(await page.locator("#video_public").isChecked(), false);
    await fillIn(page, { video_url: url });
    await looksRightInBoth(page, "visio-modifier");
    await press(page, "/modifier");
    await done(page, "modifie");
  });
}

test("somebody with a seat joins by an address of their own, and sees the host before they leave", async () => {
  const ada = who("Ada");
  await setVideo(VIDEO);
  await site.visit({ script: false }, async (page) => {
    await takeSeat(page, WEBINAR, ada);
    await page.goto(`/evenements/${WEBINAR}`);
    assert.equal(await page.locator(`a[href="${VIDEO}"]`).count(), 0);
  });
  await site.visit({}, async (page) => {
    await openFromLetter(page, ada.email, "confirmed");
    await seat(page, "confirmed");
    await looksRightInBoth(page, "visio-inscription");
    await page.locator('main a[href^="/rejoindre/"]').click();
    await page.locator("[data-host]").filter({ hasText: "visio.exemple.fr" }).waitFor();
    await looksRightInBoth(page, "visio-rejoindre");
    await page.locator('form[action^="/rejoindre/"] button').click();
    const link = page.locator("a[data-join]");
    await link.waitFor();
    assert.equal(await link.getAttribute("href"), VIDEO);
    assert.equal(await link.getAttribute("rel"), "noopener noreferrer");
    await looksRightInBoth(page, "visio-lien");
    await signIn(page, ada.email);
    await page.locator('main a[href^="/rejoindre/"]').waitFor();
    await looksRightInBoth(page, "visio-mon-parcours");
  });
});

test("who cannot join is told why", async () => {
  const bob = who("Bob");
  await setVideo(VIDEO);
  await site.visit({}, async (page) => {
    await takeSeat(page, WEBINAR, bob);
  });
  await site.visit({ expected: /409|410/ }, async (page) => {
    await openFromLetter(page, bob.email, "confirmed", /\/rejoindre\//);
    const address = page.url();
    await openFromLetter(page, bob.email, "confirmed");
    await follow(page, "?annuler=1");
    await press(page, "/annuler");
    await seat(page, "cancelled");
    await page.goto(address);
    await page.locator('[data-refusal="no-seat"]').waitFor();
    await looksRightInBoth(page, "visio-sans-place");
  });
});
