// Letters, calendars and invitations in a real browser: every page is looked at by axe, on a desk and on a phone; what the
// organisers do works without JavaScript.
import assert from "node:assert/strict";
import { test } from "node:test";
import { done, follow, openFromLetter, press, signIn, submit, takeSeat, WEBINAR, writeInvitation } from "./actions.js";
import { looksRight, Site } from "./site.js";


/** Two who can be invited, and a line that is no address. */
const PEOPLE = "bob@exemple.fr;Bob;Ville d’Angers\nEve <eve@exemple.fr>\npas d’adresse";

const site = Site.forTests("--organiser-emails", "equipe@exemple.fr");

test("the page of ways to subscribe", async () => {
  await site.visit({ script: false }, async (page) => {
    await page.goto("/");
    await page.locator('main a[href="/calendrier"]').click();
    await page.locator("details summary").click();
  });
  await site.visit({}, async (page) => {
    await page.goto("/calendrier");
    await page.locator("details summary").click();
    assert.equal(await page.locator('.ways a[href*="calendar.google.com"]').count(), 3);
    await looksRight(page, "calendrier");
  });
});

test("the private feed is made, photographed, made to ring and closed", async () => {
  await site.visit({}, async (page) => {
    const ada = { name: "Ada", email: "ada@exemple.fr" };
    await takeSeat(page, WEBINAR, ada);
    await signIn(page, ada.email);
    await page.goto("/mon-parcours");
    await press(page, "/flux");
    await page.locator("details:has(.qr) summary").click();
    await page.locator(".qr").waitFor();
    await looksRight(page, "agenda-prive");
    await page.locator("#alarme").selectOption("60");
    await press(page, "/alarme");
    await done(page, "alarme");
    const address = await page.locator("#feed-address").inputValue();
    assert.match(await (await fetch(address)).text(), /TRIGGER:-PT60M/);
    await press(page, "/fermer");
    await done(page, "ferme");
    assert.equal((await fetch(address)).status, 410);
  });
});

test("organisers invite, without JavaScript, and a guest answers", async () => {
  await site.visit({ script: false }, async (page) => {
    await signIn(page, "equipe@exemple.fr");
    await page.goto("/organisation/invitations");
    await follow(page, "/nouvelle");
    await writeInvitation(page, PEOPLE, "Un atelier pour {organisation}");
    await submit(page, "essai");
    await page.locator("#essai").waitFor();
    await page.locator("[formtarget=apercu]").click();
    await page.frameLocator("iframe[name=apercu]").getByText("Nous pensons à vous").waitFor();
  });
  await site.visit({ expected: /422/ }, async (page) => {
    await signIn(page, "equipe@exemple.fr");
    await page.goto("/organisation/invitations/nouvelle");
    await submit(page, "essai");
    await looksRight(page, "inviter-a-corriger");
    await writeInvitation(page, PEOPLE, "Un atelier pour vous");
    await submit(page, "essai");
    await page.locator("[formtarget=apercu]").click();
    await page.frameLocator("iframe[name=apercu]").getByText("Nous pensons à vous").waitFor();
    await looksRight(page, "inviter");
    await submit(page, "envoyer");
    await done(page, "envoye");
    await looksRight(page, "invitations");
    await page.goto("/organisation/courriels?etat=partis");
    await looksRight(page, "courriels");
    await page.getByRole("link", { name: "Un atelier pour vous" }).first().click();
    await looksRight(page, "courriel");
    await page.goto("/organisation/evenements/atelier-2-indicateurs/courriels");
    await looksRight(page, "rappels");
  });
  await site.visit({}, async (page) => {
    await openFromLetter(page, "bob@exemple.fr", "invitation");
    await page.getByText("bob@exemple.fr").waitFor();
    await looksRight(page, "invitation");
    await page.locator("#buyer").check();
    await press(page, "/inscription");
    await done(page, "inscrit");
  });
});
